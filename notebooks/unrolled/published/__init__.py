"""The sources' own numbers, as data files beside this one, each with its place in the source.

- `<lesson>.toml`: all that is known of a lesson before it runs, below.
- `<log>.csv`: the training logs that a source prints, one row an epoch.
- `sources.toml`: the five sources; `errata.toml`: what is wrong in them.
- `coverage.tsv`: what they teach, item by item, and where a lesson has it.

A lesson's file says:

    title       its name in tables
    question    what it asks, in one line, for the list of lessons
    headline    the claim that stands for it in the README
    test        the training whose test accuracy stands beside it (left out where nothing is tested)
    needs       the lessons whose records it reads, which so run first (left out if none)
    log         the training log that its curves are held against (left out if none)
    [cause.…]   why something differs: `says`, and the section of the lesson that shows it, `shown`
    [claim.…]   a claim, in the order of the lesson's table: its keys are those of `evidence.rules`, `COMMON`
                and those of its kind; a curve gets `log`, the published values

A claim added here is judged from the records that are there: then run `scripts/report`.
"""

import csv
import tomllib
from functools import cache
from pathlib import Path

from .. import UnrolledError, settings
from ..evidence import measured, rules

FOLDER = Path(__file__).parent

NONE = "—"
"""The source of a claim that no source states."""

LESSON = {"title", "question", "headline", "test", "needs", "log", "cause", "claim"}

COVERAGE = ("source", "line", "item", "lesson", "cell", "words")
"""The columns of coverage.tsv."""

WORDS = 5
"""How many words of a cell are quoted at least: so many do not stand there by chance."""


def lesson(name):
    """What is known of a lesson: a dict as described above, every claim checked: complete, and of its kind.

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
    missing = {"title", "question", "headline", "claim"} - known.keys()
    if missing or known["headline"] not in known["claim"]:
        raise UnrolledError(f"{path.name} lacks {', '.join(sorted(missing)) or 'the claim of its headline'}")
    claims = {key: claim | {"id": key, "lesson": name} for key, claim in known["claim"].items()}
    for claim in claims.values():
        rules.check(claim)
        if complaint := measured.mistake(claim) or _mistake(claim, known):
            raise UnrolledError(f"{path.name}: {claim['id']} {complaint}")
        if claim["kind"] == "curve":
            claim["log"] = log(known["log"])[claim["measured_by"]["metric"]]
    tested = [how["training"] for how in map(measured.how, claims.values()) if how.get("take") == "test"]
    if "test" in known and known["test"] not in tested:
        raise UnrolledError(f"{path.name}: test names {known['test']!r}, of which no claim takes the test")
    return known | {"claim": claims}


def _mistake(claim, known):
    """What is wrong with a claim in the lesson that is `known`, as the end of a sentence, or ""."""
    shown = ["shown"] if "value" not in claim and claim["kind"] != "new" else []
    unit = ["unit"] if claim["kind"] != "exact" else []
    if missing := [key for key in ("says", "source", "place", *shown, *unit) if not claim.get(key)]:
        return f"lacks {', '.join(missing)}"
    if (claim["kind"] == "new") != (claim["source"] == NONE):
        return f'must have both the kind "new" and the source "{NONE}", for what no source states, or neither'
    if claim["source"] not in {NONE, *sources()}:
        return f"names the source {claim['source']!r}; sources.toml has {', '.join(sources())}"
    if claim.get("cause", "unexplained") not in {"unexplained", *known["cause"]}:
        return f"names the cause {claim['cause']!r}, which is not there: write [cause.{claim['cause']}]"
    for name in measured.trainings(claim):
        if (other := name.rpartition("/")[0]) and other not in known.get("needs", ()):
            return f"reads {name}: add {other} to needs"
    if claim["kind"] == "curve":
        if "log" not in known:
            return "is a curve, and the lesson names no log that it is held against"
        metrics = log(known["log"])
        if measured.how(claim).get("take") != "curve" or claim["measured_by"].get("metric") not in metrics:
            return f'needs measured_by with take = "curve" and a metric of the log: {", ".join(metrics)}'
    return ""


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


def coverage():
    """What the sources teach: a list of dicts `source`, `line`, `item`, `lesson`, `cell`, `words`.

    `line` is where a source has the item, `cell` the id of the lesson's cell that answers it. The `words`
    stand there in a row, or in what is said about the cell's figure. Both are empty for a lesson to come.

    Raises `UnrolledError`, in one line, for a file with a mistake in it.
    """
    path = FOLDER / "coverage.tsv"
    try:
        head, *lines = path.read_text(encoding="utf-8").splitlines() or [""]
    except (OSError, UnicodeError) as error:
        raise UnrolledError(f"{path.name} cannot be read: {error}") from None
    if head != "\t".join(COVERAGE):
        raise UnrolledError(f"{path.name} does not begin with the columns {', '.join(COVERAGE)}")
    rows = [line.split("\t") for line in lines]
    for number, row in enumerate(rows, 2):
        if complaint := _slip(row):
            raise UnrolledError(f"{path.name}, line {number}: {complaint}")
    rows = [dict(zip(COVERAGE, row, strict=True)) for row in rows]
    return [row | {"line": int(row["line"])} for row in rows]


def _slip(row):
    """What is wrong with a row of the coverage, a list of texts, or ""."""
    if len(row) != len(COVERAGE):
        return f"has {len(row)} columns, not {len(COVERAGE)}"
    source, line, item, lesson, cell, words = row
    if source not in sources():
        return f"names the source {source!r}; sources.toml has {', '.join(sources())}"
    if not line.isdecimal():
        return f"has {line!r} where the number of a line should stand"
    if not item or not lesson:
        return "lacks its item or its lesson"
    if bool(cell) != bool(words):
        return "needs a cell and words from it, or neither"
    if cell and len(words.split()) < WORDS:
        return f"quotes {len(words.split())} words; {WORDS} are needed"
    return ""


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
