"""What the records say about a claim: what follows from histories, test examples and timings, and what a
lesson measured itself.

A claim's `measured_by` says how it follows:

    { training = "simple_rnn", take = "max", metric = "val_acc" }     one training
    { training = ["both", "forward"], take = "test" }                 the first less the second, seed by seed
    { timed = "cost", ratio = ["with", "without"] }                   process by process

`epochs` in it looks at no more than so many of the first epochs. A training of another lesson is written
"lesson/training", and that lesson stands among the `needs`. A claim without `measured_by` is measured in the
lesson, by `run.measure`.
"""

import numpy as np

from . import archive, rules

OF_A_METRIC = {
    "max": max,
    "last": lambda values: values[-1],
    "epoch_of_max": lambda values: int(np.argmax(values)) + 1,
    "epoch_of_min": lambda values: int(np.argmin(values)) + 1,
    "curve": lambda values: values,
}
"""What can be taken of one metric of a training, a list of its values, one an epoch."""

OF_A_METRIC_AND_LEVEL = {
    "epoch_of_reaching": lambda values, level: next(
        (epoch for epoch, value in enumerate(values, 1) if value >= level), len(values) + 1
    ),
}
"""What can be taken of one metric that is to reach a `level`: the first epoch that does, counted from 1, or
one more than there are where none does so far, which it would at best."""

OF_A_TRAINING = {
    "gap": lambda training: training["history"]["acc"][-1] - training["history"]["val_acc"][-1],
    "parameters": lambda training: training["parameters"],
    "test": lambda training: float(archive.unpacked(training["test"]).mean()),
}
"""What can be taken of a training as a whole; `gap` is that between training and validation accuracy."""

PAIR = rules.Form(
    "a list of two texts",
    lambda value: isinstance(value, list) and len(value) == 2 and all(map(rules.TEXT.fits, value)),
)
FORMS = {
    "training": rules.Form(
        "a text or a list of two", lambda value: rules.TEXT.fits(value) or PAIR.fits(value)
    ),
    "take": rules.TEXT,
    "metric": rules.TEXT,
    "level": rules.NUMBER,
    "epochs": rules.COUNT,
    "timed": rules.TEXT,
    "ratio": PAIR,
}
"""What each key of `measured_by` must be."""


def how(claim):
    """How a claim follows from what is recorded, a dict as above; empty if the lesson measures it."""
    return claim.get("measured_by", {})


def trainings(claim):
    """The names of the trainings that a claim is about: one, two for their difference, or none."""
    names = how(claim).get("training", [])
    return names if isinstance(names, list) else [names]


def mistake(claim):
    """What is wrong with a claim's `measured_by`, as the end of a sentence, or "" if nothing is."""
    way = how(claim)
    if way == {}:
        return ""
    if not isinstance(way, dict):
        return "needs measured_by as { training = …, take = … } or { timed = …, ratio = … }"
    needs, may = {"training", "take"}, {"epochs"}
    if "timed" in way:
        needs, may = {"timed", "ratio"}, set()
    elif way.get("take") in OF_A_METRIC:
        needs |= {"metric"}
    elif way.get("take") in OF_A_METRIC_AND_LEVEL:
        needs |= {"metric", "level"}
    elif "take" in way and way["take"] not in OF_A_TRAINING:
        known = [*OF_A_METRIC, *OF_A_METRIC_AND_LEVEL, *OF_A_TRAINING]
        return f"takes {way['take']!r}; it can take {', '.join(known)}"
    if missing := needs - way.keys():
        return f"needs {', '.join(sorted(missing))} in measured_by"
    if strange := way.keys() - needs - may:
        return f"has in measured_by no use for {', '.join(sorted(strange))}: correct or remove"
    for key, value in way.items():
        if not FORMS[key].fits(value):
            return f"has {value!r} as {key} in measured_by; it must be {FORMS[key].says}"
    return ""


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
    way = how(claim)
    if "timed" in way:
        ratios = [_log_ratios(claim, one) for one in _of(claim["lesson"], records, column)]
        return next((rules.Sample(ratio) for ratio in ratios if ratio is not None), None)
    values = by_seed(claim, records, column)
    if not values:
        return None
    if claim["kind"] == "curve":
        log = np.array(claim["log"])
        epochs = min(len(log), *map(len, values.values()))
        return rules.Sample(np.array([value[:epochs] for value in values.values()]), published=log[:epochs])
    right = None
    if claim["kind"] == "ordering" and way.get("take") == "test":
        pairs = [_both(claim, seed, records, column) for seed in values]
        right = np.array(
            [np.subtract(*(archive.unpacked(one["test"]).astype(np.int8) for one in pair)) for pair in pairs]
        )
    return rules.Sample(np.array(list(values.values()), float), right)


def _of(lesson, records, column):
    return [one for one in records if one["lesson"] == lesson and library(one) == column]


def _value(claim, one, records):
    if not how(claim):
        return one["measured"].get(claim["id"])
    if "timed" in how(claim):
        ratios = _log_ratios(claim, one)
        return None if ratios is None else float(np.exp(np.mean(ratios)))
    taken = [_take(claim, name, _training(name, one, records)) for name in trainings(claim)]
    if None in taken:
        return None
    return taken[0] if len(taken) == 1 else taken[0] - taken[1]


def _take(claim, name, training):
    """What a claim takes of the training `name`, or None where there is none, or it was not tested."""
    way = how(claim)
    if training is None or (way["take"] == "test" and "test" not in training):
        return None
    history = {key: values[: way.get("epochs")] for key, values in training["history"].items()}
    if way["take"] in OF_A_TRAINING:
        return OF_A_TRAINING[way["take"]](training | {"history": history})
    if way["metric"] not in history:
        raise rules.wrong(
            claim, f"{name} has no metric {way['metric']!r}; it has {', '.join(sorted(history))}"
        )
    values = history[way["metric"]]
    if way["take"] in OF_A_METRIC_AND_LEVEL:
        return OF_A_METRIC_AND_LEVEL[way["take"]](values, way["level"])
    return OF_A_METRIC[way["take"]](values)


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


def _log_ratios(claim, one):
    """The logarithm of the ratio of the two labels, one a process, or None where it was not timed."""
    way = how(claim)
    if way["timed"] not in one["timed"]:
        return None
    ms = one["timed"][way["timed"]]["ms"]
    for label in way["ratio"]:
        if label not in ms:
            raise rules.wrong(claim, f"{way['timed']} did not time {label!r}; it timed {', '.join(ms)}")
    first, second = (np.array(ms[label]) for label in way["ratio"])
    return np.log(first / second)
