"""What a report asks for, and the places that set the project up elsewhere: all name the same."""

import json
import re

import miniature
import pytest
from environment import ROOT
from unrolled import machine

ABOUT = miniature.script("about")


def test_it_prints_a_line_each(monkeypatch, capsys):
    monkeypatch.setattr(ABOUT, "ensure", lambda: None)
    assert ABOUT.main([]) == 0
    rows = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert rows.keys() == {"commit", "system", *machine.versions(), "backend", "device"}
    assert (rows["backend"], rows["device"]) == (machine.backend, machine.device)


def test_without_git_the_commit_is_not_known(monkeypatch, tmp_path):
    monkeypatch.setattr(ABOUT, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert ABOUT.commit().startswith("not known")
    monkeypatch.setenv("PATH", "")
    assert ABOUT.commit().startswith("not known")


@pytest.mark.parametrize(
    ("path", "asks_for"),
    [
        ("environment.yml", "-r requirements.txt"),
        (".binder/requirements.txt", "-r ../requirements.txt"),
        (".devcontainer/devcontainer.json", "--requirement requirements.txt"),
    ],
)
def test_every_environment_is_made_of_the_same_requirements(path, asks_for):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert asks_for in text and not re.search(r"(tensorflow|keras)\s*[=<>~]", text)
    if path.endswith(".json"):
        json.loads(text)


def test_a_report_asks_for_what_scripts_about_prints():
    assert "scripts/about" in (ROOT / ".github/ISSUE_TEMPLATE/result.yml").read_text(encoding="utf-8")
