"""What loads Keras does so quietly, and leaves everything as a lesson needs it."""

import os
import subprocess
import sys

import pytest
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
