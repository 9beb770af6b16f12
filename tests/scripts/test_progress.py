"""What a person sees of the jobs under way, and after them."""

import io
import time
from pathlib import Path

import pytest
from rich.console import Console
from runner import progress
from runner.job import Job, Outcome


def job(lesson, seed=0, **options):
    return Job(lesson, seed, "tensorflow", "full", Path(f"{lesson}.ipynb"), **options)


def shown(screen, width=70):
    """The lines of the screen."""
    console = Console(file=io.StringIO(), width=width)
    console.print(screen)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_one_screen_says_what_runs_and_how_long_it_takes():
    jobs = [job(name, seconds=3600.0) for name in ("a", "b", "c", "d")]
    screen = progress.Screen(jobs)
    assert shown(screen) == ["4 waiting"]
    screen.start(jobs[0])
    screen.start(jobs[1])
    screen.news(jobs[0].name, {"cell": 3, "cells": 9})
    screen.news(jobs[0].name, {"line": "epoch 2/100 · val_acc 0.8231 · 4 h left"})
    assert shown(screen) == [
        "a, seed 0, tensorflow: cell 3 of 9, 0 s",
        "    epoch 2/100 · val_acc 0.8231 · 4 h left",
        "b, seed 0, tensorflow: starting, 0 s",
        "2 running · 2 waiting · about 2 h 0 min left",
    ]
    screen.news(jobs[0].name, {"cell": 4, "cells": 9})
    screen.end(Outcome(jobs[1], "failed", "cell 2 of 9: ValueError: [red] planted"))
    screen.end(Outcome(jobs[2], "recorded"))
    assert shown(screen) == [
        "a, seed 0, tensorflow: cell 4 of 9, 0 s",
        "b, seed 0, tensorflow: cell 2 of 9: ValueError: [red] planted",
        "1 running · 1 recorded already · 1 failed · 1 waiting · about 2 h 0",
        "min left",
    ]


def test_elsewhere_a_line_tells_of_each_event(capsys):
    lines = progress.Lines([])
    lines.start(job("a"))
    lines.news("a", {"cell": 1, "cells": 2})
    lines.end(Outcome(job("a"), "ran", "notebooks/01_a.ipynb"))
    lines.end(Outcome(job("b"), "failed", "not run"))
    assert capsys.readouterr().out.splitlines() == [
        "a, seed 0, tensorflow: started",
        "a, seed 0, tensorflow: ran through after 0 s",
        "b, seed 0, tensorflow: failed: not run",
    ]


def test_the_last_screen_has_a_line_a_lesson_in_reading_order():
    outcomes = [
        Outcome(job("lesson_b", 3), "failed"),
        Outcome(job("a", 0, part="training"), "ran"),
        *[Outcome(job("a", seed), "ran") for seed in (2, 1, 4)],
    ]
    assert progress.summary(outcomes, [job("a", 0), job("c", 7)]) == [
        "a         seed 1-2, 4 ran through · seed 0 recorded already",
        "c         seed 7 recorded already",
        "lesson_b  seed 3 failed",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (99, "99 s"), (100, "2 min"), (3590, "1 h 0 min"), (7500, "2 h 5 min")],
)
def test_durations_are_said_as_a_person_says_them(seconds, words):
    assert progress.said(seconds) == words


def test_the_rest_is_not_guessed_at(monkeypatch):
    known, unknown = job("a", seconds=60.0), job("b")
    screen = progress.Screen([known, unknown])
    screen.start(known)
    assert shown(screen)[-1] == "1 running · 1 waiting"
    first, alone = job("a", seconds=60.0, part="training"), job("a", part="whole", alone=True)
    screen = progress.Screen([first, alone])
    screen.start(first)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 45)
    assert shown(screen)[-1] == "1 running · 1 waiting · about 15 s left"
