"""One job, run where it is: a notebook from top to bottom, in a kernel and a folder of its own."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace

import filelock
import nbformat
from environment import kernel_environment
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from unrolled import settings

from runner import notebook as notebooks
from runner.job import Result

LAST_WORDS = 100_000
"""How many characters of a kernel's log are returned."""

PATIENCE = 10
"""How many seconds a job waits for another one in its folder, which may be about to end."""

GUARD = "import os, signal, sys; sys.stdin.read(); os.killpg(int(sys.argv[1]), signal.SIGKILL)"
"""A process that ends a kernel, and all that it started, as soon as the process that started it is gone."""


def run(job, text, needed, root, tell, life):
    """Run a job in the clone `root`; return its `Result`, also where a cell fails.

    `text` is the notebook, `needed` are the records that it reads, as dicts. `tell` is called with `cell` and
    `cells` as a cell starts, and with `line` as the line of a training changes. `life.begin` takes the number
    of the kernel's process.
    """
    notebook = nbformat.reads(text, as_version=4)
    folder = root / "build" / "jobs" / job.run
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "results" / settings.record_name(job.lesson, job.backend, job.seed)
    log = folder / "kernel.log"
    try:
        with filelock.FileLock(folder / "lock", timeout=PATIENCE):
            shutil.rmtree(folder / "results", ignore_errors=True)
            for one in needed:
                name = settings.record_name(one["lesson"], one["backend"], one["seed"])
                _write(folder / "results" / name, json.dumps(one))
            with log.open("w") as file:
                error = _run_in_a_kernel(notebook, job, root, file, tell, life)
                measured = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else None
                quick = None
                if job.published and error is None:
                    quick, error = _time_quickly(text, job, root, file, tell, life)
            notebooks.normalise(notebook)
            return Result(
                record=measured,
                notebook=nbformat.writes(notebook) + "\n",
                log=log.read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:],
                quick_seconds=quick,
                error=error,
            )
    except filelock.Timeout:
        raise RuntimeError("another process is running it: wait for that one, or end it") from None


def _run_in_a_kernel(notebook, job, root, log, tell, life):
    """Run a notebook in place, in a kernel of its own; None, or where and why a cell failed."""
    with _kernel(notebook, job, root, log, tell, life) as client:
        return _run_cells(client, job.leaves_out, tell)


def _time_quickly(text, job, root, log, tell, life):
    """The seconds that a quick run takes, or None; None, or where and why it failed."""
    started = time.monotonic()
    quick = replace(job, profile="quick")
    error = _run_in_a_kernel(nbformat.reads(text, as_version=4), quick, root, log, tell, life)
    return (None, f"in a quick run, {error}") if error else (time.monotonic() - started, None)


def _run_cells(client, leaves_out, tell):
    """Run the code cells but those with a tag that is left out; None, or where and why one failed."""
    code = notebooks.code_cells(client.nb)
    for _, cell in code:
        cell.outputs, cell.execution_count = [], None
    for number, (index, cell) in enumerate(code, 1):
        if leaves_out & notebooks.tags(cell):
            continue
        tell(cell=number, cells=len(code))
        where = f"cell {number} of {len(code)}"
        try:
            client.execute_cell(cell, index)
        except CellExecutionError as error:
            return f"{where}: {error.ename}: {(error.evalue.strip().splitlines() or [''])[0]}"
        except DeadKernelError:
            return f"{where}: the kernel died; was the memory enough? the log beside it may say more"
    return None


@contextlib.contextmanager
def _kernel(notebook, job, root, log, tell, life):
    """The client of a kernel in notebooks/, of this interpreter, which ends with the block."""

    class Client(NotebookClient):
        """nbclient, which also tells of the displays that a cell updates as it runs."""

        def process_message(self, msg, cell, cell_index):
            if (msg["content"].get("transient") or {}).get("display_id"):
                tell(line=msg["content"]["data"].get("text/plain", ""))
            return super().process_message(msg, cell, cell_index)

    class Manager(AsyncKernelManager):
        """A manager that knows no kernel but that of this interpreter, whatever else is installed."""

        def _kernel_spec_manager_default(self):
            return KernelSpecManager(kernel_dirs=[])

    client = Client(
        notebook,
        timeout=None,
        startup_timeout=600,  # a busy machine takes its time; a kernel that dies is noticed at once
        kernel_manager_class=Manager,
        kernel_name="python3",
        record_timing=False,
        shutdown_kernel="immediate",
        # ipykernel does the same under pytest; else what TensorFlow writes would be a cell's output.
        extra_arguments=["--IPKernelApp.capture_fd_output=False"],
    )
    environment = kernel_environment(
        UNROLLED_PROFILE=job.profile,
        UNROLLED_SEED=str(job.seed),
        UNROLLED_RESULTS=str(root / "build" / "jobs" / job.run / "results"),
        KERAS_BACKEND=job.backend,
        TF_NUM_INTEROP_THREADS=None if job.alone else "1",  # beside others, more only get in each other's way
    )
    client.create_kernel_manager()
    client.start_new_kernel(cwd=str(root / "notebooks"), env=environment, stdout=log, stderr=log)
    kernel = client.km.provisioner.pid
    with guarded(kernel):
        life.begin(kernel)
        with client.setup_kernel():
            yield client


@contextlib.contextmanager
def guarded(kernel):
    """End a kernel and all that it started with the block, and if this process is killed in it."""
    if not hasattr(os, "killpg"):  # on Windows a kernel itself watches over its parent
        yield
        return
    command = [sys.executable, "-S", "-c", GUARD, str(kernel)]
    nothing = subprocess.DEVNULL
    guard = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing, start_new_session=True
    )
    try:
        yield
    finally:
        guard.stdin.close()
        guard.wait()


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
