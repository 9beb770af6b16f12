"""How long a training step takes: models in turns, one value a process.

A process has its own luck with memory, threads and the compiler, so the unit of chance is a process, not a
step: each of several processes builds the models anew, lets them take turns and gives one median for each.
"""

import os
import statistics
import time

import numpy as np

from . import process, settings
from .training import fingerprint, prepare, recipe

import keras  # isort: skip

PROCESSES = 6
STEPS, ROUNDS = 4, 5
"""How many processes time the models, and how many steps in how many turns each of them takes."""

REFERENCE = (128, 500, 32)
"""Reviews, words and units of the training step that compares two machines."""


def paired(builders, train):
    """Time a step of each of several models.

    `builders`: a dict from label to a function that returns a compiled model; `train`: `data.Batches`, of
    which the first batch is taken. Returns a dict: `ms`, for each label one median a process, milliseconds;
    `fingerprints`, one for each model; `load`, the machine's load before each process, in busy cores. A
    quick run takes one turn in its own process, which shows that it works and measures nothing.
    """
    models = {label: build() for label, build in builders.items()}
    taken = {"fingerprints": {label: fingerprint(recipe(one, train, 0)) for label, one in models.items()}}
    taken |= {"ms": {label: [] for label in builders}, "load": []}
    for _ in range(1 if settings.quick else PROCESSES):
        taken["load"].append(round(_load(), 2))
        if settings.quick:
            ms = _turns(models, *train[0], 1, 1)
        else:
            ms = process.fresh(f"times {', '.join(builders)}", _timed, builders, *train[0])
        for label, value in ms.items():
            taken["ms"][label].append(round(value, 3))
    return taken


def median(taken, label):
    """The median of the processes' values for one label, milliseconds."""
    return statistics.median(taken["ms"][label])


def reference():
    """The median milliseconds of a training step of a small recurrent network, to compare two machines by.

    Layers are numbered from the first again, as if the network had not been there.
    """
    reviews, words, units = REFERENCE
    layers = [
        keras.Input((words,)),
        keras.layers.Embedding(10_000, units),
        keras.layers.SimpleRNN(units),
        keras.layers.Dense(1),
    ]
    model = keras.Sequential(layers)
    model.compile(optimizer="rmsprop", loss="mse")
    x, y = np.random.default_rng(0).integers(10_000, size=(reviews, words)), np.zeros((reviews, 1))
    ms = _turns({"reference": model}, x, y, 1, ROUNDS)["reference"]
    keras.utils.clear_session(free_memory=False)
    return ms


def _load():
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _turns(models, x, y, steps, rounds):
    """The median milliseconds of a step of each model, after one that compiles; the models take turns."""
    ms = {label: [] for label in models}
    for model in models.values():
        prepare(model, y)
        model.train_on_batch(x, y)
    for _ in range(rounds):
        for label, model in models.items():
            for _ in range(steps):
                started = time.perf_counter()
                model.train_on_batch(x, y)
                ms[label].append(1000 * (time.perf_counter() - started))
    return {label: statistics.median(values) for label, values in ms.items()}


def _timed(builders, x, y):
    """The milliseconds of a step of models built anew, a dict from label to float."""
    return _turns({label: build() for label, build in builders.items()}, x, y, STEPS, ROUNDS)
