"""The first cell's question, quick or full, and how long each takes here."""

import os
import statistics
import sys
import time

import numpy as np

from . import UnrolledError, settings
from .evidence import archive

REFERENCE = (128, 500, 32)
"""Reviews, words and units of the training step that compares two machines."""

SPREAD = 0.6, 1.7
"""A full run takes this much less or more than one timed step makes one expect: other layers, other load."""


def lesson(name, run):
    """Begin the lesson `name` as a `run` that is "quick" or "full", and say in one line what that means here.

    `UNROLLED_PROFILE` decides where it is set, as the scripts do. A run cannot change its kind once its data
    are loaded: an `UnrolledError` says to restart. Takes a few seconds, most of them to load Keras.
    """
    if "UNROLLED_PROFILE" in os.environ:
        print(f"a {settings.profile} run, as UNROLLED_PROFILE says")
        return
    settings.choose("RUN", run, settings.PROFILES)
    if run != settings.profile and f"{__package__}.data" in sys.modules:
        raise UnrolledError(
            f"this kernel has begun as a {settings.profile} run: restart it, and run the cells from the first"
        )
    settings.profile, settings.quick = run, run == "quick"
    print(told(run, *durations(name)))


def told(run, quick, full):
    """The line that offers the other kind of run; `quick`, `full`: how long each takes, in words."""
    if run == "quick":
        return (
            f"A quick run, on a small built-in sample: {quick}. "
            f'For the real data and all epochs write RUN = "full" above: {full}.'
        )
    return f'A full run, on the real data: {full}. RUN = "quick" above tries the lesson on a sample: {quick}.'


def durations(name):
    """How long a lesson takes here, in words: a quick run, a full one.

    Both are what the lesson's record says, the latter scaled by one training step, timed here and there.
    """
    path = settings.RESULTS / settings.record_name(name, "tensorflow", 0)
    if not path.is_file():
        return "some minutes", "not known yet"
    record = archive.read(path)
    quick = f"about {words(record['quick_seconds'])}" if "quick_seconds" in record else "some minutes"
    full = sum(sum(training["seconds"]) for training in record["trainings"].values())
    if "step_ms" not in record:
        return quick, f"{words(full)} on {record['device']}"
    full *= step_ms() / record["step_ms"]
    low, high = (words(share * full) for share in SPREAD)
    return quick, f"{low} to {high} here"


def words(seconds):
    """A duration as a person says it: "40 s", "12 min", "2.5 h"."""
    if seconds < 90:
        return f"{10 * max(1, round(seconds / 10))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def step_ms():
    """The median milliseconds of one training step of a small recurrent network, after one that compiles."""
    from . import machine  # noqa: F401 (before Keras)

    import keras

    reviews, steps, units = REFERENCE
    model = keras.Sequential(
        [keras.layers.Embedding(10_000, units), keras.layers.SimpleRNN(units), keras.layers.Dense(1)]
    )
    model.compile(optimizer="rmsprop", loss="mse")
    x, y = np.random.default_rng(0).integers(0, 10_000, (reviews, steps)), np.zeros((reviews, 1))
    model.train_on_batch(x, y)
    took = []
    for _ in range(5):
        started = time.perf_counter()
        model.train_on_batch(x, y)
        took.append(1000 * (time.perf_counter() - started))
    return statistics.median(took)
