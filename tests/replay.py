"""A pytest plugin that closes what nbval leaves open: `pytest -p replay --nbval …`, as scripts/test does.

nbval runs every cell and compares its text with what is stored. This adds that

- a kernel that dies is noticed within seconds, not at the cell's timeout;
- after its first failed cell a notebook is not run on with stale state;
- a picture is drawn where one is stored, byte for byte the same unless the cell's output is ignored;
- anything written to stderr fails, also in a cell whose output is ignored: so does a mistyped magic;
- every cell runs: none is left out by a tag, a comment or an option;
- what a cell finds in `Out` and `_1` is there, as in a notebook run by hand.

It reaches into nbval's internals, hence the exact version.
"""

import time
from queue import Empty

import unrolled  # noqa: F401  isort: skip (it makes nbval, which reads notebooks, quick to load)

import nbval
import pytest
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell

NBVAL = "0.11.0"
POLL = 1.0
"""Seconds between two looks at whether the kernel lives."""


def pytest_configure(config):
    if nbval.__version__ != NBVAL:
        raise pytest.UsageError(
            f"tests/replay.py is written for nbval {NBVAL}, and {nbval.__version__} is installed"
        )
    RunningKernel.get_message = get_message
    RunningKernel.execute_cell_input = execute_cell_input


def pytest_deselected(items):
    if any(isinstance(item, IPyNbCell) for item in items):
        raise pytest.UsageError("a notebook is replayed whole: leave out -k, -m, --deselect and --lf")


def get_message(self, stream, timeout=None):
    """The next message on a channel; RuntimeError if the kernel is dead, Empty after `timeout` seconds."""
    receive = {"iopub": self.kc.get_iopub_msg, "shell": self.kc.get_shell_msg}[stream]
    end = time.monotonic() + (timeout or float("inf"))
    while True:
        alive = self.is_alive()  # asked before the last look for a message, so that none is lost
        try:
            return receive(timeout=max(0, min(POLL, end - time.monotonic())))
        except Empty:
            if not alive:
                raise RuntimeError("the kernel died") from None
            if time.monotonic() >= end:
                raise


def execute_cell_input(self, cell_input, allow_stdin=None):
    """Start a cell, with history."""
    return self.kc.execute(cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if not isinstance(item, IPyNbCell):
        return (yield)
    notebook = item.parent
    if hasattr(notebook, "failed_cell"):
        pytest.skip(f"cell {notebook.failed_cell} failed")
    notebook.failed_cell = item.cell_num
    if item.options["skip"] or item.options["check_exception"]:
        item.raise_cell_error("A tag or comment keeps this cell from being run or from failing")
    if item.cell.execution_count is None:
        item.raise_cell_error("This cell is stored without having been run")
    result = yield
    check_errors(item)
    check_pictures(item)
    del notebook.failed_cell
    return result


def check_errors(item):
    """Fail if the cell wrote to stderr."""
    written = "".join(out.text for out in item.test_outputs if out.get("name") == "stderr")
    if written:
        item.raise_cell_error("The cell wrote to stderr", written)


def check_pictures(item):
    """Fail if the cell did not draw what is stored, or, if its output is ignored, not as many pictures."""
    stored, drawn = pictures(item.cell.outputs), pictures(item.test_outputs)
    if len(stored) != len(drawn):
        item.raise_cell_error(f"Pictures: {len(stored)} stored, {len(drawn)} drawn")
    if item.options["check"] and stored != drawn:
        item.raise_cell_error("A picture differs from the stored one")


def pictures(outputs):
    """The PNG images among a cell's outputs, as base64 without line breaks."""
    return ["".join(out.data["image/png"].split()) for out in outputs if "image/png" in out.get("data", {})]
