"""What holds of every data set: a lesson finds it, it has a sample, and the records were measured on it."""

import importlib
import re
from functools import partial
from pathlib import Path

import pytest
from unrolled import data, settings
from unrolled.data import imdb
from unrolled.data.sources import DataSet
from unrolled.evidence import archive

REVIEWS = partial(data.reviews, num_words=10_000, maxlen=500)
SPLIT = partial(REVIEWS, validation=5_000)
SETS = {
    "Reviews": [REVIEWS, SPLIT, partial(SPLIT, maxlen=100)],
    "Digits": [data.digits],
    "Code": [partial(data.code, length=150)],
}
"""How the lessons take each data set, by the name of its class."""

FROM_A_FOLDER = [name for name in SETS if name != "Code"]
"""Those that are no part of this project."""

FILES = sorted(Path(data.__file__).parent.glob("[!_]*.py"))


def data_sets(path):
    """The names of the data sets that a file defines."""
    module = importlib.import_module(f"unrolled.data.{path.stem}")
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, DataSet)]
    return [kind.__name__ for kind in kinds if kind.__module__ == module.__name__ and kind is not DataSet]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_data_set_is_where_a_lesson_looks_for_it(path):
    for name in data_sets(path):
        for one in (name, name.lower()):
            assert hasattr(data, one), f"data/__init__.py does not import {one} of {path.name}"
        assert name in SETS, f"say in SETS of {Path(__file__).name} how lessons take {name}"
        own = Path(__file__).with_name(f"test_{path.stem}.py")
        assert own.is_file(), f"{name} has no tests of its own: write {own.name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_readme_names_the_files_of_a_folder(path):
    """That beside the readers, which says what a person without a connection must have."""
    readme = path.with_name("README.md").read_text(encoding="utf-8")
    for file in re.findall(r'"([\w.]+\.(?:npz|json|csv|txt))"', path.read_text(encoding="utf-8")):
        assert f"`{file}`" in readme, f"data/README.md lacks {file}"


@pytest.mark.parametrize("name", SETS)
def test_a_quick_run_has_a_sample(name, quick, monkeypatch):
    """Of any size, the same again with the same seed, and never evidence."""
    monkeypatch.setattr(settings, "QUICK_EXAMPLES", 40)
    monkeypatch.setattr(imdb, "QUICK_REVIEWS", 40)
    for take in SETS[name]:
        one = take()
        assert one.source == "built-in sample" and not one.evidence
        assert 0 < len(one.x_train) == len(one.y_train) <= one.full_examples
        assert 0 < len(one.x_test) == len(one.y_test)
        assert take().sha256 == one.sha256
        with monkeypatch.context() as other:
            other.setattr(settings, "seed", settings.seed + 1)
            follows = take().sha256["x_train"] != one.sha256["x_train"]
        assert follows, f"the sample of {name} does not follow settings.seed"


@pytest.mark.parametrize("name", FROM_A_FOLDER)
def test_a_folder_that_lacks_it_is_told(name, full, monkeypatch, tmp_path, complaint):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    for take in SETS[name]:
        assert complaint(take).startswith("UNROLLED_DATA has no ")


def test_the_data_have_the_recorded_fingerprints(real):
    """Another copy of a data set may be as real, but its numbers are not those of the records."""
    at_hand = [take().sha256 for takes in SETS.values() for take in takes] + [{}]
    for one in archive.load():
        assert one["data"]["sha256"] in at_hand, f"{one['lesson']}: its data are none of SETS"
