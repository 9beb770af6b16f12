"""What the environment asks for, and what is said when it asks for something impossible."""

import importlib.metadata
import importlib.util
import sys

import pytest
from unrolled import UnrolledError, settings


@pytest.fixture
def settings_of(monkeypatch):
    """The module `settings` as a run in another environment would see it."""

    def read(**environment):
        for variable in ("UNROLLED_PROFILE", "UNROLLED_SEED", "UNROLLED_RESULTS", "KERAS_BACKEND"):
            monkeypatch.delenv(variable, raising=False)
        for variable, value in environment.items():
            monkeypatch.setenv(variable, value)
        spec = importlib.util.spec_from_file_location(
            "unrolled.settings_of_another_run", importlib.util.find_spec("unrolled.settings").origin
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


def test_quick_is_the_default(settings_of):
    """Nobody who opens a notebook by hand is sent into an hour of training unasked."""
    run = settings_of()
    assert (run.profile, run.quick, run.seed) == ("quick", True, 0)


def test_full_is_what_a_lesson_asks_for(settings_of):
    run = settings_of(UNROLLED_PROFILE="full")
    assert (run.profile, run.quick) == ("full", False)
    assert (run.epochs(100), run.examples(25_000), run.batch_size(128)) == (100, 25_000, 128)
    assert run.results(evidence=True) == run.ROOT / "notebooks" / "results"
    assert run.results(evidence=False) == run.ROOT / "build" / "results"
    assert (run.ROOT / "notebooks" / "unrolled" / "settings.py").is_file()


def test_quick_is_never_more_than_full(settings_of):
    run = settings_of(UNROLLED_PROFILE="quick")
    assert (run.profile, run.quick) == ("quick", True)
    assert run.epochs(100) == run.QUICK_EPOCHS < 100
    assert run.examples(25_000) == run.QUICK_EXAMPLES < 25_000
    assert run.batch_size(128) == run.QUICK_BATCH < 128
    assert (run.epochs(1), run.examples(10), run.batch_size(4)) == (1, 10, 4)


@pytest.mark.parametrize("value", ("fast", "Quick", "quick ", ""))
def test_unknown_profile(settings_of, value):
    with pytest.raises(UnrolledError) as error:
        settings_of(UNROLLED_PROFILE=value)
    assert one_line(error) == f"UNROLLED_PROFILE is {value!r}; it takes full, quick"


@pytest.mark.parametrize("value", ("0", "7", "007", str(2**32 - 1)))
def test_seed(settings_of, value):
    assert settings_of(UNROLLED_SEED=value).seed == int(value)


@pytest.mark.parametrize("value", ("", "-1", "1.5", "1e3", "two", "٣", "²", " 1", str(2**32), "9" * 5_000))
def test_bad_seed(settings_of, value):
    with pytest.raises(UnrolledError) as error:
        settings_of(UNROLLED_SEED=value)
    shown = value[:40]
    assert one_line(error) == f"UNROLLED_SEED is {shown!r}; it takes a whole number from 0 to {2**32 - 1}"


def pretend(monkeypatch, version):
    """Pretend that Keras has this version (None: is missing)."""

    def installed(name):
        if version is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return version

    monkeypatch.setattr(importlib.metadata, "version", installed)


@pytest.mark.parametrize("version", ("3.10", "3.10.0", "3.11.2", "3.15.1", "3.12.0rc1", "4.0"))
def test_keras_new_enough(monkeypatch, version):
    pretend(monkeypatch, version)
    settings.check_installation()


@pytest.mark.parametrize("version", ("3.9.2", "3.1.0", "3.0", "2.15.0"))
def test_keras_too_old(monkeypatch, version):
    pretend(monkeypatch, version)
    with pytest.raises(UnrolledError) as error:
        settings.check_installation()
    assert (
        one_line(error)
        == f'Keras {version} is too old, 3.10 or later is needed: run pip install -U "keras>=3.10"'
    )


def test_keras_missing(monkeypatch):
    pretend(monkeypatch, None)
    with pytest.raises(UnrolledError) as error:
        settings.check_installation()
    assert one_line(error) == 'Keras is not installed: run pip install "keras>=3.10"'


@pytest.mark.parametrize("backend", ("theano", "TensorFlow", ""))
def test_backend_unknown(settings_of, backend):
    with pytest.raises(UnrolledError) as error:
        settings_of(KERAS_BACKEND=backend)
    assert one_line(error) == f"KERAS_BACKEND is {backend!r}; it takes tensorflow, jax, torch"


def test_backend_not_installed(monkeypatch):
    pretend(monkeypatch, "3.15.1")
    monkeypatch.setattr(settings, "backend", "jax")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UnrolledError) as error:
        settings.check_installation()
    assert one_line(error) == "KERAS_BACKEND is 'jax', but JAX is not installed"


def test_lessons_are_named_without_their_number(tmp_path, settings_of):
    for name in ("02_b.ipynb", "01_c_d.ipynb", "notes.ipynb"):
        (tmp_path / name).touch()
    assert settings.lessons(tmp_path) == {"c_d": tmp_path / "01_c_d.ipynb", "b": tmp_path / "02_b.ipynb"}
    assert settings.record_name("c_d", "jax", 3) == "c_d/jax.3.json"
    run = settings_of(UNROLLED_RESULTS=str(tmp_path), UNROLLED_PROFILE="quick")
    assert run.results(evidence=True) == run.results(evidence=False) == tmp_path


def test_a_notebook_shows_one_line(capsys):
    """IPython asks the error itself how it is shown."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_cell("from unrolled import UnrolledError\nraise UnrolledError('the folder is not there')")
    sys.stdout.flush()
    assert capsys.readouterr().out.strip() == "unrolled: the folder is not there"
