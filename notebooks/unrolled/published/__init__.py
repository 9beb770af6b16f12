"""The sources' own numbers, as data files beside this one, each with its place in the source.

- `<lesson>.toml`: all that is known of a lesson before it runs, below.
- `<log>.csv`: the training logs that a source prints, one row an epoch.
- `sources.toml`: the five sources; `errata.toml`: what is wrong in them.

A lesson's file says:

    title       its name in tables
    headline    the claim that stands for it in the README
    test        the training whose test accuracy stands beside it (left out where nothing is tested)
    needs       the lessons whose records it reads, which so run first (left out if none)
    log         the training log that its curves are held against (left out if none)
    [cause.…]   why something differs: `says`, and the section of the lesson that shows it, `shown`
    [claim.…]   a claim, in the order of the lesson's table: its keys are those of `evidence.rules`, `COMMON`
                and those of its kind
"""

import csv
import tomllib
from functools import cache
from pathlib import Path

from .. import UnrolledError, settings
from ..evidence import rules

FOLDER = Path(__file__).parent

LESSON = {"title", "headline", "test", "needs", "log", "cause", "claim"}


def lesson(name):
    """What is known of a lesson: a dict as described above, every claim checked against the rule of its kind.

    Raises `UnrolledError`, in one line, for an unknown lesson or a file with a mistake in it.
    """
    path = FOLDER / f"{name}.toml"
    if name not in lessons():
        raise UnrolledError(
            f"no claims are listed for {name!r}: write published/{name}.toml; "
            f"there are {', '.join(lessons())}"
        )
    known = {"cause": {}} | _table(path)
    if unknown := known.keys() - LESSON:
        raise UnrolledError(f"{path.name} has unknown keys: {', '.join(sorted(unknown))}")
    missing = {"title", "headline", "claim"} - known.keys()
    if missing or known["headline"] not in known["claim"]:
        raise UnrolledError(f"{path.name} lacks {', '.join(sorted(missing)) or 'the claim of its headline'}")
    claims = {key: claim | {"id": key, "lesson": name} for key, claim in known["claim"].items()}
    for claim in claims.values():
        rules.check(claim)
        if claim.get("cause", "unexplained") not in {"unexplained", *known["cause"]}:
            raise UnrolledError(
                f"{path.name}: {claim['id']} names the cause {claim['cause']!r}, which is not there"
            )
    return known | {"claim": claims}


def lessons():
    """The names of the lessons that have a file, in reading order, those without a notebook last."""
    files = {path.stem for path in FOLDER.glob("*.toml")} - {"sources", "errata"}
    numbered = [name for name in settings.lessons() if name in files]
    return [*numbered, *sorted(files - set(numbered))]


def claims(name):
    """The claims tested in a lesson: a dict from id to claim, in the order of its table."""
    return lesson(name)["claim"]


def sources():
    """The sources: a dict from their number (`"000"`) to `title` and `author`."""
    return _table(FOLDER / "sources.toml")


def errata():
    """What is wrong in a source: a list of dicts `source`, `place`, `says`, `is_so`, `shown`."""
    return _table(FOLDER / "errata.toml")["erratum"]


@cache
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


@cache
def _table(path):
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UnrolledError(f"{path.name} cannot be read: {error}") from None
