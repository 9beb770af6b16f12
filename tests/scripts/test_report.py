"""The generated pages: current, and noticed when they are not."""

import base64
import json
import re
import shutil

import findings
import miniature
import nbformat
import pages
import pytest
import records
import together
from environment import ROOT
from runner import notebook as stored
from unrolled import published
from unrolled.evidence import archive
from unrolled.show import figures

MAIN = miniature.script("report").main
LESSON = "04_dropout_rnn_imdb.ipynb"


@pytest.fixture(autouse=True)
def set_up(monkeypatch):
    monkeypatch.setitem(MAIN.__globals__, "ensure", lambda: None)


def test_the_committed_pages_are_current(capsys):
    status = MAIN(["--check"])
    assert status == 0, capsys.readouterr().err


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A project with one lesson and its record; its pages hold the markers, but no table yet.

    A small picture stands for that of all claims, whose drawing takes longer than all the rest.
    """
    monkeypatch.setattr(together, "picture", lambda table: (base64.b64decode(miniature.png(0)), "all claims"))
    (tmp_path / "notebooks" / "results").mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / LESSON, tmp_path / "notebooks")
    archive.write(records.made_up(), tmp_path / "notebooks" / "results")
    (tmp_path / ".github").mkdir()
    for name, block in (("README.md", "results"), (".github/CHANGELOG.md", "last run")):
        begin, end = pages.BEGIN.format(block), pages.END.format(block)
        (tmp_path / name).write_text(f"above\n{begin}\n{end}\nbelow\n", encoding="utf-8")
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


@pytest.mark.parametrize("ending", (".py", ".txt", ".md"))
def test_a_changed_finding_is_noticed_and_its_page_renewed(copy, capsys, ending):
    shutil.copytree(ROOT / findings.FOLDER, copy / findings.FOLDER)
    MAIN([], copy)
    assert MAIN(["--check"], copy) == 0
    changed = min((copy / findings.FOLDER).glob(f"*{ending}"))
    changed.write_text(changed.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    assert MAIN(["--check"], copy) == 1
    assert f"{findings.FOLDER}/README.md is not current: run scripts/report" in capsys.readouterr().err
    assert MAIN([], copy) == MAIN(["--check"], copy) == 0


@pytest.mark.parametrize("text", ("cut sh", "[]", '{"cells": 3}'))
def test_what_is_no_notebook_is_named_in_one_line(copy, capsys, text):
    (copy / "notebooks" / LESSON).write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit):
        MAIN([], copy)
    assert capsys.readouterr().err.strip() == f"{LESSON} is no notebook: take it from the last commit again"


def test_the_lessons_are_listed_with_what_was_found(copy):
    MAIN([], copy)
    (row,) = re.findall(r"^\| \[04 .*$", (copy / "notebooks" / "README.md").read_text(encoding="utf-8"), re.M)
    known = published.lesson("dropout_rnn_imdb")
    for told in (known["title"], known["question"], known["claim"][known["headline"]]["says"], "80.00 %"):
        assert told in row


def test_the_coverage_page_has_every_item(copy):
    MAIN([], copy)
    text = (copy / "notebooks" / "results" / "coverage.md").read_text(encoding="utf-8")
    assert text.count("\n| ") - 2 * len(published.sources()) == len(published.coverage())


@pytest.fixture
def drawing(copy, monkeypatch):
    """The cell of a drawing, put into the lesson and renewed, and the file of its picture."""
    (copy / "DL_images").mkdir()
    for name in ("captions.toml", "rnn36.png"):
        shutil.copy(ROOT / "DL_images" / name, copy / "DL_images")
    monkeypatch.setattr(figures, "FOLDER", copy / "DL_images")
    path = copy / "notebooks" / LESSON
    notebook = nbformat.read(path, 4)
    notebook.cells.insert(4, nbformat.v4.new_code_cell('figures.show("rnn36")'))
    nbformat.write(notebook, path)
    assert MAIN([], copy) == MAIN(["--check"], copy) == 0
    return lambda: nbformat.read(path, 4).cells[4], copy / "DL_images" / "rnn36.png"


def test_a_changed_drawing_is_noticed_and_renewed(copy, drawing, capsys):
    cell, picture = drawing
    picture.write_bytes(b"another picture")
    assert MAIN(["--check"], copy) == 1
    assert capsys.readouterr().err == f"notebooks/{LESSON} is not current: run scripts/report\n"
    assert MAIN([], copy) == MAIN(["--check"], copy) == 0
    outputs = [(output.data, output.metadata) for output in cell().outputs]
    assert outputs == figures.bundles("rnn36")
    assert base64.b64decode(outputs[0][0]["image/png"]) == b"another picture"


def test_a_changed_caption_is_noticed_and_renewed(copy, drawing):
    cell, picture = drawing
    captions = picture.with_name("captions.toml")
    said, words = figures.captions()["rnn36"], "Other words, " * 10
    text = captions.read_text(encoding="utf-8")
    for old, new in ((said["caption"], "Another caption."), (said["alt"], words)):
        assert old in text
        text = text.replace(old, new)
    captions.write_text(text, encoding="utf-8")
    assert MAIN(["--check"], copy) == 1
    assert MAIN([], copy) == MAIN(["--check"], copy) == 0
    drawn, caption, folded = cell().outputs
    assert drawn.metadata["image/png"]["alt"] == drawn.data["text/plain"] == words
    assert (caption.data["text/markdown"], folded.data["text/plain"]) == ("Another caption.", words)


def test_times_are_those_of_the_record(copy):
    path = copy / "notebooks" / LESSON
    trainings = {name: records.training(seconds=[900.0] * 4) for name in ("as_printed", "fresh")}
    for marks, told in (
        ({}, "in full 2.0 h on 2 CPU cores (x86_64)"),
        ({"quick_seconds": 21.4}, "run quickly 20 s, in full 2.0 h on 2 CPU cores (x86_64)"),
    ):
        archive.write(records.made_up(trainings=trainings, **marks), copy / "notebooks" / "results")
        assert MAIN(["--check"], copy) == 1
        assert MAIN([], copy) == MAIN(["--check"], copy) == 0
        head = nbformat.read(path, 4).cells[0].source
        assert re.search(rf"\*To read: \d+ min; {re.escape(told)}\.\*", head)


def test_the_line_of_times_takes_no_time_to_read():
    """Else it would change what it says as it is written."""
    begin, end = pages.BEGIN.format("times"), pages.END.format("times")
    lines = [
        pages.times(
            nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"{begin}\n{text}\n{end}")]),
            records.made_up(),
        )
        for text in ("", "word " * 10_000)
    ]
    assert lines[0] == lines[1] and "To read: 5 min" in lines[0]


def test_only_tables_and_times_of_a_lesson_are_written(copy):
    before = nbformat.read(copy / "notebooks" / LESSON, 4)
    MAIN([], copy)
    after = nbformat.read(copy / "notebooks" / LESSON, 4)
    changed = [new for old, new in zip(before.cells, after.cells, strict=True) if old != new]
    assert {cell.id for cell in changed} == {"title", "verdicts-shown"}
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
