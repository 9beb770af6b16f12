"""What kind of run this is. Set by the environment, read once, when the lesson starts.

`UNROLLED_PROFILE=full` (the default) trains as the source did; `quick` is what CI replays: the
built-in sample, two epochs. `UNROLLED_SEED` picks the seed (default 0).
"""

import os
from pathlib import Path

from . import UnrolledError

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the repository."""

QUICK_EPOCHS = 2
QUICK_EXAMPLES, QUICK_BATCH = 3_200, 32
"""Four fifths and one fifth of the examples are whole numbers of batches: XLA compiles each size once."""


def _choice(variable, default, allowed):
    value = os.environ.get(variable, default)
    if value not in allowed:
        raise UnrolledError(f"{variable} is {value!r}; it takes {' or '.join(allowed)}")
    return value


def _seed(variable, default):
    value = os.environ.get(variable, default)
    if not (value.isascii() and value.isdigit() and int(value) < 2**32):
        raise UnrolledError(f"{variable} is {value!r}; it takes a whole number from 0 to {2**32 - 1}")
    return int(value)


name = _choice("UNROLLED_PROFILE", "full", ("full", "quick"))
"""`"full"` or `"quick"`."""

seed = _seed("UNROLLED_SEED", "0")
"""The seed of everything random in the run, an int from 0 to 2**32 - 1."""

quick = name == "quick"
"""Whether this is a quick run."""

results = ROOT / ("build/results" if quick else "notebooks/results")
"""The folder that takes the run's record; a quick run's is no evidence and stays in the build folder."""


def epochs(full):
    """The number of epochs to train: `full`, or at most `QUICK_EPOCHS` in a quick run."""
    return min(full, QUICK_EPOCHS) if quick else full


def examples(full):
    """The number of examples to use: `full`, or at most `QUICK_EXAMPLES` in a quick run."""
    return min(full, QUICK_EXAMPLES) if quick else full


def batch_size(full):
    """The batch size: `full`, or at most `QUICK_BATCH` in a quick run, which so takes more steps."""
    return min(full, QUICK_BATCH) if quick else full
