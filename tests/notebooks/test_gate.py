"""Tests of the tests: each fault, planted in a small notebook, turns the form test or the replay red."""

import copy
import os
import re
import subprocess
import sys

import form
import miniature
import nbformat
import nbval
import pytest
import replay
from miniature import CHECKS_CELL, COUNT_CELL, FIGURE_CELL, SETUP_CELL, TRAINING_CELL, png
from nbformat.v4 import new_code_cell, new_output


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The sound notebook, run as scripts/reproduce runs it."""
    root = tmp_path_factory.mktemp("sound")
    path = root / "notebooks" / "01_good.ipynb"
    miniature.write(miniature.unrun(path.name), path)
    with miniature.untouched_environment():
        assert miniature.execute(path).error is None
    return nbformat.read(path, as_version=4)


# What the form test must see. Each plant changes the sound notebook and names a part of the complaint.


def error_stored(nb):
    nb.cells[CHECKS_CELL].outputs = [new_output("error", ename="ValueError", evalue="no", traceback=[])]
    return "an error is stored"


def stderr_stored(nb):
    nb.cells[TRAINING_CELL].outputs.append(new_output("stream", name="stderr", text="warning"))
    return "stderr is stored"


def output_cleared(nb):
    nb.cells[COUNT_CELL].outputs = []
    return "should have an output"


def ignored_output_cleared(nb):
    nb.cells[TRAINING_CELL].outputs = []
    return "should have an output"


def value_cleared(nb):
    nb.cells[COUNT_CELL].source, nb.cells[COUNT_CELL].outputs = "units = 32\nunits * 2", []
    return "should have an output"


def never_run(nb):
    for cell in nb.cells[1:]:
        cell.execution_count, cell.outputs = None, []
    return "was run as number None"


def out_of_order(nb):
    first, second = nb.cells[COUNT_CELL], nb.cells[FIGURE_CELL]
    first.execution_count, second.execution_count = second.execution_count, first.execution_count
    return "was run as number 3"


def run_twice(nb):
    nb.cells[CHECKS_CELL].execution_count += 1
    return "was run as number 6"


def picture_missing(nb):
    nb.cells[TRAINING_CELL].source = "charts.learning_curves(losses)"
    del nb.cells[TRAINING_CELL].outputs[-1].data["image/png"]
    return "shows a picture, and none is stored"


def drawing_not_alone(nb):
    nb.cells[COUNT_CELL].source += '\nfigures.show("rnn1")'
    return "shows a drawing and does more"


def drawing_not_reported(nb):
    nb.cells.insert(COUNT_CELL, new_code_cell('figures.show("rnn1")'))
    return "code cell 2: was run as number None: run scripts/report if only drawings"


def path_in_output(nb):
    nb.cells[COUNT_CELL].outputs[0].text = "recorded in /home/someone/unrolled/results\n"
    return "names a path of a machine: /home/someone"


def windows_path_in_output(nb):
    nb.cells[TRAINING_CELL].outputs[0].data["text/plain"] = r"C:\Users\someone"
    return "names a path of a machine"


def progress_bar(nb):
    nb.cells[COUNT_CELL].outputs[0].text = "157/157 ━━━━━━━━━━ 1s 9ms/step\n"
    return "a progress bar"


def address(nb):
    nb.cells[COUNT_CELL].outputs[0].text = "<Layer at 0x7f0123456789>\n"
    return "an object's address"


def unknown_tag(nb):
    nb.cells[COUNT_CELL].metadata["tags"] = ["nbval-ignore-outputs"]
    return "unknown tags: nbval-ignore-outputs"


def name_of_seed_0(nb):
    nb.cells[TRAINING_CELL].metadata["tags"] = [form.IGNORED, "teaching"]
    return "code cell 5: takes losses from cell 4, which runs with seed 0 alone"


def marker_comment(nb):
    nb.cells[COUNT_CELL].source += "\n# NBVAL_IGNORE_OUTPUT"
    return "a comment that nbval obeys"


def long_cell(nb):
    nb.cells[COUNT_CELL].source += "\n" * 30 + "units"
    return "lines, 20 at most"


def other_badge(nb):
    nb.cells[0].source = nb.cells[0].source.replace("01_good", "02_good")
    return "Colab badge"


def other_address(nb):
    nb.cells[SETUP_CELL].source = nb.cells[SETUP_CELL].source.replace(form.ADDRESS, form.ADDRESS + "-fork")
    return "set-up cell"


def other_setup(nb):
    nb.cells[SETUP_CELL].source = nb.cells[SETUP_CELL].source.replace("--quiet ", "")
    return "set-up cell"


def setup_of_another_lesson(nb):
    nb.cells[SETUP_CELL].source = nb.cells[SETUP_CELL].source.replace('"good"', '"another"')
    return "set-up cell"


def setup_compared(nb):
    nb.cells[SETUP_CELL].metadata["tags"] = []
    return "without the tag nbval-ignore-output"


def setup_cleared(nb):
    nb.cells[SETUP_CELL].outputs = []
    return "code cell 1: should have an output"


def answer_cleared(nb):
    nb.cells[COUNT_CELL].source, nb.cells[COUNT_CELL].outputs = 'style.answer("32")', []
    return "code cell 2: should have an output"


def no_checks(nb):
    nb.cells[CHECKS_CELL].source = 'print("all checks hold")'
    return "does not end with checks"


def attachment(nb):
    nb.cells[0]["attachments"] = {"a.png": {"image/png": png(0)}}
    return "attachment"


def timing_metadata(nb):
    nb.cells[COUNT_CELL].metadata["execution"] = {"iopub.status.busy": "now"}
    return "metadata of its own: execution"


def kernel_metadata(nb):
    nb.metadata.kernelspec.name = "my-environment"
    return "metadata of its own"


FORM = (
    error_stored, stderr_stored, output_cleared, ignored_output_cleared, value_cleared, never_run,
    out_of_order, run_twice, picture_missing, drawing_not_alone, drawing_not_reported, path_in_output,
    windows_path_in_output, progress_bar, address, unknown_tag, name_of_seed_0, marker_comment, long_cell,
    other_badge, other_address, other_setup, setup_of_another_lesson, setup_compared, setup_cleared,
    answer_cleared, no_checks, attachment, timing_metadata, kernel_metadata,
)  # fmt: skip


def test_the_form_of_the_sound_notebook(good, tmp_path):
    assert problems(good, tmp_path) == []


@pytest.mark.parametrize("plant", FORM, ids=lambda plant: plant.__name__)
def test_the_form_test_sees(plant, good, tmp_path):
    notebook = copy.deepcopy(good)
    complaint = plant(notebook)
    assert any(complaint in problem for problem in problems(notebook, tmp_path)), problems(notebook, tmp_path)


def problems(notebook, folder):
    miniature.write(notebook, folder / "01_good.ipynb")
    return form.problems(folder / "01_good.ipynb")


# What the replay must see. Each plant changes the sound notebook, and names the cell that turns red and why.


def mistyped_run(nb):
    nb.cells[SETUP_CELL].source = nb.cells[SETUP_CELL].source.replace('RUN = "quick"', 'RUN = "fast"')
    return SETUP_CELL, "RUN is 'fast'; it takes full, quick"


def changed_count(nb):
    nb.cells[COUNT_CELL].outputs[0].text = "2,081 parameters\n"
    return COUNT_CELL, "Cell outputs differ"


def changed_model(nb):
    nb.cells[COUNT_CELL].source = nb.cells[COUNT_CELL].source.replace("32, 32", "32, 33")
    return COUNT_CELL, "Cell outputs differ"


def unlearning_model(nb):
    nb.cells[TRAINING_CELL].source = nb.cells[TRAINING_CELL].source.replace("0.5 *", "0.0 *")
    return CHECKS_CELL, "the model does not learn"


def stale_figure(nb):
    nb.cells[FIGURE_CELL].outputs[0].data["image/png"] = png(99)
    return FIGURE_CELL, "A picture differs"


def picture_not_drawn(nb):
    nb.cells[TRAINING_CELL].source = nb.cells[TRAINING_CELL].source.replace("image/png", "text/markdown")
    return TRAINING_CELL, "1 stored, 0 drawn"


def picture_not_stored(nb):
    del nb.cells[FIGURE_CELL].outputs[0].data["image/png"]
    return FIGURE_CELL, "0 stored, 1 drawn"


def raising_cell(nb):
    nb.cells[TRAINING_CELL].source = "raise ValueError('planted')"
    return TRAINING_CELL, "ValueError"


def bad_magic(nb):
    nb.cells[TRAINING_CELL].source = "%maplotlib inline\n" + nb.cells[TRAINING_CELL].source
    return TRAINING_CELL, "wrote to stderr"


def stderr_in_ignored_cell(nb):
    nb.cells[TRAINING_CELL].source += "\nprint('warning', file=sys.stderr)"
    return TRAINING_CELL, "wrote to stderr"


def skipped_by_tag(nb):
    nb.cells[COUNT_CELL].metadata["tags"] = ["nbval-skip"]
    return COUNT_CELL, "A tag or comment"


def allowed_to_raise(nb):
    nb.cells[COUNT_CELL].metadata["tags"] = ["raises-exception"]
    return COUNT_CELL, "A tag or comment"


def cleared(nb):
    nb.cells[COUNT_CELL].outputs = []
    return COUNT_CELL, "Unexpected output fields"


def unrun_cell(nb):
    nb.cells[SETUP_CELL].execution_count = None
    return SETUP_CELL, "without having been run"


REPLAY = (
    mistyped_run, changed_count, changed_model, unlearning_model, stale_figure, picture_not_drawn,
    picture_not_stored, raising_cell, bad_magic, stderr_in_ignored_cell, skipped_by_tag, allowed_to_raise,
    cleared, unrun_cell,
)  # fmt: skip


@pytest.fixture(scope="module")
def replayed(good, tmp_path_factory):
    """The sound and all planted notebooks, replayed in one go: pytest's output, and the plants' answers."""
    folder = tmp_path_factory.mktemp("replay")
    miniature.write(good, folder / "good.ipynb")
    answers = {}
    for plant in REPLAY:
        notebook = copy.deepcopy(good)
        answers[plant.__name__] = plant(notebook)
        miniature.write(notebook, folder / f"{plant.__name__}.ipynb")
    return pytest_nbval(folder), answers


def pytest_nbval(folder, *options, timeout=900):
    """Replay the notebooks in `folder` as scripts/test does; the finished process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment["PYTHONPATH"] = os.pathsep.join(str(form.ROOT / room) for room in ("tests", "notebooks"))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "replay",
        "--nbval",
        "--nbval-current-env",
        "-v",
        "--color=no",
    ]
    return subprocess.run(
        [*command, "-p", "no:cacheprovider", *options, "."],
        cwd=folder, env=environment, timeout=timeout, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip


def outcomes(done, name):
    """What became of each code cell of the notebook `name`, in order."""
    return re.findall(rf"^{name}\W+ipynb::Cell \d+ (\w+)", done.stdout, re.MULTILINE)


def test_the_sound_notebook_replays(replayed):
    done, _ = replayed
    assert outcomes(done, "good") == ["PASSED"] * 5


@pytest.mark.parametrize("plant", REPLAY, ids=lambda plant: plant.__name__)
def test_the_replay_sees(plant, replayed):
    done, answers = replayed
    cell, reason = answers[plant.__name__]
    # Green before it, red there, and after it nothing is run on what a failed cell left behind.
    before, after = ["PASSED"] * (cell - 1), ["SKIPPED"] * (5 - cell)
    assert outcomes(done, plant.__name__) == [*before, "FAILED", *after], done.stdout
    told = re.split(rf"^_.*\b{plant.__name__}\.ipynb::Cell {cell - 1} _", done.stdout, flags=re.MULTILINE)[1]
    assert reason in told.partition("\n____")[0]
    assert done.returncode == 1


@pytest.mark.parametrize(
    "end", ("import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
)
def test_a_killed_kernel_is_seen_at_once(end, good, tmp_path):
    notebook = copy.deepcopy(good)
    notebook.cells[TRAINING_CELL].source = f"import os\n{end}"
    miniature.write(notebook, tmp_path / "killed.ipynb")
    done = pytest_nbval(tmp_path, "--nbval-cell-timeout=2000", timeout=300)
    assert outcomes(done, "killed") == ["PASSED", "PASSED", "PASSED", "FAILED", "SKIPPED"], done.stdout
    assert "the kernel died" in done.stdout


def test_a_notebook_is_replayed_whole(good, tmp_path):
    miniature.write(good, tmp_path / "good.ipynb")
    done = pytest_nbval(tmp_path, "-k", "3")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "replayed whole" in done.stdout + done.stderr


def test_another_nbval_is_refused(monkeypatch):
    monkeypatch.setattr(nbval, "__version__", "0.12.0")
    with pytest.raises(pytest.UsageError, match=r"nbval 0\.11\.0, and 0\.12\.0"):
        replay.pytest_configure(None)
