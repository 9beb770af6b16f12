"""Where the commands in this folder run: an interpreter with the exact versions, kernels in one environment.

A command imports this first and calls `ensure` before it imports anything outside the standard library.
From then on `unrolled`, which lies beside the notebooks, can be imported too.
"""

import argparse
import contextlib
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "notebooks"))  # for `unrolled`, of which settings needs nothing installed
REQUIREMENTS = ROOT / "requirements.txt"
EXTRAS = ROOT / "scripts" / "requirements"
"""Holds the exact versions of each extra of pyproject.toml: `jax.txt`, `torch.txt` … (scripts/lock)."""

VENV = ROOT / ".venv"
STAMP = "unrolled-requirements"
"""The file in it that holds the hash of what was installed in full; without it, it is half-finished."""

KERNEL = {
    "COLUMNS": "80",  # the width of `model.summary()`, which is stored in the notebooks
    "PYTHONHASHSEED": "0",
    "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this environment, not one of the same name elsewhere
}
UNSET = (
    "NO_COLOR",  # these three change the width or the look of a stored summary
    "FORCE_COLOR",
    "JUPYTER_COLUMNS",
    "MPLBACKEND",  # would keep charts out of the notebook
    "PYTHONWARNINGS",
    "PYTHONDONTWRITEBYTECODE",  # makes each import of TensorFlow take three times as long
    "OMP_NUM_THREADS",  # Dask sets these four for what its workers start
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MALLOC_TRIM_THRESHOLD_",
)


def fail(line):
    """End the command with one line and exit status 2."""
    print(line, file=sys.stderr)
    raise SystemExit(2)


for stream in (sys.stdout, sys.stderr):
    with contextlib.suppress(AttributeError):  # a test may have put something else there
        stream.reconfigure(errors="replace")  # where the locale knows no "…", a "?" stands for it

PYTHON = ".".join(map(str, sys.version_info[:2]))
if not (3, 11) <= sys.version_info < (3, 14):  # before anything that an old one does not know
    fail(f"Python 3.11 to 3.13 is needed, this is {PYTHON}: install one, then python3.13 {sys.argv[0]}")


class Parser(argparse.ArgumentParser):
    """A parser that answers a mistake in one line."""

    def error(self, message):
        fail(f"{self.prog}: {message} (--help says more)")


def kernel_environment(**settings):
    """The environment in which every kernel runs, as a dict: this process's own, made alike everywhere.

    `settings` come on top; None unsets a variable. Recording, replaying and working by hand differ in
    nothing else.
    """
    environment = {name: value for name, value in os.environ.items() if name not in UNSET} | KERNEL
    environment.setdefault("KERAS_BACKEND", "tensorflow")
    for name in ("UNROLLED_DATA", "UNROLLED_TRAININGS"):  # a person stands elsewhere than the kernels
        if environment.get(name, "sample") != "sample":
            environment[name] = os.path.abspath(os.path.expanduser(environment[name]))
    environment |= settings
    return {name: value for name, value in environment.items() if value is not None}


def kernels(**settings):
    """Give what this command starts the environment of the kernels: see `kernel_environment`."""
    environment = kernel_environment(**settings)
    for name in set(os.environ) - set(environment):
        del os.environ[name]
    os.environ.update(environment)


def pins(text):
    """The packages of a requirements.txt as (name, version, marker), the marker possibly empty."""
    parts = re.findall(r"^([\w.-]+)==([^\s;]+)(?: *; *([^\\\n]+))?", text, re.MULTILINE)
    return [(name, version, marker.strip()) for name, version, marker in parts]


def matches(text):
    """Whether the running interpreter has exactly the versions that a requirements.txt pins."""
    from importlib import metadata

    try:
        from packaging.markers import Marker
    except ImportError:  # it is one of the requirements
        return False
    try:
        return all(
            metadata.version(name) == version
            for name, version, marker in pins(text)
            if not marker or Marker(marker).evaluate()
        )
    except metadata.PackageNotFoundError:
        return False


def ensure():
    """Continue this command where the pinned versions are: here, in .venv, or in a .venv made now."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        if is_whole(VENV, REQUIREMENTS):
            return
    elif matches(REQUIREMENTS.read_text(encoding="utf-8")):
        return
    command = [made(VENV, REQUIREMENTS), os.path.abspath(sys.argv[0]), *sys.argv[1:]]
    if os.name == "nt":  # exec would give the terminal back at once
        raise SystemExit(subprocess.call(command))
    sys.stdout.flush()
    os.execv(command[0], command)


def is_whole(venv, requirements):
    """Whether a virtual environment holds all that the file `requirements` names."""
    stamp = venv / STAMP
    return stamp.is_file() and stamp.read_text() == hashlib.sha256(requirements.read_bytes()).hexdigest()


def made(venv, requirements):
    """The interpreter of the virtual environment `venv`, which is made or finished if it has to be."""
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists() or not is_whole(venv, requirements):
        _set_up(venv, python, requirements)
        (venv / STAMP).write_text(hashlib.sha256(requirements.read_bytes()).hexdigest())
    return str(python)


def ensure_extra(name):
    """Install the extra `name` of pyproject.toml, as pinned in `EXTRAS`, unless it is there."""
    import tomllib
    from importlib import metadata

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in project["optional-dependencies"][name]:
        package, _, version = requirement.partition("==")
        try:
            if metadata.version(package).partition("+")[0] == version:
                continue
        except metadata.PackageNotFoundError:
            pass
        print(f"Installing {', '.join(project['optional-dependencies'][name])} …", flush=True)
        _install(sys.executable, EXTRAS / f"{name}.txt")
        return


def _set_up(venv, python, requirements):
    where, what = (path.relative_to(ROOT).as_posix() for path in (venv, requirements))
    print(f"Setting up {where} with the versions of {what}; this takes a few minutes …", flush=True)
    try:
        works = not subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True).returncode
    except OSError:
        works = False
    if not works:
        command = [sys.executable, "-m", "venv", "--clear", str(venv)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            fail(
                f"python -m venv does not work here ({_reason(done)}): install Python's venv module "
                "(python3-venv on Debian and Ubuntu) or use the conda environment of environment.yml"
            )
    _install(str(python), requirements)


def _install(python, requirements):
    """`pip install` what that file names into the environment of `python`, or one line of why not."""
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    pip += ["--requirement", str(requirements)]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        fail(
            f"pip could not install the packages ({_reason(done)}): is the package index within reach, "
            f"and does it have them for Python {PYTHON}?"
        )


def _reason(done):
    """The one line that tells best why a process failed."""
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or [f"exit status {done.returncode}"])[-1]
