"""What one run of a lesson measured: a JSON file for each lesson, library or backend, and seed.

A record holds what was trained, each training with its fingerprint and every epoch, what was timed, which
test examples were classified rightly, and what the lesson measured besides. What follows from these is never
stored a second time: `evidence.measured` computes it.
"""

import hashlib
import json
import math
from datetime import date
from functools import cache

import filelock
import numpy as np

from .. import UnrolledError, machine, published, settings, timing
from .. import data as data_sets
from ..training import Training, fingerprint
from . import archive, measured, tables

DIGITS = 6
"""How many decimals of a metric are stored."""


class Run:
    """The run of one lesson under way.

    `lesson` is the notebook's name without its number and ending; `data` is the data set that it uses
    (`data.Reviews`, `data.Digits`) or `data.COMPUTED`. Raises `UnrolledError` for an unknown lesson, and
    where another process is running the lesson with this seed and backend.
    """

    def __init__(self, lesson, data):
        published.lesson(lesson)  # an unknown lesson is an error now, not after an hour of training
        computed = data == data_sets.COMPUTED
        self.lesson = lesson
        self.source = data if computed else data.source
        self.sha256 = {} if computed else data.sha256
        self.evidence = not settings.quick and (computed or data.evidence)
        self.trainings, self.right, self.timed, self.measured = {}, {}, {}, {}
        self._kept = self._folder() if self.evidence else None
        if self._kept:
            _lock(self._kept.parent / f"{lesson}.{machine.backend}.{settings.seed}.lock", lesson)

    def _folder(self):
        """Where trainings of this lesson, backend and seed on these data and versions are kept."""
        text = json.dumps([self.sha256, machine.versions()], sort_keys=True)
        which = hashlib.sha256(text.encode()).hexdigest()[:8]
        return settings.trainings / f"{self.lesson}.{machine.backend}.{settings.seed}.{which}"

    def training(self, name, model, train, epochs, **options):
        """A `training.Training` of `model` under `name`: enter it with `with` around `model.fit`."""
        self.trainings[name] = Training(name, model, train, epochs, folder=self._kept, **options)
        return self.trainings[name]

    def test(self, name, right):
        """Take down which test examples the training `name` got right, booleans (n,); print their share."""
        right = np.asarray(right, bool)
        if name not in self.trainings or right.ndim != 1:
            raise UnrolledError(f"test takes the name of a training and one boolean an example, not {name!r}")
        self.right[name] = right
        print(f"{name.replace('_', ' ')}: {right.mean():.2%} of {len(right):,} test examples are right")

    def time(self, name, builders, train):
        """The median milliseconds of a step of each model, by label: see `timing.paired`."""
        self.timed[name] = timing.paired(builders, train)
        return {label: timing.median(self.timed[name], label) for label in builders}

    def seeds(self, name, metric):
        """A metric of the training `name` by seed: this run's and, if it is evidence, all recorded ones'.

        A dict from seed to a list of values, one an epoch, for the metric "test" to the share of the test
        examples that are right; this run's comes first. Of another lesson, written "lesson/training", there
        are the recorded ones only.
        """
        lesson, _, training = name.rpartition("/")
        which, found = (lesson or self.lesson, machine.backend), {}
        if not lesson:
            test = metric == "test"
            found[settings.seed] = self.right[name].mean() if test else self.trainings[name].history[metric]
        for one in archive.load() if self.evidence else ():
            if (one["lesson"], measured.library(one)) == which and training in one["trainings"]:
                there = one["trainings"][training]
                if metric != "test":
                    found.setdefault(one["seed"], there["history"][metric])
                elif "test" in there:
                    found.setdefault(one["seed"], measured.OF_A_TRAINING["test"](there))
        return found

    def measure(self, **values):
        """Take down what was measured for each claim named, a number each, and print it."""
        claims = published.claims(self.lesson)
        for name, value in values.items():
            if name not in claims:
                raise UnrolledError(f"{self.lesson} has no claim {name!r}; it has {', '.join(claims)}")
            if "measured_by" in claims[name]:
                raise UnrolledError(f"{name} follows from what is recorded anyway: leave it out of measure")
            value = float(value)
            if not math.isfinite(value):
                raise UnrolledError(f"the measured value of {name} is {value}; a finite number is needed")
            self.measured[name] = int(value) if value.is_integer() else value
            print(f"{claims[name]['says']}: {tables.told(claims[name], [value])}")

    def as_dict(self):
        """The record as plain dicts, lists, strings and numbers, without its seal."""
        return {
            "lesson": self.lesson,
            "library": "keras 3",
            "backend": machine.backend,
            "seed": settings.seed,
            "profile": settings.profile,
            "evidence": self.evidence,
            "finished": date.today().isoformat(),
            "device": machine.device,
            "threads": machine.threads,
            "versions": machine.versions(),
            "data": {"source": self.source, "sha256": self.sha256},
            "trainings": {name: trained(one, self.right.get(name)) for name, one in self.trainings.items()},
            "timed": self.timed,
            "measured": self.measured,
        }

    def save(self):
        """Write the record and print what was trained; an interrupted run writes none."""
        interrupted = [name for name, one in self.trainings.items() if one.interrupted]
        if interrupted:
            names = ", ".join(interrupted)
            print(f"Interrupted in {names}: no record is written; run the lesson again to continue.")
            return
        step = {"step_ms": round(timing.reference(), 3)} if self.evidence else {}
        archive.write(archive.sealed(self.as_dict() | step), settings.results(self.evidence))
        print(f"recorded: {self.lesson}, {machine.backend}, seed {settings.seed}")
        width = max(map(len, [*self.trainings, *self.timed]), default=0)
        for name, one in self.trainings.items():
            print(f"{name:{width}}  trained  {one.fingerprint}")
        for name, one in self.timed.items():
            print(f"{name:{width}}  timed    {' '.join(one['fingerprints'].values())}")


def trained(one, right=None):
    """One `Training` as it stands in a record; `right`: booleans (n,), which test examples it got right."""
    entry = {
        "fingerprint": one.fingerprint,
        "recipe": fingerprint(one.recipe | {"seed": None}),
        "parameters": one.parameters,
        "epochs": one.epochs,
        "examples": one.recipe["examples"],
        "batch_size": one.recipe["batch_size"],
        "order": one.order,
        "compiled": one.compiled,
        "trained": one.trained,
        "seconds": one.seconds,
        "history": {key: [round(v, DIGITS) for v in values] for key, values in one.history.items()},
    }
    if one.enough is not None:
        entry["enough"] = one.enough
    return entry if right is None else entry | {"test": archive.packed(right)}


def committed(lesson):
    """The record of a full run of `lesson` with this run's backend and seed, to compare another lesson with.

    `UnrolledError` if there is none: that lesson runs first. The claims' file names it as needed.
    """
    name = settings.record_name(lesson, machine.backend, settings.seed)
    for folder in (settings.results(True), settings.RESULTS):
        if (folder / name).is_file():
            return archive.read(folder / name)
    raise UnrolledError(f"notebooks/results has no {name}: run {lesson} with this seed and backend first")


@cache
def _lock(path, lesson):
    """Hold `path` until this process ends, however it ends; one line if another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(path)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        raise UnrolledError(
            f"{lesson} is being run with this seed and backend by another process: wait for it, or end it"
        ) from None
    return lock
