"""The commands of scripts/ and what they share: the versions, the kernels' environment, the address."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import environment
import form
import miniature
import nbformat
import pytest
from environment import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def reproduce(monkeypatch):
    """scripts/reproduce as a module."""
    module = miniature.script("reproduce")
    monkeypatch.setattr(module, "ensure", lambda: None)
    with miniature.untouched_environment():
        yield module


@pytest.fixture
def project(tmp_path):
    """A folder with a sound notebook and one whose training raises, both not yet run."""
    for name in ("01_sound.ipynb", "02_broken.ipynb"):
        notebook = miniature.unrun(name)
        if "broken" in name:
            notebook.cells[miniature.TRAINING_CELL].source = "raise ValueError('planted\\nsecond line')"
        miniature.write(notebook, tmp_path / "notebooks" / name)
    return tmp_path


def command(*arguments, **settings):
    """Run a command of scripts/ as a person does; the finished process."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("UNROLLED_", "KERAS_"))}
    name, *rest = arguments
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / name), *rest],
        env=environment | settings, capture_output=True, text=True, encoding="utf-8", timeout=300,
    )  # fmt: skip


# Bad arguments: one line, exit status 2, before anything is set up.


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["reproduce", "--fast"], "unrecognized arguments: --fast"),
        (["reproduce", "--seed", "x"], "the seed is 'x'"),
        (["reproduce", "--seed", "-1"], "the seed is '-1'"),
        (["reproduce", "--seed", str(2**32)], "the seed is '4294967296'"),
        (["reproduce", "--backend", "theano"], "it takes tensorflow, jax, torch"),
        (["reproduce", "--only", "99"], "no lesson '99'; there are: 01_"),
        (["reproduce", "--only", "01,gru_on_mars"], "no lesson 'gru_on_mars'"),
        (["reproduce", "--only", ""], "no lesson ''"),
        (["test", "units"], "no part 'units'; there are lint, unit, replay"),
    ],
)
def test_a_bad_argument_gets_one_line(arguments, complaint):
    done = command(*arguments)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_a_bad_variable_gets_one_line():
    for variable in ("UNROLLED_PROFILE", "UNROLLED_SEED", "KERAS_BACKEND"):
        done = command("reproduce", **{variable: "planted"})
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert "'planted'" in done.stderr


@pytest.mark.parametrize("name", ("reproduce", "test"))
def test_help_needs_no_setting_up(name):
    done = command(name, "--help")
    assert done.returncode == 0
    assert "usage: scripts/" in done.stdout


# scripts/reproduce


def test_reproduce_runs_in_place_and_names_the_failing_cell(reproduce, project, capsys):
    before = (project / "notebooks" / "02_broken.ipynb").read_bytes()
    assert reproduce.main([], project) == 1

    sound = nbformat.read(project / "notebooks" / "01_sound.ipynb", as_version=4)
    counts = [cell.execution_count for cell in sound.cells[1:]]
    assert counts == [1, 2, 3, 4, 5]
    assert form.problems(project / "notebooks" / "01_sound.ipynb") == []
    line = sound.cells[miniature.TRAINING_CELL].outputs[0]
    assert line.data["text/plain"] == "epoch 3/3 · loss 0.0156"

    assert (project / "notebooks" / "02_broken.ipynb").read_bytes() == before
    partly = nbformat.read(project / "build" / "notebooks" / "02_broken.ipynb", as_version=4)
    assert [cell.execution_count for cell in partly.cells[1:]] == [1, 2, 3, 4, None]
    assert partly.cells[miniature.TRAINING_CELL].outputs[0].ename == "ValueError"

    out, err = capsys.readouterr()
    assert err == ("02_broken, cell 4 of 5: ValueError: planted (see build/notebooks/02_broken.ipynb)\n")
    assert re.search(r"01_sound: ran through after \d+ s\n", out)
    assert not list(project.rglob("*.part"))


def test_a_failure_does_not_keep_the_others_from_running(reproduce, project):
    (project / "notebooks" / "02_broken.ipynb").rename(project / "notebooks" / "00_broken.ipynb")
    assert reproduce.main([], project) == 1
    assert nbformat.read(project / "notebooks" / "01_sound.ipynb", as_version=4).cells[1].execution_count == 1


def test_a_dead_kernel_is_named(reproduce, project, capsys):
    notebook = miniature.unrun("01_sound.ipynb")
    notebook.cells[miniature.COUNT_CELL].source = "import os; os.write(2, b'planted'); os._exit(1)"
    miniature.write(notebook, project / "notebooks" / "01_sound.ipynb")
    assert reproduce.main(["--only", "1"], project) == 1
    assert "01_sound, cell 2 of 5: the kernel died" in capsys.readouterr().err
    assert "planted" in (project / "build" / "notebooks" / "01_sound.log").read_text()


@pytest.mark.parametrize("arguments", (["--quick"], ["--seed", "3"]))
def test_other_runs_leave_the_committed_notebook(reproduce, project, arguments):
    before = (project / "notebooks" / "01_sound.ipynb").read_bytes()
    assert reproduce.main(["--only", "sound", *arguments], project) == 0
    assert (project / "notebooks" / "01_sound.ipynb").read_bytes() == before
    executed = nbformat.read(project / "build" / "notebooks" / "01_sound.ipynb", as_version=4)
    assert executed.cells[1].execution_count == 1
    profile = "quick" if "--quick" in arguments else "full"
    seed = "3" if "--seed" in arguments else "0"
    assert (os.environ["UNROLLED_PROFILE"], os.environ["UNROLLED_SEED"]) == (profile, seed)


def test_a_full_run_on_the_sample_leaves_the_committed_notebook(reproduce, project, capsys, monkeypatch):
    monkeypatch.setattr(reproduce, "compare", lambda records: None)
    notebook = miniature.unrun("01_sound.ipynb")
    notebook.cells[miniature.COUNT_CELL].source = (
        "from pathlib import Path\n"
        "record = Path('../build/results/01_sound.tensorflow.seed0.json')\n"
        "record.parent.mkdir()\n"
        "print(record.write_text('{}'))"
    )
    miniature.write(notebook, project / "notebooks" / "01_sound.ipynb")
    before = (project / "notebooks" / "01_sound.ipynb").read_bytes()
    assert reproduce.main(["--only", "01"], project) == 0
    assert (project / "notebooks" / "01_sound.ipynb").read_bytes() == before
    assert "this run had no real data" in capsys.readouterr().out


def test_only_takes_numbers_and_names(reproduce, project):
    def chosen(*only):
        return [lesson.stem[:2] for lesson in reproduce.choose(list(only), project / "notebooks")]

    assert chosen() == ["01", "02"]
    for name in ("02", "2", "02_broken", "broken", "02_broken.ipynb"):
        assert chosen(name) == ["02"]
    assert chosen("02,01") == chosen("2", "1") == ["01", "02"]


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_ends_with_one_line(project):
    notebook = miniature.unrun("01_sound.ipynb")
    notebook.cells[miniature.COUNT_CELL].source = "open('started', 'w').close()\ntime.sleep(600)"
    miniature.write(notebook, project / "notebooks" / "01_sound.ipynb")
    code = (
        "import sys; sys.path[:0] = sys.argv[1:3]; import miniature; from pathlib import Path; "
        "sys.exit(miniature.script('reproduce').main([], Path(sys.argv[3])))"
    )
    paths = [str(ROOT / "tests"), str(ROOT / "scripts"), str(project)]
    running = subprocess.Popen([sys.executable, "-c", code, *paths], stderr=subprocess.PIPE, text=True)
    for _ in range(3000):
        if (project / "notebooks" / "started").exists():
            break
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=300)
    assert running.returncode == 130
    assert "Stopped." in err
    assert "Traceback" not in err


def test_what_is_printed_in_one_go_is_stored_in_one_piece(reproduce):
    def stream(name, text):
        return nbformat.v4.new_output("stream", name=name, text=text)

    picture = nbformat.v4.new_output("display_data", {"image/png": ""})
    whole = reproduce.joined([stream("stdout", "a"), stream("stdout", "b"), picture, stream("stdout", "c")])
    assert [output.get("text") for output in whole] == ["ab", None, "c"]


# The versions


def requirements():
    return environment.pins((ROOT / "requirements.txt").read_text(encoding="utf-8"))


def test_the_running_versions_match_only_themselves():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert environment.matches(text)
    keras = next(version for name, version, _ in environment.pins(text) if name == "keras")
    assert not environment.matches(text.replace(f"keras=={keras}", "keras==3.0.0"))
    assert not environment.matches(text + "a-package-that-is-not-there==1.0\n")
    assert environment.matches(text + "a-package-that-is-not-there==1.0 ; python_version < '3'\n")


def test_requirements_are_pinned_and_name_no_place():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(requirements()) == len(lines) > 50
    assert text.startswith("#") and "uv pip compile pyproject.toml" in text.splitlines()[1]
    assert not re.search(r"://|/|@|^-|nvidia|torch|jax", "\n".join(lines), re.MULTILINE)


def test_every_dependency_has_its_reason_and_its_pin():
    from packaging.requirements import Requirement

    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pinned = {name: version for name, version, _ in requirements()}
    for line in PROJECT["dependencies"]:
        wanted = Requirement(line)
        assert re.search(rf'^ +"{re.escape(line)}", +# \w+', text, re.MULTILINE), f"{line} has no reason"
        assert pinned[wanted.name] in wanted.specifier
    assert "nbval==0.11.0" in PROJECT["dependencies"]


def test_conda_installs_the_same():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert re.search(r"- pip:\n +- -r requirements.txt\n$", text)
    assert re.findall(r"^  - (\S+)", text, re.MULTILINE) == [
        "conda-forge",
        "python=3.11",
        "graphviz",
        "pip",
        "pip:",
    ]


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A small project whose one requirement is a package that pip finds beside it, without a network."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "environment.py", tmp_path / "scripts")
    (tmp_path / "scripts" / "hello").write_text(
        "import sys, environment; environment.ensure(); import probe; print(sys.prefix, *sys.argv[1:])"
    )
    (tmp_path / "requirements.txt").write_text("probe==1.0\n")
    with zipfile.ZipFile(tmp_path / "probe-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("probe.py", "")
        wheel.writestr("probe-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: probe\nVersion: 1.0\n")
        wheel.writestr(
            "probe-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("probe-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return tmp_path


def hello(house):
    """Start the small project's command; its exit status and lines."""
    done = subprocess.run(
        [sys.executable, "scripts/hello", "a b"], cwd=house, capture_output=True, text=True, encoding="utf-8"
    )
    return done.returncode, done.stdout.splitlines() + done.stderr.splitlines()


def test_a_command_sets_up_what_is_missing_and_only_that(house):
    venv, stamp = house / ".venv", house / ".venv" / environment.STAMP.name
    notice = "Setting up .venv with the versions of requirements.txt; this takes a few minutes …"
    assert hello(house) == (0, [notice, f"{venv} a b"])
    assert hello(house) == (0, [f"{venv} a b"])
    # Half-finished: the packages are incomplete, or Python itself is.
    stamp.unlink()
    next(venv.rglob("probe.py")).unlink()
    shutil.rmtree(next(venv.rglob("probe-1.0.dist-info")))
    assert hello(house) == (0, [notice, f"{venv} a b"])
    stamp.unlink()
    shutil.rmtree(next(venv.rglob("site-packages")) / "pip")
    assert hello(house) == (0, [notice, f"{venv} a b"])
    # The requirements change to what cannot be had: one line, and the next start tries again.
    (house / "requirements.txt").write_text("probe==2.0\n")
    for _ in range(2):
        status, (first, line) = hello(house)
        assert (status, first) == (2, notice)
        assert line.startswith("pip could not install the packages (ERROR: No matching distribution")


def test_an_extra_is_installed_as_pinned(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(environment, "_install", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(metadata, "version", lambda name: {"torch": "2.13.0+cpu", "jax": "0.4.1"}[name])
    environment.ensure_extra("torch")
    assert asked == []
    environment.ensure_extra("jax")
    assert asked == [(sys.executable, "jax==0.10.2", "--constraint", str(ROOT / "requirements.txt"))]


# The environment of the kernels


def test_kernels_get_one_environment():
    with miniature.untouched_environment():
        os.environ.update(dict.fromkeys(environment.UNSET, "planted"))
        os.environ.update(
            COLUMNS="40", KERAS_BACKEND="jax", UNROLLED_DATA="datasets", UNROLLED_PROFILE="quick"
        )
        environment.kernels(UNROLLED_SEED="7", UNROLLED_PROFILE=None)
        assert not set(environment.UNSET) & set(os.environ)
        assert environment.KERNEL.items() <= os.environ.items()
        assert os.environ["UNROLLED_DATA"] == os.path.abspath("datasets")
        assert (os.environ["KERAS_BACKEND"], os.environ["UNROLLED_SEED"]) == ("jax", "7")
        assert "UNROLLED_PROFILE" not in os.environ


def test_that_environment_is_set_in_one_place():
    """No command, and no CI, sets it beside environment.py, or they would drift apart."""
    names = "|".join({*environment.KERNEL, *environment.UNSET})
    setting = re.compile(rf"""["']({names})["']|\b({names})[=:]""")
    commands = [
        path for path in tracked() if path.relative_to(ROOT).parts[0] in ("scripts", ".ci", ".github")
    ]
    assert {path.name for path in commands if setting.search(path.read_text(encoding="utf-8"))} == {
        "environment.py"
    }


# The address


def tracked():
    """The text files that are committed or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file() and not name.endswith(".png")]


def test_the_address_stands_in_one_place():
    """Besides pyproject.toml, only where a reader needs it whole: the README, set-up cells and badges."""
    slug = PROJECT["urls"]["Repository"].removeprefix("https://github.com/")
    places = {path.relative_to(ROOT) for path in tracked() if slug in path.read_text(encoding="utf-8")}
    assert {path for path in places if path.suffix != ".ipynb"} <= {Path("pyproject.toml"), Path("README.md")}


def test_every_link_to_the_repository_is_that_address():
    link = re.compile(r"(?:github\.com|colab\.research\.google\.com/github)/([\w-]+/unrolled)\b")
    slug = PROJECT["urls"]["Repository"].removeprefix("https://github.com/")
    found = [match for path in tracked() for match in link.findall(path.read_text(encoding="utf-8"))]
    assert found and set(found) == {slug}


def test_nothing_committed_names_this_machine():
    home = re.compile(rf"{re.escape(str(ROOT))}\b|/(home|Users)/(?!someone)\w+/")
    assert [path for path in tracked() if home.search(path.read_text(encoding="utf-8"))] == []
