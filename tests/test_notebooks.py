"""The committed notebooks: each is whole, and agrees with its figures, its record and the others."""

import base64
import json
import re

import form
import nbformat
import pytest
from unrolled import figures, published

NOTEBOOKS = sorted((form.ROOT / "notebooks").glob("*.ipynb"))
RESULTS = form.ROOT / "notebooks" / "results"


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def code(path):
    """The code cells of a notebook."""
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.fixture
def record(path):
    """The record of the run that is stored in a notebook."""
    return json.loads((RESULTS / f"{path.stem}.tensorflow.seed0.json").read_text(encoding="utf-8"))


def test_they_are_numbered_without_a_gap():
    assert [path.stem[:3] for path in NOTEBOOKS] == [f"{n:02}_" for n in range(1, len(NOTEBOOKS) + 1)] != []


def test_form(path):
    assert form.problems(path) == []


def test_all_begin_alike():
    """One set-up cell, copied: what is mended in one is mended in all."""
    cells = {next(c.source for c in nbformat.read(p, 4).cells if c.cell_type == "code") for p in NOTEBOOKS}
    assert len(cells) == 1


def test_figures_are_those_of_the_folder(code):
    """The pictures that `figures.show` left are, byte for byte, those of DL_images."""
    for cell in code:
        if names := re.findall(r'figures\.show\("(\w+)"\)', cell.source):
            stored = [out.data["image/png"] for out in cell.outputs if "image/png" in out.get("data", {})]
            drawn = [(form.ROOT / "DL_images" / f"{name}.png").read_bytes() for name in names]
            assert list(map(base64.b64decode, stored)) == drawn, f"{names}: run the notebook again"


def test_a_lesson_shows_the_figures_of_its_topic(path, code):
    """A topic that begins with a lesson's number is that lesson."""
    shown = {name for cell in code for name in re.findall(r'figures\.\w+\(.*?"(\w+)"\)', cell.source)}
    wanted = {name for name, entry in figures.captions().items() if entry["topic"][:2] == path.stem[:2]}
    assert wanted <= shown


def test_it_ran_in_full_on_real_data(record):
    assert record["profile"] == "full"
    assert record["data"].endswith(", full")
    for training in record["trainings"].values():
        assert len(training["seconds"]) == training["epochs"]


def test_it_measures_every_published_claim(path, record):
    assert set(record["measured"]) == {claim["id"] for claim in published.claims(path.stem)} != set()


def test_what_it_shows_is_what_was_recorded(code, record):
    """The stored outputs and the record come from one run."""
    text = "".join(
        out.get("text", "") for cell in code if "run.measure(" in cell.source for out in cell.outputs
    )
    shown = dict(re.findall(r"^(\w+) = (.+)$", text, re.MULTILINE))
    assert shown == {
        name: ", ".join(f"{value:.6g}" for value in values) for name, values in record["measured"].items()
    }


def test_no_record_is_without_a_notebook():
    lessons = {path.name.split(".")[0] for path in RESULTS.glob("*.json")}
    assert lessons <= {path.stem for path in NOTEBOOKS}
