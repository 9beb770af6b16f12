"""Steps in turns: what is timed is taken down, by process; a failure there is one line."""

import subprocess
import sys

import cloudpickle
import keras
import numpy as np
from unrolled import data, settings, timing

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # as it does with a notebook's functions
TRAIN = data.Batches(np.zeros((8, 3), "float32"), np.zeros(8, "int64"), 4)


def tiny():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="sgd", loss="binary_crossentropy")
    return model


def test_models_are_timed_in_processes_of_their_own(full, monkeypatch):
    monkeypatch.setattr(settings, "profile", "full")
    monkeypatch.setattr(timing, "PROCESSES", 1)
    taken = timing.paired({"a": tiny, "b": tiny}, TRAIN)
    assert taken["fingerprints"]["a"] == taken["fingerprints"]["b"]
    assert {label: len(ms) for label, ms in taken["ms"].items()} == {"a": 1, "b": 1}
    assert len(taken["load"]) == 1 and timing.median(taken, "a") == taken["ms"]["a"][0] > 0


def test_a_quick_run_takes_one_turn_in_its_own_process(quick, monkeypatch):
    monkeypatch.setattr(subprocess, "run", None)
    assert timing.median(timing.paired({"a": tiny}, TRAIN), "a") > 0


def test_a_process_that_fails_is_told_in_one_line(full, monkeypatch, complaint):
    failed = subprocess.CompletedProcess([], 1, b"", b"Traceback:\nValueError: planted\n")
    monkeypatch.setattr(subprocess, "run", lambda *command, **options: failed)
    told = complaint(timing.paired, {"a": tiny}, TRAIN)
    assert told == "a process that times a failed: ValueError: planted"


def test_the_reference_step_leaves_no_trace_in_the_names_of_layers():
    """Else `model.summary()` would print other names where a notebook is opened by hand."""
    assert timing.reference() > 0
    assert (tiny().name, keras.layers.SimpleRNN(2).name) == ("sequential", "simple_rnn")
