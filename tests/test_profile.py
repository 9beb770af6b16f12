"""What the environment asks for, and what is said when it asks for something impossible."""

import importlib.metadata
import importlib.util
import sys

import pytest
import unrolled
from unrolled import UnrolledError


@pytest.fixture
def profile_of(monkeypatch):
    """The module `profile` as a run in another environment would see it."""

    def read(**environment):
        for variable in ("UNROLLED_PROFILE", "UNROLLED_SEED"):
            monkeypatch.delenv(variable, raising=False)
        for variable, value in environment.items():
            monkeypatch.setenv(variable, value)
        spec = importlib.util.spec_from_file_location(
            "unrolled.profile_of_another_run", importlib.util.find_spec("unrolled.profile").origin
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return read


def one_line(error):
    """The message of a raised `UnrolledError`, which must be one line."""
    message = str(error.value)
    assert message and "\n" not in message
    return message


def test_full_is_the_default(profile_of):
    profile = profile_of()
    assert (profile.name, profile.quick, profile.seed) == ("full", False, 0)
    assert (profile.epochs(100), profile.examples(25_000), profile.batch_size(128)) == (100, 25_000, 128)
    assert profile.results == profile.ROOT / "notebooks" / "results"
    assert (profile.ROOT / "notebooks" / "unrolled" / "profile.py").is_file()


def test_quick_is_never_more_than_full(profile_of):
    profile = profile_of(UNROLLED_PROFILE="quick")
    assert (profile.name, profile.quick) == ("quick", True)
    assert profile.epochs(100) == profile.QUICK_EPOCHS < 100
    assert profile.examples(25_000) == profile.QUICK_EXAMPLES < 25_000
    assert profile.batch_size(128) == profile.QUICK_BATCH < 128
    assert (profile.epochs(1), profile.examples(10), profile.batch_size(4)) == (1, 10, 4)
    assert profile.results == profile.ROOT / "build" / "results"


@pytest.mark.parametrize("value", ("fast", "Quick", "quick ", ""))
def test_unknown_profile(profile_of, value):
    with pytest.raises(UnrolledError) as error:
        profile_of(UNROLLED_PROFILE=value)
    assert one_line(error) == f"UNROLLED_PROFILE is {value!r}; it takes full or quick"


@pytest.mark.parametrize("value", ("0", "7", "007", str(2**32 - 1)))
def test_seed(profile_of, value):
    assert profile_of(UNROLLED_SEED=value).seed == int(value)


@pytest.mark.parametrize("value", ("", "-1", "1.5", "1e3", "two", "٣", "²", " 1", str(2**32)))
def test_bad_seed(profile_of, value):
    with pytest.raises(UnrolledError) as error:
        profile_of(UNROLLED_SEED=value)
    assert one_line(error) == f"UNROLLED_SEED is {value!r}; it takes a whole number from 0 to {2**32 - 1}"


def pretend(monkeypatch, version, backend=None):
    """Pretend that Keras has this version (None: is missing) and that KERAS_BACKEND is `backend`."""

    def installed(name):
        if version is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return version

    monkeypatch.setattr(importlib.metadata, "version", installed)
    if backend is None:
        monkeypatch.delenv("KERAS_BACKEND", raising=False)
    else:
        monkeypatch.setenv("KERAS_BACKEND", backend)


@pytest.mark.parametrize("version", ("3.10", "3.10.0", "3.11.2", "3.15.1", "3.12.0rc1", "4.0"))
def test_keras_new_enough(monkeypatch, version):
    pretend(monkeypatch, version)
    unrolled._check_installation()


@pytest.mark.parametrize("version", ("3.9.2", "3.1.0", "3.0", "2.15.0"))
def test_keras_too_old(monkeypatch, version):
    pretend(monkeypatch, version)
    with pytest.raises(UnrolledError) as error:
        unrolled._check_installation()
    assert (
        one_line(error)
        == f'Keras {version} is too old, 3.10 or later is needed: run pip install -U "keras>=3.10"'
    )


def test_keras_missing(monkeypatch):
    pretend(monkeypatch, None)
    with pytest.raises(UnrolledError) as error:
        unrolled._check_installation()
    assert one_line(error) == 'Keras is not installed: run pip install "keras>=3.10"'


@pytest.mark.parametrize("backend", ("theano", "TensorFlow", ""))
def test_backend_unknown(monkeypatch, backend):
    pretend(monkeypatch, "3.15.1", backend)
    with pytest.raises(UnrolledError) as error:
        unrolled._check_installation()
    assert one_line(error) == f"KERAS_BACKEND is {backend!r}; it takes tensorflow, jax, torch"


def test_backend_not_installed(monkeypatch):
    pretend(monkeypatch, "3.15.1", "jax")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UnrolledError) as error:
        unrolled._check_installation()
    assert one_line(error) == "KERAS_BACKEND is 'jax', but JAX is not installed"


def test_a_notebook_shows_one_line(capsys):
    """IPython asks the error itself how it is shown."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_cell("from unrolled import UnrolledError\nraise UnrolledError('the folder is not there')")
    sys.stdout.flush()
    assert capsys.readouterr().out.strip() == "unrolled: the folder is not there"
