"""A process of its own for what another's past would change: its speed, its memory."""

import os
import subprocess
import sys

import cloudpickle

from . import UnrolledError, settings


def fresh(does, function, *arguments):
    """What `function(*arguments)` returns, in a fresh process in which nothing else has run.

    All three are pickled, functions of a notebook too. Raises `UnrolledError` if it fails there: `does` is
    what that process does, "times a model".
    """
    environment = os.environ | {"PYTHONPATH": str(settings.NOTEBOOKS), "UNROLLED_PROFILE": settings.profile}
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=cloudpickle.dumps((function, arguments)),
        env=environment,
        capture_output=True,
    )
    if done.returncode:
        reason = (done.stderr.decode(errors="replace").strip().splitlines() or ["no word"])[-1]
        raise UnrolledError(f"a process that {does} failed: {reason}")
    return cloudpickle.loads(done.stdout)


def _main():
    """Take the call from standard input; answer by standard output, in which nothing else may write."""
    answer, sys.stdout = sys.stdout.buffer, sys.stderr
    function, arguments = cloudpickle.loads(sys.stdin.buffer.read())
    answer.write(cloudpickle.dumps(function(*arguments)))


if __name__ == "__main__":
    _main()
