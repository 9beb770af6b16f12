"""The first notebook as Colab opens it, up to its first figure; tests/colab runs all of them to the end."""

import shutil
from pathlib import Path

import form
import nbformat
import opened
import pytest
from nbclient.exceptions import CellExecutionError

NOTEBOOK = sorted((form.ROOT / "notebooks").glob("01_*.ipynb"))[0]


@pytest.fixture
def colab(tmp_path):
    with opened.folder(tmp_path) as folder:
        yield folder


def test_the_notebook_needs_nothing_beside_it(colab):
    """Its first cell fetches the rest: the package, the figures and the sample that a lesson shows."""
    shutil.copy(NOTEBOOK, colab)
    notebook = nbformat.read(colab / NOTEBOOK.name, as_version=4)
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    client = opened.kernel(notebook)
    wanted, cloned = {"figures.show(", "data."}, colab / "lessons/notebooks/unrolled/show/figures.py"
    with client.setup_kernel(cwd=str(colab)):
        for _, (index, cell) in zip(range(12), code, strict=False):
            client.execute_cell(cell, index)
            wanted -= {call for call in wanted if call in cell.source}
            if not wanted:
                break
        # Run again, as people do: the clone is there already.
        again = client.execute_cell(code[0][1], code[0][0])
        where = nbformat.v4.new_code_cell("print(figures.__file__)")
        notebook.cells.append(where)
        client.execute_cell(where, len(notebook.cells) - 1)
    assert not wanted
    assert all(output.get("name") == "stdout" for output in again.outputs)
    assert Path(where.outputs[0].text.strip()) == cloned
    shown = next(cell for _, cell in code if "figures.show(" in cell.source)
    assert "image/png" in shown.outputs[0].data


def test_without_github_the_first_cell_says_so_in_one_line(colab, monkeypatch):
    """And goes on when it is run again, once GitHub is within reach."""
    monkeypatch.delenv("UNROLLED_PROFILE")
    github = colab.parent / "github"
    github.unlink()
    cell = nbformat.v4.new_code_cell(form.SETUP.format("no_lesson"))
    client = opened.kernel(nbformat.v4.new_notebook(cells=[cell]))
    with client.setup_kernel(cwd=str(colab)):
        with pytest.raises(CellExecutionError) as ended:
            client.execute_cell(cell, 0)
        assert ended.value.ename == "SystemExit"
        assert ended.value.evalue.startswith("The lessons could not be fetched")
        assert len(ended.value.evalue.splitlines()) == 1
        github.symlink_to(form.ROOT)
        client.execute_cell(cell, 0)
    assert [output.text.partition(",")[0] for output in cell.outputs] == ["A quick run"]
