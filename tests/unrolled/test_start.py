"""The first cell of a lesson: what it decides, and what it says of it in one line."""

import subprocess
import sys

import pytest
import records
from unrolled import settings, start, timing
from unrolled.evidence import archive


@pytest.fixture
def by_hand(monkeypatch, tmp_path):
    """A kernel in which a notebook has just been opened by hand; nothing is recorded."""
    monkeypatch.delenv("UNROLLED_PROFILE", raising=False)
    monkeypatch.delitem(sys.modules, "unrolled.data", raising=False)
    monkeypatch.setattr(settings, "RESULTS", tmp_path)
    for name, value in (("profile", "quick"), ("quick", True)):
        monkeypatch.setattr(settings, name, value)
    return tmp_path


def line(capsys):
    """What was printed, which must be one line."""
    (text,) = capsys.readouterr().out.splitlines()
    return text


def test_the_cell_decides_where_the_environment_does_not(by_hand, capsys):
    for run in ("full", "quick", "full"):
        start.lesson("dropout_rnn_imdb", run)
        assert (settings.profile, settings.quick) == (run, run == "quick")
        assert line(capsys).startswith(f"A {run} run, on ")
    assert settings.epochs(100) == 100


def test_unrolled_profile_decides_where_it_is_set(by_hand, monkeypatch, capsys):
    """As the scripts set it: nothing is timed, and no record is read."""
    monkeypatch.setenv("UNROLLED_PROFILE", "quick")
    monkeypatch.setattr(start, "durations", None)
    start.lesson("dropout_rnn_imdb", "full")
    assert (settings.profile, settings.quick) == ("quick", True)
    assert line(capsys) == "A quick run, as UNROLLED_PROFILE says."


@pytest.mark.parametrize("variable", (True, False))
def test_a_mistyped_run_is_told_in_one_line(by_hand, monkeypatch, complaint, variable):
    if variable:
        monkeypatch.setenv("UNROLLED_PROFILE", "quick")
    assert complaint(start.lesson, "dropout_rnn_imdb", "fast") == "RUN is 'fast'; it takes full, quick"


def test_a_run_whose_data_are_loaded_keeps_its_kind(by_hand, monkeypatch, complaint, capsys):
    monkeypatch.setitem(sys.modules, "unrolled.data", None)
    told = complaint(start.lesson, "dropout_rnn_imdb", "full")
    assert told == "this kernel has begun as a quick run: restart it, and run the cells from the first"
    assert (settings.profile, settings.quick) == ("quick", True)
    start.lesson("dropout_rnn_imdb", "quick")
    assert line(capsys).startswith("A quick run")


def test_the_line_offers_the_other_kind_of_run(by_hand, capsys):
    start.lesson("dropout_rnn_imdb", "quick")
    assert line(capsys) == (
        "A quick run, on a small built-in sample: some minutes. "
        'For the real data and all epochs write RUN = "full" above: not known yet.'
    )
    start.lesson("dropout_rnn_imdb", "full")
    assert line(capsys) == (
        "A full run, on the real data: not known yet. "
        'RUN = "quick" above tries the lesson on a sample: some minutes.'
    )


@pytest.mark.parametrize(
    ("marks", "quick", "full"),
    [
        ({}, "some minutes", "20 min on 2 CPU cores (x86_64)"),
        ({"quick_seconds": 38.2}, "about 40 s", "20 min on 2 CPU cores (x86_64)"),
        ({"step_ms": 100.0}, "some minutes", "24 min to 68 min here"),  # it is twice as slow here
        ({"step_ms": 800.0, "quick_seconds": 125.0}, "about 2 min", "3 min to 8 min here"),
    ],
)
def test_durations_are_the_record_s_scaled_by_a_step(by_hand, monkeypatch, marks, quick, full):
    monkeypatch.setattr(timing, "reference", lambda: 200.0)
    trainings = {name: records.training([0.5, 0.6], seconds=[400.0, 200.0]) for name in ("one", "two")}
    archive.write(records.made_up(trainings=trainings, **marks), by_hand)
    assert start.durations("dropout_rnn_imdb") == (quick, full)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "10 s"), (14, "10 s"), (38, "40 s"), (89, "90 s"), (90, "2 min"), (750, "12 min"),
        (5399, "90 min"), (5400, "1.5 h"), (9000, "2.5 h"),
    ],
)  # fmt: skip
def test_durations_are_said_as_a_person_says_them(seconds, words):
    assert start.words(seconds) == words


LOADED = """
import sys
sys.path.insert(0, sys.argv[1])
from unrolled import start
start.lesson("no_lesson", "full")
print(sorted({"keras", "numpy", "unrolled.data"} & set(sys.modules)))
from unrolled import settings
print(settings.profile)
"""


@pytest.mark.parametrize(
    ("variable", "loaded"),
    [(None, "['keras', 'numpy']"), ("full", "[]")],  # a script's kernels keep TensorFlow's words elsewhere
)
def test_the_choice_is_made_before_the_data_are_loaded(monkeypatch, variable, loaded):
    monkeypatch.delenv("UNROLLED_PROFILE", raising=False)
    if variable:
        monkeypatch.setenv("UNROLLED_PROFILE", variable)
    command = [sys.executable, "-c", LOADED, str(settings.NOTEBOOKS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == [loaded, "full"]
