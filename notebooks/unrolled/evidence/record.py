"""What one run of a lesson measured: a JSON file for each lesson, library or backend, and seed.

A record holds what was trained, each training with its fingerprint and every epoch, what was timed, which
test examples were classified rightly, and what the lesson measured besides. What follows from these is never
stored a second time: `evidence.measured` computes it.
"""

import base64
import hashlib
import json
import math
import os
from datetime import date
from functools import cache
from pathlib import Path

import filelock
import jsonschema
import numpy as np

from .. import UnrolledError, machine, published, settings, timing
from .. import data as data_sets
from ..training import Training, fingerprint

SCHEMA = json.loads(Path(__file__).with_name("record.schema.json").read_text(encoding="utf-8"))
"""The form of a record: its keys, their types and ranges, as a JSON Schema."""

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
        print(f"{name}: {right.mean():.2%} of {len(right):,} test examples are right")

    def time(self, name, builders, train):
        """The median milliseconds of a step of each model, by label: see `timing.paired`."""
        self.timed[name] = timing.paired(builders, train)
        return {label: timing.median(self.timed[name], label) for label in builders}

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
            print(f"{name} = {value:.6g}")

    def as_dict(self):
        """The record as plain dicts, lists, strings and numbers, sealed."""
        return sealed(
            {
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
                "trainings": {
                    name: trained(one, self.right.get(name)) for name, one in self.trainings.items()
                },
                "timed": self.timed,
                "measured": self.measured,
            }
        )

    def save(self):
        """Write the record and print what was trained; an interrupted run writes none."""
        interrupted = [name for name, one in self.trainings.items() if one.interrupted]
        if interrupted:
            names = ", ".join(interrupted)
            print(f"Interrupted in {names}: no record is written; run the lesson again to continue.")
            return
        write(self.as_dict(), settings.results(self.evidence))
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
    return entry if right is None else entry | {"test": packed(right)}


def packed(right):
    """Booleans (n,) as JSON: their number, and one bit each in base64."""
    return {"examples": len(right), "bits": base64.b64encode(np.packbits(right).tobytes()).decode()}


def unpacked(test):
    """The booleans (n,) that `packed` made."""
    bits = np.frombuffer(base64.b64decode(test["bits"]), np.uint8)
    return np.unpackbits(bits, count=test["examples"]).astype(bool)


def seal(record):
    """The SHA-256 of everything in a record but the seal itself."""
    rest = {key: value for key, value in record.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def sealed(record):
    """The record with a seal, which no longer fits when anything in it is changed by hand."""
    return record | {"sha256": seal(record)}


def name_of(record):
    """Where a record lies in the results folder: `lesson/backend.seed.json` or `lesson/keras2.seed.json`."""
    library = "keras2" if record["library"] == "keras 2" else record["backend"]
    return settings.record_name(record["lesson"], library, record["seed"])


def write(record, folder):
    """Write a record below `folder`, in one step; return its path. `UnrolledError` where that fails."""
    path = Path(folder) / name_of(record)
    unfinished = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(unfinished, path)
    except OSError as error:
        raise UnrolledError(f"{path} cannot be written ({error.strerror}): nothing is recorded") from None
    return path


def read(path):
    """The record in a file. `UnrolledError`, one line with the file's name, if it is none or was changed."""
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnrolledError(f"{path} is no record of a run ({error}): run the lesson again") from None
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(SCHEMA).iter_errors(record))
    complaint = (
        f"{'.'.join(map(str, error.absolute_path)) or 'it'}: {error.message}" if error else _wrong(record)
    )
    if complaint:
        raise UnrolledError(f"{path} is no record of a run ({complaint[:200]}): run the lesson again")
    return record


def _wrong(record):
    """What is wrong in a record of the right form, or None."""
    for name, one in record["trainings"].items():
        lengths = {len(values) for values in [one["seconds"], *one["history"].values()]}
        if record["evidence"] and lengths != {one["epochs"]}:
            return f"{name} has {', '.join(map(str, sorted(lengths)))} of {one['epochs']} epochs"
        if "test" in one and len(base64.b64decode(one["test"]["bits"])) != -(-one["test"]["examples"] // 8):
            return f"{name} has not one bit for each test example"
    return None if record["sha256"] == seal(record) else "it was changed after it was written"


def load(folder=None):
    """All records below `folder` (the committed ones unless told), sorted by file name.

    Raises `UnrolledError` for a file that is no record, or lies under another name than its own.
    """
    folder = Path(folder or settings.RESULTS)
    records = []
    for path in sorted(folder.glob("*/*.json")):
        records.append(read(path))
        if path.relative_to(folder).as_posix() != name_of(records[-1]):
            raise UnrolledError(f"{path} holds the record {name_of(records[-1])}: move it there")
    return records


def committed(lesson):
    """The record of a full run of `lesson` with this run's backend and seed, to compare another lesson with.

    `UnrolledError` if there is none: that lesson runs first. The claims' file names it as needed.
    """
    name = settings.record_name(lesson, machine.backend, settings.seed)
    for folder in (settings.results(True), settings.RESULTS):
        if (folder / name).is_file():
            return read(folder / name)
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
