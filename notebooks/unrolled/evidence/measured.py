"""What the records say about a claim: what follows from histories, test examples and timings, and what a
lesson measured itself.

A claim's `measured_by` says how it follows:

    { training = "simple_rnn", take = "max", metric = "val_acc" }     one training; `TAKES` has what to take
    { training = ["both", "forward"], take = "test" }                 the first less the second, seed by seed
    { timed = "cost", ratio = ["with", "without"] }                   process by process

`epochs` in it looks at no more than so many of the first epochs. A training of another lesson is written
"lesson/training". A claim without `measured_by` is measured in the lesson, by `run.measure`.
"""

import numpy as np

from .. import UnrolledError, published
from . import archive, rules

TAKES = {
    "max": lambda training, how: max(training["history"][how["metric"]]),
    "last": lambda training, how: training["history"][how["metric"]][-1],
    "epoch_of_max": lambda training, how: int(np.argmax(training["history"][how["metric"]])) + 1,
    "epoch_of_min": lambda training, how: int(np.argmin(training["history"][how["metric"]])) + 1,
    "epoch_of_reaching": lambda training, how: _epoch_of_reaching(training["history"][how["metric"]], how),
    "gap": lambda training, how: training["history"]["acc"][-1] - training["history"]["val_acc"][-1],
    "curve": lambda training, how: training["history"][how["metric"]],
    "parameters": lambda training, how: training["parameters"],
    "test": lambda training, how: float(archive.unpacked(training["test"]).mean()),
}
"""What can be taken of a training; `gap` is that between training and validation accuracy,
`epoch_of_reaching` the first epoch in which the metric is at least `level`."""


def library(one):
    """Which column of a table a record belongs to: its backend, or "keras 2"."""
    return "keras 2" if one["library"] == "keras 2" else one["backend"]


def by_seed(claim, records, column="tensorflow"):
    """What the records of one backend, or of Keras 2, measured for a claim: a dict from seed to value.

    A value is a number, of a curve a list; seeds whose record lacks what is needed are left out.
    """
    found = {one["seed"]: _value(claim, one, records) for one in _of(claim["lesson"], records, column)}
    return {seed: value for seed, value in sorted(found.items()) if value is not None}


def sample(claim, records, column="tensorflow"):
    """What the rule of the claim's kind is to judge, a `rules.Sample`, or None where nothing was measured."""
    how = claim.get("measured_by", {})
    if "timed" in how:
        ratios = [_log_ratios(how, one) for one in _of(claim["lesson"], records, column)]
        return next((rules.Sample(ratio) for ratio in ratios if ratio is not None), None)
    values = by_seed(claim, records, column)
    if not values:
        return None
    if claim["kind"] == "curve":
        log = np.array(published.log(published.lesson(claim["lesson"])["log"])[how["metric"]])
        epochs = min(len(log), *map(len, values.values()))
        return rules.Sample(np.array([value[:epochs] for value in values.values()]), published=log[:epochs])
    right = None
    if claim["kind"] == "ordering" and how.get("take") == "test":
        pairs = [_both(claim, seed, records, column) for seed in values]
        right = np.array(
            [np.subtract(*(archive.unpacked(one["test"]).astype(np.int8) for one in pair)) for pair in pairs]
        )
    return rules.Sample(np.array(list(values.values()), float), right)


def _of(lesson, records, column):
    return [one for one in records if one["lesson"] == lesson and library(one) == column]


def _value(claim, one, records):
    how = claim.get("measured_by")
    if how is None:
        return one["measured"].get(claim["id"])
    if "timed" in how:
        ratios = _log_ratios(how, one)
        return None if ratios is None else float(np.exp(np.mean(ratios)))
    names = how["training"] if isinstance(how["training"], list) else [how["training"]]
    taken = [_take(how, _training(name, one, records)) for name in names]
    if None in taken:
        return None
    return taken[0] if len(taken) == 1 else taken[0] - taken[1]


def _take(how, training):
    if training is None or (how["take"] == "test" and "test" not in training):
        return None
    if how["take"] not in TAKES:
        raise UnrolledError(f"measured_by takes {how['take']!r}; it can take {', '.join(TAKES)}")
    if "epochs" in how:
        history = {key: values[: how["epochs"]] for key, values in training["history"].items()}
        training = training | {"history": history}
    return TAKES[how["take"]](training, how)


def _epoch_of_reaching(values, how):
    """The epoch, counted from 1; one more than there are where none comes so far, which it would at best."""
    reached = [epoch for epoch, value in enumerate(values, 1) if value >= how["level"]]
    return reached[0] if reached else len(values) + 1


def _training(name, one, records):
    """A training of the record `one`, or of another lesson with its seed and library; None if not there."""
    lesson, _, training = name.rpartition("/")
    if lesson:
        same = [r for r in _of(lesson, records, library(one)) if r["seed"] == one["seed"]]
        one = same[0] if same else {"trainings": {}}
    return one["trainings"].get(training)


def _both(claim, seed, records, column):
    (one,) = [r for r in _of(claim["lesson"], records, column) if r["seed"] == seed]
    return [_training(name, one, records) for name in claim["measured_by"]["training"]]


def _log_ratios(how, one):
    """The logarithm of the ratio of the two labels, one a process, or None where it was not timed."""
    if how["timed"] not in one["timed"]:
        return None
    ms = one["timed"][how["timed"]]["ms"]
    first, second = (np.array(ms[label]) for label in how["ratio"])
    return np.log(first / second)
