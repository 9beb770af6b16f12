"""What stands in one place only: the project's address, and what the kernels run in."""

import re
import subprocess
import tomllib
from pathlib import Path

import environment
from environment import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SLUG = PROJECT["urls"]["Repository"].removeprefix("https://github.com/")
"""Owner and name of the repository on GitHub."""


def tracked():
    """The text files that are committed or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file() and not name.endswith(".png")]


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


NAMING = {Path("pyproject.toml"), Path("README.md"), Path("CITATION.cff")}


def test_the_address_stands_in_one_place():
    """Besides pyproject.toml, only where it is needed whole: README, CITATION.cff, set-up cells, badges."""
    places = {path.relative_to(ROOT) for path in tracked() if SLUG in path.read_text(encoding="utf-8")}
    assert {path for path in places if path.suffix != ".ipynb"} <= NAMING


def test_every_link_to_the_repository_is_that_address():
    link = re.compile(r"(?:github\.com|colab\.research\.google\.com/github)/([\w-]+/unrolled)\b")
    found = [match for path in tracked() for match in link.findall(path.read_text(encoding="utf-8"))]
    assert found and set(found) == {SLUG}


def test_nothing_committed_names_this_machine():
    this = re.compile(rf"{re.escape(str(ROOT))}\b")
    home = re.compile(r"/(home|Users)/(?!someone)\w+/")
    others = ROOT / "notebooks/unrolled/data/python_source/modules.txt"  # Python's tests make up homes
    for path in tracked():
        text = path.read_text(encoding="utf-8")
        assert not this.search(text), path
        assert path == others or not home.search(text), path
