"""The memory of a training step: at its peak, in a process of its own; a failure there is one line."""

import subprocess
import sys

import cloudpickle
import keras
from unrolled import memory, settings

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # as it does with a notebook's functions
MB = 2**18
"""So many numbers of four bytes."""


def wide():
    model = keras.Sequential([keras.Input((MB,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    return model


def test_a_step_on_more_data_takes_more(monkeypatch):
    monkeypatch.setattr(settings, "quick", False)
    monkeypatch.setattr(settings, "profile", "full")
    small, large = (memory.peak(wide, (rows, MB), (rows, 1)) for rows in (1, 400))
    assert large - small > 300


def test_a_quick_run_stays_in_its_own_process(monkeypatch):
    monkeypatch.setattr(settings, "quick", True)
    monkeypatch.setattr(subprocess, "run", None)
    assert memory.peak(wide, (1, MB), (1, 1)) > 1


def test_what_was_held_is_not_let_go_of():
    before = memory.held()
    assert len(bytes(64 * MB)) == 64 * MB
    assert memory.held() >= before


def test_a_process_that_fails_is_told_in_one_line(monkeypatch, complaint):
    monkeypatch.setattr(settings, "quick", False)
    failed = subprocess.CompletedProcess([], 1, b"", b"Traceback:\nValueError: planted\n")
    monkeypatch.setattr(subprocess, "run", lambda *command, **options: failed)
    told = complaint(memory.peak, wide, (1, MB), (1, 1))
    assert told == "a process that measures memory failed: ValueError: planted"
