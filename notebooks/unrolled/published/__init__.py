"""The sources' own numbers, as data files beside this one, each with its place in the source.

- `claims.toml`: what a source states as a number or an ordering.
- `*.csv`: the training logs that a source prints, one row an epoch.
- `errata.toml`: what is wrong in a source.
"""

import csv
import functools
import tomllib
from pathlib import Path

from .. import UnrolledError

FOLDER = Path(__file__).parent

KINDS = ("exact", "statistic", "range", "ordering", "curve", "new")
"""The kinds of claims; `verdict` states the rule of each."""


@functools.cache
def _table(name):
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def sources():
    """The sources: a dict from their number (`"000"`) to `title` and `author`."""
    return _table("claims")["source"]


def claims(lesson=None):
    """The claims tested in `lesson` (the notebook's name without its ending), or all, as a list of dicts.

    Each has `id`, `lesson`, `says`, `kind`, `source`, `place` and `value`; see claims.toml.
    """
    every = [
        {"id": name, "lesson": key} | claim
        for key, group in _table("claims")["lesson"].items()
        for name, claim in group.items()
    ]
    if lesson is None:
        return every
    if lesson not in _table("claims")["lesson"]:
        known = ", ".join(_table("claims")["lesson"])
        raise UnrolledError(f"no claims are listed for {lesson!r}; published/claims.toml has {known}")
    return [claim for claim in every if claim["lesson"] == lesson]


def log(name):
    """A printed training log as a dict of lists, one value an epoch.

    `epoch` counts from 1, `seconds` is the epoch's duration; `loss`, `acc`, `val_loss`, `val_acc` as printed.
    """
    path = FOLDER / f"{name}.csv"
    if not path.is_file():
        known = ", ".join(sorted(one.stem for one in FOLDER.glob("*.csv")))
        raise UnrolledError(f"no log {name!r}; there are {known}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    columns = {key: [float(row[key]) for row in rows] for key in rows[0]}
    return columns | {"epoch": [int(value) for value in columns["epoch"]]}


def errata():
    """What is wrong in a source: a list of dicts `source`, `place`, `says`, `is_so`, `shown`."""
    return _table("errata")["erratum"]
