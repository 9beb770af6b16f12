"""An equation altered in one place (a sign, an index, a transpose, a gate): the lesson's own checks turn red.

`scripts/test alterations` runs this, in some minutes. An alteration is one entry in `<lesson>.toml` here:
in the cell `cell` the text `old`, which stands there once, becomes `new`; `why` says what is then wrong.
"""

import json

import altered
import miniature
import pytest
from unrolled import settings


@pytest.fixture(autouse=True)
def by_hand():
    with miniature.untouched_environment():
        yield


def outcome(notebook, lesson, tmp_path):
    """Where and why a quick run of a lesson fails, or None."""
    path = tmp_path / "notebooks" / settings.lessons()[lesson].name
    path.parent.mkdir()
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return miniature.execute(path).error


@pytest.mark.parametrize("lesson", altered.LESSONS)
def test_a_lesson_as_it_is_passes(lesson, tmp_path):
    assert outcome(altered.read(lesson), lesson, tmp_path) is None


@pytest.mark.parametrize(("lesson", "one"), altered.ALL, ids=altered.name)
def test_an_alteration_is_seen(lesson, one, tmp_path):
    error = outcome(altered.with_alteration(altered.read(lesson), one), lesson, tmp_path)
    assert error, f"no check of {lesson} sees it: {one['why']}"
    print(f"{lesson} | {one['cell']} | `{one['old']}` → `{one['new']}` | {one['why']} | {error}")
    assert ": AssertionError" in error, error
