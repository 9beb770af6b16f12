"""scripts/reproduce from its arguments to its last line: small notebooks, a Dask worker in this process."""

import contextlib
import os
import re
import subprocess
import sys
from itertools import pairwise

import distributed
import form
import miniature
import nbformat
import pytest
import records
from environment import ROOT
from jupyter_core.utils import ensure_event_loop
from miniature import CHECKS_CELL, COUNT_CELL, FIGURE_CELL, TRAINING_CELL
from runner import notebook, plan, publish, schedule
from runner.job import Job, Result
from unrolled import UnrolledError
from unrolled.evidence import archive


@pytest.fixture(scope="module")
def client():
    """A Dask client of a worker in this process, which has run a notebook before."""
    ensure_event_loop()  # as nbclient does
    with (
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=2,
            resources={schedule.SLOT: 2},
            processes=False,
            dashboard_address=None,
            memory_limit=None,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with the notebooks of two lessons, `sound` and `broken`, whose training raises."""
    sound, broken = miniature.unrun("01_sound.ipynb"), miniature.unrun("02_broken.ipynb")
    sound.cells.append(nbformat.v4.new_code_cell(miniature.recording(records.made_up("sound"))))
    broken.cells[TRAINING_CELL].source = "raise ValueError('planted\\nsecond line')"
    miniature.write(sound, tmp_path / "notebooks" / "01_sound.ipynb")
    miniature.write(broken, tmp_path / "notebooks" / "02_broken.ipynb")
    monkeypatch.setattr(plan, "needs", lambda lesson: ())
    monkeypatch.setattr(plan, "claimed", lambda lesson: set())
    return tmp_path


@pytest.fixture
def reproduce(client, project, monkeypatch, capsys):
    """A function that runs the command with arguments in that folder: exit status, lines, lines of errors."""
    module = miniature.script("reproduce")
    monkeypatch.setattr(module, "ensure", lambda: None)

    @contextlib.contextmanager
    def cluster(root, jobs, address):
        yield schedule.Cluster(client, root, local=True)

    monkeypatch.setattr(schedule, "cluster", cluster)

    def run(*arguments):
        with miniature.untouched_environment():
            before = dict(os.environ)
            status = module.main(list(arguments), project)
            assert dict(os.environ) == before
        out, err = capsys.readouterr()
        return status, out.splitlines(), err.splitlines()

    return run


def change(project, name, cell, source, *tags):
    """Change the source of a cell of a notebook, and its tags."""
    path = project / "notebooks" / f"{name}.ipynb"
    changed = notebook.read(path)
    changed["cells"][cell] |= {"source": source, "metadata": {"tags": list(tags)} if tags else {}}
    path.write_text(notebook.as_text(changed))
    return path


def counts(path):
    """The numbers under which the code cells of a notebook were run."""
    return [cell["execution_count"] for _, cell in notebook.code_cells(notebook.read(path))]


# Bad arguments: one line, exit status 2, before anything is set up.


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--fast"], "unrecognized arguments: --fast"),
        (["--seed", "x"], "the seed is 'x'"),
        (["--seeds", "4-0"], "the seeds are '4-0'"),
        (["--seeds", "0,-1"], "the seed is ''"),
        (["--backend", "theano"], "it takes tensorflow, jax, torch"),
        (["--only", "99"], "no lesson '99'; there are: 01_"),
        (["--only", "01,gru_on_mars"], "no lesson 'gru_on_mars'"),
        (["--only", ""], "no lesson ''"),
        (["--jobs", "0"], "the number of jobs is '0'"),
    ],
)
def test_a_bad_argument_gets_one_line(arguments, complaint, monkeypatch, capsys):
    module = miniature.script("reproduce")
    monkeypatch.setattr(module, "ensure", lambda: pytest.fail("something is set up"))
    with pytest.raises(SystemExit) as end:
        module.main(arguments)
    out, err = capsys.readouterr()
    assert (end.value.code, out, len(err.splitlines())) == (2, "", 1)
    assert complaint in err


def command(*arguments, **changes):
    """Start scripts/reproduce as a person does; the finished process."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("UNROLLED_", "KERAS_"))}
    return subprocess.run(
        [sys.executable, "-S", str(ROOT / "scripts" / "reproduce"), *arguments],  # without what is installed
        env=environment | changes, capture_output=True, text=True, encoding="utf-8", timeout=300,
    )  # fmt: skip


@pytest.mark.parametrize("variable", ("UNROLLED_PROFILE", "UNROLLED_SEED", "KERAS_BACKEND"))
def test_a_bad_variable_gets_one_line(variable):
    done = command(**{variable: "planted"})
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert f"{variable} is 'planted'" in done.stderr


def test_help_needs_nothing_installed():
    done = command("--help")
    assert done.returncode == 0
    assert "usage: scripts/reproduce" in done.stdout


# A full run


def test_what_is_evidence_is_published_and_what_fails_is_named_last(reproduce, project):
    before = (project / "notebooks" / "02_broken.ipynb").read_bytes()
    status, out, err = reproduce("--jobs", "2")

    assert status == 1
    executed = "build/notebooks/broken.tensorflow.0.full.ipynb"
    assert err == [
        f"broken, seed 0, tensorflow, training: cell 4 of 5: ValueError: planted (see {executed})",
        "broken, seed 0, tensorflow, whole: not run, because broken, seed 0, tensorflow, training failed",
    ]
    told = "\n".join(out)
    for part in ("training", "whole"):
        assert re.search(rf"^sound, seed 0, tensorflow, {part}: ran through after \d+ s$", told, re.MULTILINE)
    assert "sound   seed 0 ran through" in out and "broken  seed 0 failed" in out
    assert out[-1].startswith("Now run scripts/report")

    path = project / "notebooks" / "01_sound.ipynb"
    assert form.problems(path) == []
    line = nbformat.read(path, as_version=4).cells[TRAINING_CELL].outputs[0]
    assert line.data["text/plain"] == "epoch 3/3 · loss 0.0156"
    published = archive.load(project / "notebooks" / "results")
    assert [(one["lesson"], one["seed"]) for one in published] == [("sound", 0)]
    assert published[0]["code"] == notebook.code(notebook.read(path))
    assert published[0]["outputs"] == notebook.outputs(notebook.read(path))
    assert 0 < published[0]["quick_seconds"] < 300

    assert (project / "notebooks" / "02_broken.ipynb").read_bytes() == before
    assert counts(project / executed) == [1, 2, 3, 4, None]
    assert not list(project.rglob("*.part"))

    # What is recorded and unchanged stays.
    status, out, err = reproduce("--only", "sound", "--seeds", "0")
    assert (status, out, err) == (0, ["sound  seed 0 recorded already"], [])


@pytest.mark.parametrize("arguments", (["--quick"], ["--seeds", "3"]))
def test_other_runs_leave_the_committed_notebook(reproduce, project, arguments):
    profile, seed = ("quick", 0) if "--quick" in arguments else ("full", 3)
    change(project, "01_sound", COUNT_CELL, "import os; print(os.environ['UNROLLED_PROFILE'])", "teaching")
    if profile == "quick":
        sample = miniature.recording(records.made_up("sound", profile="quick", evidence=False))
        change(project, "01_sound", CHECKS_CELL + 1, sample)
    before = (project / "notebooks" / "01_sound.ipynb").read_bytes()
    status, out, err = reproduce("--only", "sound", *arguments)
    assert (status, err) == (0, [])
    assert (project / "notebooks" / "01_sound.ipynb").read_bytes() == before
    executed = project / "build" / "notebooks" / f"sound.tensorflow.{seed}.{profile}.ipynb"
    # Cells that only teach are for seed 0.
    assert counts(executed) == ([1, 2, 3, 4, 5, 6] if profile == "quick" else [1, None, 2, 3, 4, 5])
    results = project / ("build/results" if profile == "quick" else "notebooks/results")
    assert [one["seed"] for one in archive.load(results)] == [seed]
    assert any("scripts/lab" in line for line in out) == (profile == "quick")
    assert "quick_seconds" not in archive.load(results)[0], "only what is published is run quickly, too"


def test_a_run_without_real_data_is_not_published(reproduce, project):
    path = change(
        project, "01_sound", CHECKS_CELL + 1, miniature.recording(records.made_up("sound", evidence=False))
    )
    before = path.read_bytes()
    status, out, err = reproduce("--only", "sound")
    assert (status, err) == (0, [])
    assert "sound, seed 0, tensorflow, whole: it had no real data, so it is no evidence; see" in out[-3]
    assert path.read_bytes() == before
    assert [one["evidence"] for one in archive.load(project / "build" / "results")] == [False]
    assert not (project / "notebooks" / "results").exists()


def test_code_changed_meanwhile_is_not_overwritten_and_prose_is_kept(reproduce, project):
    """The cell stands for a person who edits the notebook while it runs."""
    edit = "from pathlib import Path; p = Path('01_sound.ipynb'); t = p.read_text(); "
    path = change(
        project, "01_sound", COUNT_CELL, edit + "print(p.write_text(t.replace('Mini' + 'ature', 'Maxi')) > 0)"
    )
    assert reproduce("--only", "sound")[0] == 0
    assert "# Maxi" in path.read_text() and counts(path) == [1, 2, 3, 4, 5, 6]

    # With this tag it runs only in the second part, which the notebook is taken from.
    edit += "print(p.write_text(t.replace('32', '33')) > 0)"
    path = change(project, "01_sound", COUNT_CELL, edit, "timing")
    change(project, "01_sound", FIGURE_CELL, "32", "nbval-ignore-output")
    status, _, err = reproduce("--only", "sound")
    assert status == 1 and "its code was changed while it ran" in err[0]
    assert notebook.read(path)["cells"][FIGURE_CELL]["source"] in ("33", ["33"])
    assert "33" not in archive.load(project / "notebooks" / "results")[0]["code"].values()


def test_what_cannot_be_stored_fails_in_one_line(project):
    path = project / "notebooks" / "01_sound.ipynb"
    (project / "notebooks" / "results").write_text("where a folder should be")
    returned = Result(records.made_up("sound"), path.read_text(), log="", quick_seconds=None, error=None)
    how, line = publish.Results(project).take(Job("sound", 3, "tensorflow", "full", path), returned)
    assert how == "failed" and line.startswith("it could not be stored: ")


def test_a_dead_kernel_and_a_lesson_that_records_nothing_are_named(reproduce, project):
    change(project, "01_sound", COUNT_CELL, "import os; os.write(2, b'planted'); os._exit(1)")
    change(project, "02_broken", TRAINING_CELL, "losses = [2, 1]")
    status, _, err = reproduce()
    assert status == 1
    silent, dead, _ = sorted(err)
    assert dead.startswith("sound, seed 0, tensorflow, training: cell 2 of 6: the kernel died")
    assert "planted" in (project / "build" / "notebooks" / "sound.tensorflow.0.full.log").read_text()
    assert silent.startswith("broken, seed 0, tensorflow, whole: it ran through and left no record")


def test_a_lesson_that_fails_in_a_quick_run_is_not_published(reproduce, project):
    fails = "import os; assert os.environ['UNROLLED_PROFILE'] == 'full', 'planted'"
    path = change(project, "01_sound", COUNT_CELL, fails)
    before = path.read_bytes()
    status, _, (line,) = reproduce("--only", "sound")
    assert status == 1
    assert line.startswith("sound, seed 0, tensorflow, whole: in a quick run, cell 2 of 6: AssertionError")
    assert path.read_bytes() == before and not (project / "notebooks" / "results").exists()


def test_a_lesson_that_is_not_described_ends_the_command_at_once(reproduce, monkeypatch):
    def needs(lesson):
        raise UnrolledError(f"no claims are listed for {lesson!r}")

    monkeypatch.setattr(plan, "needs", needs)
    with pytest.raises(SystemExit, match="2"):
        reproduce()


def test_a_notebook_that_cannot_be_read_ends_the_command_at_once(reproduce, project, capsys):
    (project / "notebooks" / "01_sound.ipynb").write_text("{")
    with pytest.raises(SystemExit, match="2"):
        reproduce()
    assert "01_sound.ipynb is no notebook that can be run" in capsys.readouterr().err


# What waits for what


def test_a_lesson_gets_the_record_that_it_needs(reproduce, project, monkeypatch):
    monkeypatch.setattr(plan, "needs", lambda lesson: ("sound",) if lesson == "broken" else ())
    look = "import os; full = os.environ['UNROLLED_PROFILE'] == 'full'\n"
    look += "print(full and os.listdir(os.environ['UNROLLED_RESULTS'] + '/sound'))"
    change(project, "02_broken", TRAINING_CELL, f"{look}; losses = [2, 1]")
    last = miniature.recording(records.made_up("broken"))
    path = change(project, "02_broken", CHECKS_CELL, last)
    status, out, err = reproduce("--only", "broken")
    assert (status, err) == (0, [])
    assert out[0] == "broken, seed 0, tensorflow needs sound, which is not recorded: that runs first"
    output = notebook.read(path)["cells"][TRAINING_CELL]["outputs"][0]
    assert "".join(output["text"]) == "['tensorflow.0.json']\n"


def test_what_needs_a_failed_lesson_is_not_run(reproduce, project, monkeypatch):
    monkeypatch.setattr(plan, "needs", lambda lesson: ("broken",) if lesson == "sound" else ())
    status, out, err = reproduce("--only", "sound")
    assert status == 1
    assert err[0].startswith("broken, seed 0, tensorflow, training: cell 4 of 5")
    names = ["broken, seed 0, tensorflow, training", "broken, seed 0, tensorflow, whole"]
    names += ["sound, seed 0, tensorflow, training", "sound, seed 0, tensorflow, whole"]
    assert err[1:] == [f"{name}: not run, because {one} failed" for one, name in pairwise(names)]


def test_timing_runs_alone_after_all_training(reproduce, project):
    """Each cell leaves the times at which it begins and ends; the seeds 1 and 2 train meanwhile."""
    stamp = "import os, time; "
    stamp += "what = '{0} ' + os.environ['UNROLLED_SEED'] + ' ' + os.environ['UNROLLED_PROFILE']; "
    stamp += "file = open('../build/' + what + '-' + str(time.time()), 'w'); "
    stamp += "time.sleep(0.5); print(file.write(str(time.time())) > 0); file.close()"
    change(project, "01_sound", COUNT_CELL, stamp.format("trains"), "nbval-ignore-output")
    change(project, "01_sound", FIGURE_CELL, stamp.format("times"), "timing", "nbval-ignore-output")
    status, out, err = reproduce("--only", "sound", "--seeds", "0-2", "--jobs", "2")
    assert (status, err) == (0, [])
    assert out[-3] == "sound  seed 0-2 ran through"
    stamps = [path for path in (project / "build").iterdir() if path.is_file()]
    spans = {path.name.partition("-")[0]: [] for path in stamps}
    for path in stamps:
        name, _, began = path.name.partition("-")
        spans[name].append((float(began), float(path.read_text())))
    assert {name: len(times) for name, times in spans.items()} == {
        "trains 0 full": 2, "trains 1 full": 1, "trains 2 full": 1, "times 0 full": 1,
        "trains 0 quick": 1, "times 0 quick": 1,
    }  # fmt: skip
    ((began, ended),) = spans.pop("times 0 full")
    assert all(end <= began or start >= ended for times in spans.values() for start, end in times)
    assert archive.load(project / "notebooks" / "results")[0]["code"]
