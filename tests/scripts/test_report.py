"""The generated pages: current, and noticed when they are not."""

import json
import shutil

import miniature
import nbformat
import pages
import pytest
import records
from environment import ROOT
from runner import notebook as stored
from unrolled import published
from unrolled.evidence import archive

MAIN = miniature.script("report").main
LESSON = "04_dropout_rnn_imdb.ipynb"


@pytest.fixture(autouse=True)
def set_up(monkeypatch):
    monkeypatch.setitem(MAIN.__globals__, "ensure", lambda: None)


def test_the_committed_pages_are_current(capsys):
    status = MAIN(["--check"])
    assert status == 0, capsys.readouterr().err


@pytest.fixture
def copy(tmp_path):
    """A project with one lesson and its record; its README holds the markers, but no table yet."""
    (tmp_path / "notebooks" / "results").mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / LESSON, tmp_path / "notebooks")
    archive.write(records.made_up(), tmp_path / "notebooks" / "results")
    begin, end = pages.BEGIN.format("results"), pages.END.format("results")
    (tmp_path / "README.md").write_text(f"above\n{begin}\n{end}\nbelow\n", encoding="utf-8")
    return tmp_path


def test_stale_pages_are_noticed_and_mended(copy, capsys):
    assert MAIN(["--check"], copy) == 1
    told = capsys.readouterr().err
    assert all(f"{name} is not current: run scripts/report" in told for name in ("README.md", LESSON))
    assert MAIN([], copy) == 0
    assert MAIN(["--check"], copy) == 0
    text = (copy / "README.md").read_text(encoding="utf-8")
    assert text.startswith("above\n") and text.endswith("\nbelow\n") and "| 80.00 %" in text


@pytest.mark.parametrize("name", ("README.md", "notebooks/results/README.md", f"notebooks/{LESSON}"))
def test_a_changed_digit_is_noticed(copy, name):
    MAIN([], copy)
    page = copy / name
    text = page.read_text(encoding="utf-8")
    assert "80.00 %" in text
    page.write_text(text.replace("80.00 %", "80.01 %", 1), encoding="utf-8")
    assert MAIN(["--check"], copy) == 1


def test_only_tables_and_times_of_a_lesson_are_written(copy):
    before = nbformat.read(copy / "notebooks" / LESSON, 4)
    MAIN([], copy)
    after = nbformat.read(copy / "notebooks" / LESSON, 4)
    changed = [new for old, new in zip(before.cells, after.cells, strict=True) if old != new]
    assert {cell.id for cell in changed} == {"01m-04", "28c-04"}
    assert "in full 10 s on 2 CPU cores" in after.cells[0].source


def test_a_drawing_is_put_in_without_a_run(copy):
    path = copy / "notebooks" / LESSON
    notebook = nbformat.read(path, 4)
    marks = stored.code(notebook)
    notebook.cells.insert(4, nbformat.v4.new_code_cell('figures.show("rnn36")', id="a-drawing"))
    nbformat.write(notebook, path)
    archive.write(records.made_up(code=marks), copy / "notebooks" / "results")
    MAIN([], copy)
    notebook = nbformat.read(path, 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    (drawing,) = [cell for cell in code if cell.id == "a-drawing"]
    assert "image/png" in drawing.outputs[0].data

    code[-1].source += "\nprint(1)"  # this takes a run
    code[-1].execution_count = None
    nbformat.write(notebook, path)
    MAIN([], copy)
    assert nbformat.read(path, 4).cells[-1].execution_count is None


def test_a_lesson_without_an_entry_is_an_error(copy, capsys):
    shutil.copy(copy / "notebooks" / LESSON, copy / "notebooks" / "99_forgotten.ipynb")
    with pytest.raises(SystemExit):
        MAIN([], copy)
    assert "write published/forgotten.toml" in capsys.readouterr().err


def test_a_bad_record_is_one_line(copy, capsys):
    path = next(copy.rglob("tensorflow.0.json"))
    path.write_text(json.dumps({"lesson": "dropout_rnn_imdb"}))
    with pytest.raises(SystemExit):
        MAIN([], copy)
    told = capsys.readouterr().err
    assert "tensorflow.0.json is no record of a run" in told and len(told.splitlines()) == 1


def test_a_lesson_needs_no_test_accuracy():
    known = published.lesson("stacked_rnn_imdb")
    assert pages.test_accuracy(known, []) == ""


def test_between_leaves_a_text_without_markers():
    assert pages.between("results", "new", "no markers here") == "no markers here"
