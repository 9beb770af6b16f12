"""Every lesson in quick, from top to bottom, as Colab opens it; its own checks say how it came out."""

import shutil

import form
import nbformat
import opened
import pytest


@pytest.fixture
def colab(tmp_path):
    with opened.folder(tmp_path) as folder:
        yield folder


@pytest.mark.parametrize(
    "path", sorted((form.ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_a_lesson_runs_to_its_end(colab, path):
    shutil.copy(path, colab)
    notebook = nbformat.read(colab / path.name, as_version=4)
    opened.kernel(notebook).execute(cwd=str(colab))
    printed = [output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])]
    assert "all checks hold\n" in printed
