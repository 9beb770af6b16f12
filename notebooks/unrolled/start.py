"""The first cell's question, quick or full, and how long each takes here."""

import os
import sys

from . import UnrolledError, settings

SPREAD = 0.6, 1.7
"""A full run takes this much less or more than one timed step makes one expect: other layers, other load."""


def lesson(name, run):
    """Begin the lesson `name` as a `run` that is "quick" or "full", and say in one line what that means here.

    `UNROLLED_PROFILE` decides where it is set, as the scripts do. A run cannot change its kind once its data
    are loaded: an `UnrolledError` says to restart. By hand it takes some seconds, most of them to load Keras.
    """
    settings.choose("RUN", run, settings.PROFILES)
    if "UNROLLED_PROFILE" in os.environ:
        print(f"A {settings.profile} run, as UNROLLED_PROFILE says.")
        return
    from . import machine  # noqa: F401 (whatever the next cell imports first, TensorFlow loads quietly)

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
    from .evidence import archive  # here, for nothing of it is needed where UNROLLED_PROFILE decides

    path = settings.RESULTS / settings.record_name(name, "tensorflow", 0)
    if not path.is_file():
        return "some minutes", "not known yet"
    record = archive.read(path)
    quick = f"about {words(record['quick_seconds'])}" if "quick_seconds" in record else "some minutes"
    full = archive.duration(record)
    if "step_ms" not in record:
        return quick, f"{words(full)} on {record['device']}"
    from . import timing  # here, for it loads Keras

    full *= timing.reference() / record["step_ms"]
    low, high = (words(share * full) for share in SPREAD)
    return quick, f"{low} to {high} here"


def words(seconds):
    """A duration as a person says it: "40 s", "12 min", "2.5 h"."""
    if seconds < 90:
        return f"{10 * max(1, round(seconds / 10))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
