"""The generated tables: current, and noticed when they are not."""

import runpy

import pytest
from environment import ROOT

REPORT = runpy.run_path(str(ROOT / "scripts" / "report"), run_name="report")
MAIN = REPORT["main"]


def run(monkeypatch, *arguments, root=ROOT):
    monkeypatch.setattr("sys.argv", ["report", *arguments])
    monkeypatch.setitem(MAIN.__globals__, "ROOT", root)
    return MAIN()


def test_the_committed_tables_are_current(monkeypatch):
    assert run(monkeypatch, "--check") == 0


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A project folder with a README that holds the markers, but no table yet."""
    (tmp_path / "notebooks" / "results").mkdir(parents=True)
    (tmp_path / "README.md").write_text(
        f"above\n{REPORT['BEGIN']}\n{REPORT['END']}\nbelow\n", encoding="utf-8"
    )
    return tmp_path


def test_a_stale_table_is_noticed_and_mended(copy, monkeypatch, capsys):
    assert run(monkeypatch, "--check", root=copy) == 1
    assert "run scripts/report" in capsys.readouterr().err
    assert run(monkeypatch, root=copy) == 0
    assert run(monkeypatch, "--check", root=copy) == 0
    text = (copy / "README.md").read_text(encoding="utf-8")
    assert text.startswith("above\n") and text.endswith("\nbelow\n")
    assert text.count(REPORT["BEGIN"]) == text.count(REPORT["END"]) == 1


def test_a_changed_number_is_noticed(copy, monkeypatch):
    run(monkeypatch, root=copy)
    readme = copy / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("| 0.8", "| 0.9", 1), encoding="utf-8")
    assert run(monkeypatch, "--check", root=copy) == 1
