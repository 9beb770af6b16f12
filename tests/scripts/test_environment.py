"""Where the commands of scripts/ run: the exact versions, and one environment for every kernel."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata

import environment
import miniature
import pytest
from environment import ROOT

LOCK = miniature.script("lock")

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


def extras():
    """The extras of pyproject.toml: a dict from name to what it asks for."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["optional-dependencies"]


@pytest.mark.parametrize("name", [None, *extras()])
def test_requirements_are_pinned_and_name_no_place(name):
    path = environment.EXTRAS / f"{name}.txt" if name else ROOT / "requirements.txt"
    text = path.read_text(encoding="utf-8")
    head, *lines = re.sub(r"^#.*\n#    scripts/lock\n", "# scripts/lock\n", text).splitlines()
    hashed = [re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines]
    packages = [line for line, is_hash in zip(lines, hashed, strict=True) if not is_hash]
    assert head == "# scripts/lock"
    assert all(line.endswith(" \\") for line in packages), "a package has no hash"
    assert len(environment.pins(text)) == len(packages) > 2
    assert not re.search(r"://|/|@|^-", "\n".join(packages), re.MULTILINE)
    assert name or not re.search(r"^(nvidia|torch|jax)", text, re.MULTILINE)


def test_extras_fit_what_everyone_has():
    pinned = {name: version for name, version, _ in requirements()}
    assert {path.stem for path in environment.EXTRAS.iterdir()} == set(extras())
    for name in extras().keys() - LOCK.APART:
        wanted = extras()[name]
        text = (environment.EXTRAS / f"{name}.txt").read_text(encoding="utf-8")
        own = {package.replace("_", "-"): version for package, version, _ in environment.pins(text)}
        assert all(pinned.get(package, version) == version for package, version in own.items())
        for requirement in wanted:
            package, _, version = requirement.partition("==")
            assert own[package.replace("_", "-")] == version


def test_a_locale_that_knows_only_ascii_is_no_obstacle():
    ascii_only = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code = r"import environment; print('\u2026 \xd7'); environment.fail('\u2212')"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT / "scripts", env=ascii_only, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (2, "? ?\n", "?\n")


def test_pinning_without_uv_is_one_line(tmp_path):
    command = [sys.executable, ROOT / "scripts" / "lock"]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "uv is not installed: pip install uv\n")


def test_every_dependency_has_its_reason_and_its_pin():
    from packaging.requirements import Requirement

    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    dependencies = tomllib.loads(text)["project"]["dependencies"]
    pinned = {name: version for name, version, _ in requirements()}
    for line in dependencies:
        wanted = Requirement(line)
        assert re.search(rf'^ +"{re.escape(line)}", +# \w+', text, re.MULTILINE), f"{line} has no reason"
        assert pinned[wanted.name] in wanted.specifier
    assert "nbval==0.11.0" in dependencies


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
    venv, stamp = house / ".venv", house / ".venv" / environment.STAMP
    notice = "Setting up .venv with the versions of requirements.txt; this takes a few minutes …"
    assert hello(house) == (0, [notice, f"{venv} a b"])
    assert hello(house) == (0, [f"{venv} a b"])
    # Half-finished: the packages are incomplete.
    stamp.unlink()
    next(venv.rglob("probe.py")).unlink()
    shutil.rmtree(next(venv.rglob("probe-1.0.dist-info")))
    assert hello(house) == (0, [notice, f"{venv} a b"])
    # The requirements change to what cannot be had: one line, and the next start tries again.
    (house / "requirements.txt").write_text("probe==2.0\n")
    for _ in range(2):
        status, (first, line) = hello(house)
        assert (status, first) == (2, notice)
        assert line.startswith("pip could not install the packages (ERROR: No matching distribution")


def test_a_venv_whose_python_is_half_finished_is_made_anew(monkeypatch):
    run = []

    def fake(command, **options):
        run.append(command[1:4])
        return subprocess.CompletedProcess(command, int("--version" in command), "", "")

    monkeypatch.setattr(environment.subprocess, "run", fake)
    environment._set_up(ROOT / ".venv", "python", ROOT / "requirements.txt")
    assert run == [["-m", "pip", "--version"], ["-m", "venv", "--clear"], ["-m", "pip", "install"]]


def test_an_extra_is_installed_as_pinned(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(environment, "_install", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(metadata, "version", lambda name: {"torch": "2.13.0+cpu", "jax": "0.4.1"}[name])
    environment.ensure_extra("torch")
    assert asked == []
    environment.ensure_extra("jax")
    assert asked == [(sys.executable, ROOT / "scripts" / "requirements" / "jax.txt")]


# The environment of the kernels


def test_kernels_get_one_environment():
    with miniature.untouched_environment():
        os.environ.update(dict.fromkeys(environment.UNSET, "planted"))
        os.environ.update(
            COLUMNS="40", KERAS_BACKEND="jax", UNROLLED_DATA="datasets", UNROLLED_PROFILE="quick"
        )
        before = dict(os.environ)
        settings = environment.kernel_environment(UNROLLED_SEED="7", UNROLLED_PROFILE=None)
        assert dict(os.environ) == before
        assert not set(environment.UNSET) & set(settings)
        assert environment.KERNEL.items() <= settings.items()
        assert settings["UNROLLED_DATA"] == os.path.abspath("datasets")
        assert (settings["KERAS_BACKEND"], settings["UNROLLED_SEED"]) == ("jax", "7")
        assert "UNROLLED_PROFILE" not in settings
        environment.kernels(UNROLLED_SEED="7", UNROLLED_PROFILE=None)
        assert dict(os.environ) == settings


def test_a_bad_argument_of_scripts_test_gets_one_line():
    command = [sys.executable, "-S", str(ROOT / "scripts" / "test"), "units"]  # without what is installed
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "no part 'units'; there are lint, unit, replay, browser" in done.stderr


@pytest.mark.parametrize(
    ("asked", "failed", "said"),
    [
        ([], False, "== browser left out: no Chromium is found"),
        (["browser"], True, "No Chromium is found: chromium, chromium-browser, google-chrome, chrome"),
    ],
)
def test_scripts_test_says_where_there_is_no_chromium(asked, failed, said, monkeypatch, capsys):
    """Of all parts it leaves out the browser's; asked for that one, it fails."""
    command = miniature.script("test")
    monkeypatch.setattr(sys, "argv", ["scripts/test", *asked])
    monkeypatch.setattr(command.shutil, "which", lambda name: None)
    for name in ("ensure", "kernels", "ensure_extra"):
        setattr(command, name, lambda *_, **__: None)
    ran = []
    command.run = lambda *arguments: not ran.append(arguments)
    with miniature.untouched_environment():
        assert command.main() is failed
    assert said in capsys.readouterr().out.splitlines()
    assert bool(ran) is not failed and not any("tests/browser" in arguments for arguments in ran)
