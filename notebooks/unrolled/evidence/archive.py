"""The records on disk: their form, read and written, sealed against a change by hand.

No Keras here: tables and reports are made of records alone.
"""

import base64
import hashlib
import json
import os
import statistics
from pathlib import Path

import jsonschema
import numpy as np

from .. import UnrolledError, settings

SCHEMA = json.loads(Path(__file__).with_name("record.schema.json").read_text(encoding="utf-8"))
"""The form of a record: its keys, their types and ranges, as a JSON Schema."""


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


def duration(record):
    """The seconds that a full run takes: as long as its trainings, and no less than a quick run.

    Each epoch counts as the median one of its training: one that another program held up tells nothing.
    """
    trainings = record["trainings"].values()
    trained = sum(ended(one) * statistics.median(one["seconds"]) for one in trainings)
    return float(max(trained, record.get("quick_seconds", 0)))


def ended(training):
    """After how many epochs a training ended: all, or those until its validation accuracy was `enough`."""
    if "enough" not in training:
        return training["epochs"]
    reached = [value >= training["enough"] for value in training["history"]["val_acc"]]
    return reached.index(True) + 1 if True in reached else training["epochs"]


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
        if record["evidence"] and lengths != {ended(one)}:
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
