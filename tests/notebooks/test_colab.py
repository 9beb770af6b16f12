"""The first notebook as Colab opens it: the file alone in an empty folder, with `google.colab` loaded."""

import os
import shutil
from pathlib import Path
from unittest import mock

import form
import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOK = sorted((form.ROOT / "notebooks").glob("01_*.ipynb"))[0]


@pytest.fixture
def colab(tmp_path):
    """An empty folder, while the repository's address leads to the last commit of this one.

    It does so through `github`, a link beside the folder, which a test may take away.
    """
    package = tmp_path / "colab" / "google" / "colab"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (tmp_path / "content").mkdir()
    (tmp_path / "github").symlink_to(form.ROOT)
    settings = {
        "PYTHONPATH": str(tmp_path / "colab"),
        "UNROLLED_PROFILE": "quick",
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"url.{(tmp_path / 'github').as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": form.ADDRESS,
        "GIT_CONFIG_KEY_1": "safe.directory",  # in CI the files may belong to someone else
        "GIT_CONFIG_VALUE_1": "*",
    }
    with mock.patch.dict(os.environ, settings):
        yield tmp_path / "content"


def kernel(notebook):
    """The client of a kernel like Colab's."""
    return NotebookClient(
        notebook,
        kernel_name="python3",
        shutdown_kernel="immediate",
        extra_arguments=["--IPKernelApp.exec_lines=import google.colab", "--IPKernelApp.log_level=ERROR"],
    )


def test_the_notebook_needs_nothing_beside_it(colab):
    """Its first cell fetches the rest: the package, the figures and the sample that a lesson shows."""
    shutil.copy(NOTEBOOK, colab)
    notebook = nbformat.read(colab / NOTEBOOK.name, as_version=4)
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    client = kernel(notebook)
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
    client = kernel(nbformat.v4.new_notebook(cells=[cell]))
    with client.setup_kernel(cwd=str(colab)):
        with pytest.raises(CellExecutionError) as ended:
            client.execute_cell(cell, 0)
        assert ended.value.ename == "SystemExit"
        assert ended.value.evalue.startswith("The lessons could not be fetched")
        assert len(ended.value.evalue.splitlines()) == 1
        github.symlink_to(form.ROOT)
        client.execute_cell(cell, 0)
    assert [output.text.partition(",")[0] for output in cell.outputs] == ["A quick run"]
