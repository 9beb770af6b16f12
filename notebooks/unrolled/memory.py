"""How much memory a training step takes at most, in a process of its own.

Python and the backend keep what they once had, so that a second step in the same process tells nothing of
its own need: each measurement starts a fresh one.
"""

from pathlib import Path

import numpy as np

from . import process, settings

STATUS = Path("/proc/self/status")


def peak(build, x, y):
    """The most memory, in MB of 2**20 bytes, that a process holds which takes a training step.

    `build` returns a compiled model; x and y are the shapes of a batch and of its targets, which are zeros.
    A quick run only builds the model, in this process, and measures nothing.
    """
    if settings.quick:
        build()
        return held()
    return process.fresh("measures memory", _stepped, build, x, y)


def _stepped(build, x, y):
    build().train_on_batch(np.zeros(x, "float32"), np.zeros(y, "float32"))
    return held()


def held():
    """The most memory that this process has held so far, in MB of 2**20 bytes."""
    if STATUS.is_file():  # `getrusage` counts what the process had before it became this program
        (line,) = [line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 2**10
    import resource  # macOS

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
