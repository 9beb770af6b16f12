"""The alterations of lessons, data for `tests/alterations`: see there."""

import copy
import json
import tomllib
from pathlib import Path

from unrolled import settings

FOLDER = Path(__file__).parent / "alterations"
KEYS = {"cell", "old", "new", "why"}

LESSONS = [path.stem for path in sorted(FOLDER.glob("*.toml"))]

ALL = [
    (lesson, one)
    for lesson in LESSONS
    for one in tomllib.loads((FOLDER / f"{lesson}.toml").read_text(encoding="utf-8"))["alteration"]
]
"""Every alteration, a dict with `KEYS`, and its lesson."""


def name(part):
    """What a test of an alteration is called."""
    return part if isinstance(part, str) else f"{part['cell']}: {part['why']}"


def read(lesson):
    """A lesson's notebook as its file holds it."""
    return json.loads(settings.lessons()[lesson].read_text(encoding="utf-8"))


def with_alteration(notebook, one):
    """The notebook with one alteration. AssertionError if what it alters does not stand there, once."""
    altered = copy.deepcopy(notebook)
    cells = [cell for cell in altered["cells"] if cell["id"] == one["cell"]]
    assert len(cells) == 1, f"there is no cell {one['cell']}"
    source = "".join(cells[0]["source"])
    assert source.count(one["old"]) == 1, f"{one['cell']} has {one['old']!r} {source.count(one['old'])} times"
    cells[0]["source"] = source.replace(one["old"], one["new"])
    return altered
