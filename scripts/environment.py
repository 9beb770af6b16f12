"""Where the commands in this folder run: an interpreter with the exact versions, and one environment for kernels.

`ensure` stands before any import that is not of the standard library. This file itself is read by
whatever Python a person has, so it keeps to what an old one can read.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements.txt"
VENV = ROOT / ".venv"
STAMP = VENV / "unrolled-requirements"
"""Holds the hash of the requirements that were installed in full; without it, .venv is half-finished."""

KERNEL = {
    "COLUMNS": "100",  # the width of `model.summary()`, which is stored in the notebooks
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "TF_ENABLE_ONEDNN_OPTS": "0",  # its order of summation depends on the processor
    "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this environment, not one of the same name elsewhere
}
UNSET = (
    "NO_COLOR",  # these three change the width or the look of a stored summary
    "FORCE_COLOR",
    "JUPYTER_COLUMNS",
    "MPLBACKEND",  # would keep charts out of the notebook
    "PYTHONWARNINGS",
    "PYTHONDONTWRITEBYTECODE",  # makes each import of TensorFlow take three times as long
)


def fail(line):
    """End the command with one line and exit status 2."""
    print(line, file=sys.stderr)
    raise SystemExit(2)


class Parser(argparse.ArgumentParser):
    """A parser that answers a mistake in one line."""

    def error(self, message):
        fail("%s: %s (--help says more)" % (self.prog, message))


def kernels(**settings):
    """Set the environment in which every kernel runs, and `settings` on top; None unsets a variable.

    Recording, replaying and working by hand differ in nothing else.
    """
    for name in UNSET:
        os.environ.pop(name, None)
    os.environ.update(KERNEL)
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if os.environ.get("UNROLLED_DATA"):  # kernels start in notebooks/, a person stands elsewhere
        os.environ["UNROLLED_DATA"] = os.path.abspath(os.path.expanduser(os.environ["UNROLLED_DATA"]))
    for name, value in settings.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def pins(text):
    """The lines of a requirements.txt as (name, version, marker), the marker possibly empty."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    parts = [re.fullmatch(r"([\w.-]+)==([^\s;]+)\s*(?:;\s*(.*))?", line) for line in lines if line]
    return [(part[1], part[2], part[3] or "") for part in parts]


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
    if sys.version_info < (3, 11):  # noqa: UP036
        fail(
            "Python 3.11 or later is needed, this is %d.%d: install it, or start this with another one "
            "(python3.11 %s)" % (sys.version_info[0], sys.version_info[1], os.path.relpath(sys.argv[0]))
        )
    text = REQUIREMENTS.read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    installed = STAMP.is_file() and STAMP.read_text() == digest
    if Path(sys.prefix).resolve() == VENV.resolve():
        if installed:
            return
    elif matches(text):
        return
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not installed or not python.exists():
        _install(python)
        STAMP.write_text(digest)
    command = [str(python), os.path.abspath(sys.argv[0]), *sys.argv[1:]]
    if os.name == "nt":  # exec would give the terminal back at once
        raise SystemExit(subprocess.call(command))
    sys.stdout.flush()
    os.execv(command[0], command)


def _install(python):
    """Make .venv, or finish it, with the versions of requirements.txt."""
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    try:
        works = subprocess.run([*pip, "--version"], capture_output=True).returncode == 0
    except OSError:
        works = False
    print("Setting up .venv with the versions of requirements.txt; this takes a few minutes …", flush=True)
    if not works:
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
        if made.returncode:
            fail(
                "python -m venv does not work here (%s): install Python's venv module, python3-venv on Debian "
                "and Ubuntu, or use the conda environment of environment.yml" % last_line(made)
            )
    done = subprocess.run(
        [*pip, "install", "--quiet", "--requirement", str(REQUIREMENTS)], capture_output=True, text=True
    )
    if done.returncode:
        fail(
            "the packages could not be installed (%s): is the package index within reach, and has it "
            "TensorFlow for Python %d.%d?" % (last_line(done), sys.version_info[0], sys.version_info[1])
        )


def last_line(done):
    """The last line that a finished process said, errors first."""
    lines = [line.strip() for line in (done.stderr or done.stdout or "").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["exit status %d" % done.returncode])[-1]
