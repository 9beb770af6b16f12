"""What Keras 2 trains for the lessons, each training under the name that it has there, and the records of it.

Data, split, batches and their order are those of the lesson: `unrolled.data` decides them.
"""

import hashlib
import json
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import metadata

import filelock
import numpy as np
import tf_keras
from unrolled import UnrolledError, data, machine, settings
from unrolled.evidence import archive, record

from . import models
from .training import Examples, Training

STEPS, VALIDATION, BATCH = 500, 5_000, 128
"""Words a review, how many of the training reviews are held out, examples a batch."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a model learns from and what it is tested on.

    `data`: the data set; `targets`: the training labels as the loss takes them; `held_out`: the (x, y) that
    `fit` evaluates after each epoch; `right`: which predictions for the test examples are right, a function
    that returns booleans, (n,).
    """

    data: data.sources.DataSet
    targets: np.ndarray
    held_out: tuple
    right: Callable


@cache
def reviews():
    """The reviews of 000; the last 5,000 to train on are held out."""
    read = data.reviews(num_words=models.WORDS, maxlen=STEPS, validation=VALIDATION)
    return Task(
        data=read,
        targets=read.y_train,
        held_out=(read.x_val, read.y_val),
        right=lambda predicted: (predicted[:, 0] > 0.5) == read.y_test,
    )


@cache
def digits():
    """The digits of 001, the labels one-hot for the loss; the test digits are held out."""
    read = data.digits()
    train, test = (tf_keras.utils.to_categorical(labels, 10) for labels in (read.y_train, read.y_test))
    return Task(
        data=read,
        targets=train,
        held_out=(read.x_test, test),
        right=lambda predicted: predicted.argmax(axis=1) == read.y_test,
    )


def masks_in_a_sequence():
    """How many masks one sequence meets on its way through 30 time steps."""
    return {"masks_in_a_sequence": models.different(models.masks())}


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What is trained for a lesson.

    `task`: a function that returns its `Task`; `models`: for each training a function that returns its
    compiled model; `epochs`: how many unless told; `best`: the metric whose highest value picks the weights
    to test, or None for the last ones; `measure`: a function that returns what is measured besides, by claim.
    """

    task: Callable
    models: dict
    epochs: int
    best: str | None = "val_acc"
    measure: Callable = dict


LESSONS = {
    "simple_rnn_imdb": Lesson(task=reviews, models={"simple_rnn": models.simple_rnn}, epochs=15),
    "dropout_rnn_imdb": Lesson(
        task=reviews, models={"as_printed": models.dropout}, epochs=25, measure=masks_in_a_sequence
    ),
    "lstm_imdb": Lesson(task=reviews, models={"lstm_32": models.lstm}, epochs=10),
    "mnist_as_sequence": Lesson(
        task=digits,
        models={
            "sgd_256": models.sgd_256,
            "rmsprop_256": models.rmsprop_256,
            "adam_256": models.adam_256,
            "sgd_512": models.sgd_512,
        },
        epochs=20,
        best=None,
    ),
}


def recorded(name, seed, epochs):
    """The file that records a lesson and seed, every training with `epochs` epochs or more, or None."""
    path = settings.results(True) / settings.record_name(name, "keras2", seed)
    if not path.is_file():
        return None
    trainings = archive.read(path)["trainings"]
    whole = all(one in trainings and trainings[one]["epochs"] >= epochs for one in LESSONS[name].models)
    return path if whole else None


def run(name, seed, epochs):
    """Train what a lesson needs with a seed, and write the record; return its path.

    Raises `UnrolledError` where the data are no evidence or cannot be had, and where another process is at
    this lesson and seed; `KeyboardInterrupt` where a person stops it.
    """
    lesson, task = LESSONS[name], LESSONS[name].task()
    if not task.data.evidence:
        raise UnrolledError(
            f"{task.data.source}: nothing that is measured on it is recorded; "
            "connect once, or set UNROLLED_DATA to the folder that holds the real data"
        )
    folder = _folder(name, seed, task)
    with _only_process(folder.with_name(f"{name}.keras2.{seed}.lock"), name):
        trainings = {}
        for one, make in lesson.models.items():
            print(f"{name}, seed {seed}: {one}", flush=True)
            batches = data.Batches(task.data.x_train, task.targets, BATCH, task.data.full_examples, seed)
            training = Training(one, make, batches, epochs, folder, lesson.best)
            right = _train(training, batches, task)
            trainings[one] = record.trained(training, right)
        path = archive.write(_record(name, seed, task, trainings, lesson.measure()), settings.results(True))
    print(f"recorded: {name}, Keras 2, seed {seed}", flush=True)
    return path


def _train(training, batches, task):
    """Train, or take up what is kept of it; return which test examples are right, booleans (n,)."""
    with training:
        training.model.fit(Examples(batches), validation_data=task.held_out, **training.options)
    if training.interrupted:
        raise KeyboardInterrupt
    if training.best:
        training.model.set_weights(training.best_weights)
    right = task.right(training.model.predict(task.data.x_test, batch_size=BATCH, verbose=0))
    print(f"{right.mean():.2%} of {len(right):,} test examples are right", flush=True)
    return right


def versions():
    """The versions that a result depends on, as `machine.versions` has them for Keras 3."""
    packages = ("tf_keras", "numpy", "tensorflow")
    return {"python": platform.python_version()} | {one: metadata.version(one) for one in packages}


def _folder(name, seed, task):
    """Where the trainings of a lesson and seed on these data and versions are kept."""
    text = json.dumps([task.data.sha256, versions()], sort_keys=True)
    return settings.trainings / f"{name}.keras2.{seed}.{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _only_process(path, name):
    """Hold the lock in the file `path`, for `with`; `UnrolledError` where another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return filelock.FileLock(path).acquire(blocking=False)
    except filelock.Timeout:
        raise UnrolledError(
            f"{name} is being trained with this seed by another process: wait for it, or end it"
        ) from None


def _record(name, seed, task, trainings, measured):
    return archive.sealed(
        {
            "lesson": name,
            "library": "keras 2",
            "backend": machine.backend,
            "seed": seed,
            "profile": settings.profile,
            "evidence": task.data.evidence,
            "finished": date.today().isoformat(),
            "device": machine.device,
            "threads": machine.threads,
            "versions": versions(),
            "data": {"source": task.data.source, "sha256": task.data.sha256},
            "trainings": trainings,
            "timed": {},
            "measured": measured,
        }
    )
