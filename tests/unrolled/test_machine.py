"""What loads Keras does so quietly, and leaves everything as a lesson needs it."""

import os
import platform
import subprocess
import sys

import keras
import pytest
from keras import layers
from unrolled import machine, settings

LOADS = """
import os, sys
sys.path.insert(0, sys.argv[1])
from unrolled import machine
print(os.environ["COLUMNS"], machine.backend)
os.write(2, b"heard")
"""


def test_keras_is_loaded_without_a_word():
    """A notebook opened by hand would show it; what comes after is heard again."""
    environment = {k: v for k, v in os.environ.items() if k != "COLUMNS" and not k.startswith("TF_")}
    command = [sys.executable, "-c", LOADS, str(settings.NOTEBOOKS)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == "heard"
    assert done.stdout.split() == ["80", settings.backend]


def test_an_error_while_it_is_quiet_is_heard(capfd):
    with pytest.raises(ZeroDivisionError), machine._quiet():
        os.write(2, b"unheard")
        raise ZeroDivisionError
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc")
def test_freed_memory_is_kept_for_the_next_step():
    import resource

    def cleared():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        b"step" * 2**24
        return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) * resource.getpagesize()

    cleared()
    assert cleared() < 2**20  # bytes, of 64 MB


def words(*reading):
    return keras.Sequential([keras.Input((None,), dtype="int32"), layers.Embedding(9, 2), *reading])


@pytest.mark.parametrize(
    ("reading", "faster"),
    [
        ([layers.SimpleRNN(3)], True),
        ([layers.GRU(3), layers.Dense(1)], True),
        ([layers.Bidirectional(layers.SimpleRNN(3))], True),
        ([layers.LSTM(3)], False),
        ([layers.Bidirectional(layers.LSTM(3))], False),
        ([layers.SimpleRNN(3, return_sequences=True), layers.SimpleRNN(3)], False),
        ([layers.RNN(layers.SimpleRNNCell(3))], False),
        ([layers.Flatten()], False),
    ],
)
def test_xla_is_taken_where_it_was_seen_to_help(reading, faster):
    here = machine.backend == "tensorflow" and machine.gpu is None
    assert machine.faster_with_xla(words(*reading)) == (faster and here)
