"""Jobs in real processes: Ctrl-C and kill -9 leave none behind, a worker may die, or run in another clone."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import miniature
import psutil
import pytest
from environment import ROOT
from miniature import COUNT_CELL, TRAINING_CELL
from runner import chosen, plan, schedule, worker

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="Windows has neither signals nor terminals like these"
)

SOON = 10
"""How many seconds after the end of a command its last process must be gone."""

WAITS = """\
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
with open("waits", "w") as file:
    print(os.getppid(), os.getpid(), child.pid, file=file)
time.sleep(600)"""
"""A cell that says which processes are the worker, the kernel and a child of that, and then never ends."""


@pytest.fixture
def house(tmp_path):
    """A copy of the project with two small notebooks, `waits`, whose training never ends, and `runs`."""
    folder = tmp_path / "house"
    for name in ("scripts", "notebooks/unrolled"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.txt", folder)
    waits, runs = miniature.unrun("01_waits.ipynb"), miniature.unrun("02_runs.ipynb")
    waits.cells[TRAINING_CELL].source = WAITS
    runs.cells[COUNT_CELL].source = "import os; print(os.getcwd())"
    miniature.write(waits, folder / "notebooks" / "01_waits.ipynb")
    miniature.write(runs, folder / "notebooks" / "02_runs.ipynb")
    return folder


def jobs(house, *lessons):
    """The jobs of a quick run."""
    known = chosen.lessons(lessons, house / "notebooks")
    return plan.make(known, [0], "tensorflow", "quick", house / "notebooks").jobs


def until(condition, seconds=120):
    """Wait until a function gives something true, so many seconds at most, and give what it gave last."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def processes(house):
    """The worker, the kernel and its child, as numbers, once the cell that waits has begun."""
    said = house / "notebooks" / "waits"
    text = until(lambda: said.is_file() and said.read_text())
    assert text, "no job has begun"
    said.unlink()
    return [int(number) for number in text.split()]


def gone(numbers):
    """Whether processes are gone within `SOON`."""
    return until(lambda: not any(map(alive, numbers)), SOON)


def alive(number):
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def marked():
    """A variable for the environment of a command, and a function that finds the processes that have it."""
    variable, value = "UNROLLED_TEST", os.urandom(8).hex()

    def found():
        numbers = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(variable) == value:
                    numbers.append(process.pid)
            except psutil.Error:
                continue
        return numbers

    yield {variable: value}, found
    for number in found():
        os.kill(number, signal.SIGKILL)


class Kept:
    """Takes what jobs return, and shows nothing: it stands for `publish.Results` and `progress.Lines`."""

    def __init__(self):
        self.results = {}

    def needed(self, job):
        return []

    def take(self, job, result):
        self.results[job.lesson] = result
        return ("failed", result.error) if result.error else ("ran", "")

    def start(self, job):
        pass

    end = start

    def news(self, name, news):
        pass


@pytest.mark.parametrize("how", ("Ctrl-C", "kill -9"))
def test_a_stopped_command_leaves_no_process(house, marked, how):
    pexpect = pytest.importorskip("pexpect")
    mark, found = marked
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("UNROLLED_", "KERAS_"))} | mark
    arguments = ["scripts/reproduce", "--quick", "--only", "waits"]
    options = {"cwd": str(house), "env": environment, "encoding": "utf-8"}
    # A shell that runs the tests in the background has them ignore Ctrl-C, and all that they start.
    options["preexec_fn"] = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
    terminal = pexpect.spawn(sys.executable, arguments, **options)
    numbers = processes(house)
    assert terminal.expect(["cell 4 of 5", pexpect.EOF], timeout=60) == 0
    assert set(numbers) < set(found())
    if how == "Ctrl-C":
        terminal.sendintr()
    else:
        os.kill(terminal.pid, signal.SIGKILL)
    terminal.expect(pexpect.EOF, timeout=SOON)
    assert until(lambda: not found(), SOON), f"left: {found()}"
    terminal.close()
    if how == "Ctrl-C":
        assert terminal.exitstatus == 130
        assert "Stopped." in terminal.before and "Traceback" not in terminal.before


def test_a_worker_that_dies_takes_only_its_job_with_it(house):
    kept = Kept()

    def kill():
        numbers.extend(processes(house))
        os.kill(numbers[0], signal.SIGKILL)

    numbers, killer = [], threading.Thread(target=kill)
    with schedule.cluster(house, 1) as cluster:
        killer.start()
        outcomes = schedule.carry_out(jobs(house), cluster, kept, kept)
    killer.join()
    assert [(one.job.lesson, one.how, one.line) for one in outcomes] == [
        ("waits", "failed", schedule.DIED),
        ("runs", "ran", ""),
    ]
    assert gone(numbers)


def test_no_worker_is_missed_where_the_client_looks_for_none_meanwhile(house):
    """Dask's client does so every few seconds, in a thread of its own."""
    with schedule.cluster(house, 1) as cluster:
        update = cluster.client._update_scheduler_info

        async def and_again(n_workers=0):
            await update(n_workers)
            await update()

        cluster.client._update_scheduler_info = and_again
        assert len(cluster.workers()) == 1


def git(folder, *arguments):
    me = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    subprocess.run(["git", *me, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def cluster_of():
    """A function that starts a scheduler, outside the project, and a worker in a clone: the address."""
    started = []

    def dask(*arguments, **options):
        command = [sys.executable, "-m", "dask", *arguments]
        started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL, **options))

    def start(clone):
        file = clone.parent / "scheduler.json"
        dask("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(file), cwd=clone.parent)
        assert until(lambda: file.is_file() and file.read_text().rstrip().endswith("}"))
        address = json.loads(file.read_text())["address"]
        line = schedule.START.replace("ADDRESS", address).replace(" N ", " 2 ").replace("=N", "=2")
        variable, _, arguments = line.partition(" dask ")
        name, value = variable.split("=")
        dask(*arguments.split(), cwd=clone, env=os.environ | {name: value})
        return address

    yield start
    for process in reversed(started):
        process.terminate()
        process.wait()


def test_workers_run_in_another_clone_of_the_same_commit(house, tmp_path, cluster_of, monkeypatch):
    clone, kept = tmp_path / "clone", Kept()
    for arguments in (["init"], ["add", "."], ["commit", "-m", "all"], ["clone", ".", str(clone)]):
        git(house, *arguments)
    before = sorted(house.rglob("*"))
    address = cluster_of(clone)
    with schedule.cluster(house, 1, address) as cluster:
        (outcome,) = schedule.carry_out(jobs(house, "runs"), cluster, kept, kept)
        assert outcome.how == "ran"
        assert str(clone / "notebooks") in kept.results["runs"].notebook
        assert sorted(house.rglob("*")) == before

        # The connection of a command ends, as it does when that is killed: so do its jobs.
        cluster.client.register_plugin(worker.Ending(cluster.prefix))
        future = cluster.submit(*jobs(house, "waits"), [], *cluster.workers(), 1)
        numbers = processes(clone)
        cluster.client.close()
        assert gone(numbers[1:]) and alive(numbers[0]) and future.cancelled()

    (house / "scripts" / "lab").write_text("")
    refuses(house, address, "differs from this clone in what is not committed")
    git(house, "commit", "-a", "-m", "more")
    refuses(house, address, "is at the commit")
    monkeypatch.setattr(schedule, "PATIENCE", 0.5)
    refuses(house, "tcp://127.0.0.1:1", "no scheduler answers at tcp://127.0.0.1:1")


def refuses(house, address, complaint):
    """Whether a cluster is refused in one line."""
    with pytest.raises(schedule.Refused, match=complaint) as refused, schedule.cluster(house, 1, address):
        pass
    assert "\n" not in str(refused.value)
