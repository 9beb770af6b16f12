"""What one run of a lesson measured: one JSON file a run.

A record holds the lesson, profile, seed, backend, device, versions, the data's source, every training
(parameters, history, seconds an epoch) and the measured value of each claim.
"""

import json
import math
import os
from datetime import date
from pathlib import Path

from . import UnrolledError, data, machine, profile, published, training


class Run:
    """The run of one lesson under way.

    `lesson` is the notebook's name without its ending; `source` is that of the data used.
    """

    def __init__(self, lesson, source):
        published.claims(lesson)  # an unknown lesson is an error now, not after an hour of training
        self.lesson, self.source = lesson, source
        self.evidence = not profile.quick and source != data.SAMPLE
        self.trainings, self.measured = {}, {}
        self._folder = profile.results if self.evidence else profile.ROOT / "build" / "results"
        self.stem = f"{lesson}.{machine.backend}.seed{profile.seed}"

    def training(self, name, model, epochs, best="val_acc"):
        """A `training.Training` of `model` under `name`: enter it with `with` around `model.fit`."""
        keep = self._folder if self.evidence else None
        self.trainings[name] = training.Training(
            training.folder(keep, f"{self.stem}/{name}"), model, epochs, best
        )
        return self.trainings[name]

    def measure(self, **values):
        """Take down what was measured for each claim named, and print it.

        A value is a number, or a list of numbers: one for each seed that the lesson trained.
        """
        known = {claim["id"] for claim in published.claims(self.lesson)}
        for name, value in values.items():
            if name not in known:
                raise UnrolledError(
                    f"{self.lesson} has no published claim {name!r}; it has {', '.join(sorted(known))}"
                )
            numbers = [float(one) for one in (value if isinstance(value, list) else [value])]
            if not numbers or not all(map(math.isfinite, numbers)):
                raise UnrolledError(f"the measured value of {name} is {value}; finite numbers are needed")
            self.measured[name] = [int(one) if one.is_integer() else one for one in numbers]
            print(f"{name} =", ", ".join(f"{one:.6g}" for one in numbers))

    def as_dict(self):
        """The record as plain dicts, lists, strings and numbers."""
        return {
            "lesson": self.lesson,
            "finished": date.today().isoformat(),
            "profile": profile.name,
            "evidence": self.evidence,
            "seed": profile.seed,
            "backend": machine.backend,
            "device": machine.device,
            "versions": machine.versions(),
            "data": self.source,
            "trainings": {
                name: {
                    "parameters": one.parameters,
                    "epochs": one.epochs,
                    "resumed_after": one.resumed,
                    "seconds": one.seconds,
                    "history": {key: [round(v, 6) for v in values] for key, values in one.history.items()},
                }
                for name, one in self.trainings.items()
            },
            "measured": self.measured,
        }

    def save(self):
        """Write the record and forget the backups; an interrupted run keeps them and writes nothing.

        Raises `UnrolledError` if the record cannot be written; the backups are then kept, too.
        """
        interrupted = [name for name, one in self.trainings.items() if one.interrupted]
        if interrupted:
            names = ", ".join(interrupted)
            print(f"Interrupted in {names}: no record is written; run the lesson again to continue.")
            return
        path = self._folder / f"{self.stem}.json"
        unfinished = path.with_suffix(".part")
        text = json.dumps(self.as_dict(), indent=1, ensure_ascii=False) + "\n"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(text, encoding="utf-8")
            os.replace(unfinished, path)
        except OSError as error:
            raise UnrolledError(f"{path} cannot be written ({error.strerror}): nothing is recorded") from None
        training.forget(self._folder / ".unfinished" / self.stem)
        print(f"recorded in {path.relative_to(profile.ROOT)}")


def load(folder=None):
    """All records in `folder` (the committed ones unless told), sorted by file name.

    Raises `UnrolledError` for a file that is no record.
    """
    records = []
    for path in sorted(Path(folder or profile.ROOT / "notebooks" / "results").glob("*.json")):
        try:
            records.append(json.loads(path.read_text(encoding="utf-8")))
            records[-1]["measured"], records[-1]["seed"], records[-1]["lesson"]
        except (ValueError, KeyError, TypeError):
            raise UnrolledError(f"{path} is no record of a run: remove it or run the lesson again") from None
    return records


def committed(lesson):
    """The record of a full run of `lesson` in notebooks/results, to compare another lesson with.

    That of this run's backend and seed if there is one, else the first; `UnrolledError` if there is none.
    """
    records = [one for one in load() if one["lesson"] == lesson]
    if not records:
        raise UnrolledError(f"notebooks/results has no record of {lesson}: run that lesson first")
    return min(records, key=lambda one: (one["backend"] != machine.backend, one["seed"] != profile.seed))
