"""What kind of run this is, and where its files lie: the environment, read once, at the first import.

The standard library is all it needs, so the commands in scripts/ read the same rules before anything is
installed.
"""

import importlib.metadata
import importlib.util
import os
from pathlib import Path

from . import UnrolledError

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the repository."""

NOTEBOOKS = ROOT / "notebooks"
RESULTS = NOTEBOOKS / "results"
"""Where the committed records lie: `results/<lesson>/<backend>.<seed>.json`."""

BUILD = ROOT / "build"
"""Where everything goes that is not committed: trainings under way, quick runs, logs."""

PROFILES = ("full", "quick")
BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
"""The values that `KERAS_BACKEND` may take, and the name of each."""

KERAS_MINIMUM = (3, 10)
"""The oldest supported Keras, as (major, minor)."""

QUICK_EPOCHS = 2
QUICK_EXAMPLES, QUICK_BATCH = 3_200, 32
"""Four fifths and one fifth of the examples are whole numbers of batches: each size is compiled once."""

GLANCE = 2
"""The steps of a training that a quick run only shows to work."""


def choose(what, value, allowed):
    """`value` if it is one of `allowed`, else an `UnrolledError` that names them; `what` is what was set."""
    if value not in allowed:
        raise UnrolledError(f"{what} is {value!r}; it takes {', '.join(allowed)}")
    return value


def whole(what, text):
    """The seed that `text` says, an int from 0 to 2**32 - 1, else an `UnrolledError`."""
    highest = 2**32 - 1
    digits = text.isascii() and text.isdigit()
    if not digits or len(text) > len(str(highest)) or int(text) > highest:  # int takes no thousands of digits
        raise UnrolledError(f"{what} is {text[:40]!r}; it takes a whole number from 0 to {highest}")
    return int(text)


profile = choose("UNROLLED_PROFILE", os.environ.get("UNROLLED_PROFILE", "quick"), PROFILES)
"""`"full"` trains as the source did; `"quick"` is what CI replays: the built-in sample, two epochs. A
notebook opened by hand starts with quick, and its first cell asks (`start`)."""

quick = profile == "quick"
"""Whether this is a quick run."""

seed = whole("UNROLLED_SEED", os.environ.get("UNROLLED_SEED", "0"))
"""The seed of everything random in the run."""

backend = choose("KERAS_BACKEND", os.environ.get("KERAS_BACKEND", "tensorflow"), BACKENDS)
"""The Keras backend that was asked for."""

trainings = Path(os.environ.get("UNROLLED_TRAININGS", BUILD / "trainings"))
"""The folder in which trainings are kept, finished and unfinished ones."""


def epochs(full):
    """The number of epochs to train: `full`, or at most `QUICK_EPOCHS` in a quick run."""
    return min(full, QUICK_EPOCHS) if quick else full


def examples(full):
    """The number of examples to use: `full`, or at most `QUICK_EXAMPLES` in a quick run."""
    return min(full, QUICK_EXAMPLES) if quick else full


def batch_size(full):
    """The batch size: `full`, or at most `QUICK_BATCH` in a quick run, which so takes more steps."""
    return min(full, QUICK_BATCH) if quick else full


def results(evidence):
    """The folder that takes this run's record; what is no evidence never comes near the committed ones."""
    folder = os.environ.get("UNROLLED_RESULTS")  # the runner has each job write into a folder of its own
    return Path(folder) if folder else RESULTS if evidence else BUILD / "results"


def lessons(folder=NOTEBOOKS):
    """The lessons in reading order: a dict from name to notebook. The number before a name is its place."""
    return {path.stem.split("_", 1)[1]: path for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}


def record_name(lesson, library, seed):
    """Where the record of a run lies within the results folder; `library` is the backend, or `"keras2"`."""
    return f"{lesson}/{library}.{seed}.json"


def check_installation():
    """Raise `UnrolledError` if Keras is missing or too old, or the backend is not installed."""
    wanted = ".".join(map(str, KERAS_MINIMUM))
    try:
        version = importlib.metadata.version("keras")
    except importlib.metadata.PackageNotFoundError:
        raise UnrolledError(f'Keras is not installed: run pip install "keras>={wanted}"') from None
    if tuple(int(part) for part in version.split(".")[:2]) < KERAS_MINIMUM:
        raise UnrolledError(
            f'Keras {version} is too old, {wanted} or later is needed: run pip install -U "keras>={wanted}"'
        )
    if importlib.util.find_spec(backend) is None:
        raise UnrolledError(f"KERAS_BACKEND is {backend!r}, but {BACKENDS[backend]} is not installed")
