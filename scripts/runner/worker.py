"""What happens in a worker, which may be on another machine, in another clone of the same commit."""

import contextlib
import contextvars
import hashlib
import os
import signal
import subprocess
from pathlib import Path

import distributed
from environment import REQUIREMENTS, ROOT, matches

LIVES = {}
"""The `Life` of each task of this worker, by its key."""


class Life:
    """The life of a job's kernel, which another thread may end, also before it begins."""

    def __init__(self):
        self._kernel, self._over = None, False

    def begin(self, kernel):
        """Take the process number of the kernel."""
        self._kernel = kernel
        if self._over:
            self.end()

    def end(self):
        """End the kernel and all that it started."""
        self._over = True
        if self._kernel and hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):  # a kernel leads a group of processes
                os.killpg(self._kernel, signal.SIGKILL)
        elif self._kernel:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(self._kernel)], capture_output=True)


def perform(job, text, needed, prefix, root):
    """Run a job as a Dask task: `execute.run`, with news to the command. `root` is None for this clone."""
    from runner import execute  # here, for the command itself runs no kernel

    worker = distributed.get_worker()
    key = worker.get_current_task()
    life = LIVES.setdefault(key, Life())

    def tell(**news):
        worker.log_event(prefix, [job.name, news])

    # nbclient keeps its event loop in a context variable: with an inherited one, jobs would share a loop.
    own = contextvars.Context()
    try:
        return own.run(execute.run, job, text, needed, Path(root or ROOT), tell, life)
    finally:
        del LIVES[key]


class Ending(distributed.WorkerPlugin):
    """Ends a job when the command that sent it drops it, is killed or loses its connection.

    `prefix` is how the keys of that command's tasks begin.
    """

    def __init__(self, prefix):
        self._prefix = prefix

    def transition(self, key, start, finish, **_):
        """Called by Dask as a task changes its state."""
        if start == "executing" and finish == "released" and str(key).startswith(self._prefix):
            LIVES.setdefault(key, Life()).end()

    def teardown(self, worker):
        """Called by Dask as the worker closes."""
        for key, life in list(LIVES.items()):
            if str(key).startswith(self._prefix):
                life.end()


def version(root=ROOT):
    """What a clone runs: `commit`, a digest of the `changes` since, and whether its packages are `pinned`."""

    def git(*arguments):
        try:
            return subprocess.run(["git", *arguments], cwd=root, capture_output=True).stdout
        except OSError:
            return b""

    return {
        "commit": git("rev-parse", "HEAD").decode().strip(),
        "changes": hashlib.sha256(git("diff", "HEAD", "--", "notebooks/unrolled", "scripts")).hexdigest(),
        "pinned": matches(REQUIREMENTS.read_text(encoding="utf-8")),
    }
