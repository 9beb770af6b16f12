"""What kind of run a test pretends to be, whatever the environment says."""

import os

import pytest
from unrolled import UnrolledError, settings

DATA = os.environ.get("UNROLLED_DATA", "")


@pytest.fixture
def quick(monkeypatch):
    """A quick run."""
    monkeypatch.setattr(settings, "quick", True)


@pytest.fixture
def full(monkeypatch):
    """A full run that names no folder of data."""
    monkeypatch.setattr(settings, "quick", False)
    monkeypatch.delenv("UNROLLED_DATA", raising=False)


@pytest.fixture
def real(full, monkeypatch):
    """A full run on the real data sets, for those who have them."""
    if not os.path.isdir(DATA):
        pytest.skip("UNROLLED_DATA names no folder of real data")
    monkeypatch.setenv("UNROLLED_DATA", os.path.abspath(DATA))


@pytest.fixture
def complaint():
    """Calls a function that must raise an `UnrolledError`, and gives the one line that a person then sees."""

    def complain(function, *arguments):
        with pytest.raises(UnrolledError) as caught:
            function(*arguments)
        error = caught.value
        assert error.__suppress_context__ or error.__context__ is None, "the error below it shows as well"
        assert len(str(error).splitlines()) == 1
        return str(error)

    return complain
