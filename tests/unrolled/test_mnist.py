"""MNIST: its form, the places it comes from, and what is said of a bad file."""

import keras
import numpy as np
import pytest
from unrolled import data, settings
from unrolled.data import mnist


def tiny():
    """Twelve training digits and ten to test with, in the form of the real ones, as arrays."""
    images = np.arange(22 * 28 * 28).reshape(22, 28, 28).astype("uint8")
    labels = np.arange(22).astype("uint8") % 10
    return {"x_train": images[:12], "y_train": labels[:12], "x_test": images[12:], "y_test": labels[12:]}


def store(folder, **arrays):
    """Put the tiny data set into `folder`, with these arrays in place of its own; None leaves one out."""
    kept = {name: array for name, array in (tiny() | arrays).items() if array is not None}
    np.savez(folder / "mnist.npz", **kept)


@pytest.fixture
def folder(full, monkeypatch, tmp_path):
    """The folder that UNROLLED_DATA names in a full run, with the tiny data set in it."""
    store(tmp_path)
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    return tmp_path


# From a folder


def test_digits_from_a_folder(folder):
    digits = data.digits()
    assert digits.x_train.dtype == digits.x_test.dtype == np.float32
    assert digits.y_train.dtype == digits.y_test.dtype == np.int64
    np.testing.assert_allclose(digits.x_train * 255, tiny()["x_train"], atol=1e-4)
    np.testing.assert_array_equal(digits.y_test, tiny()["y_test"])
    assert list(digits.sha256) == ["x_train", "y_train", "x_test", "y_test"]
    assert digits.batches(5).full_examples == digits.full_examples == 12


def test_all_digits_are_evidence(folder, monkeypatch):
    monkeypatch.setattr(mnist, "TRAINING_DIGITS", 12)
    monkeypatch.setattr(mnist, "TEST_DIGITS", 10)
    digits = data.digits()
    assert digits.source == "MNIST, all digits" and digits.evidence
    store(folder, y_test=np.array([2, 3, 4, 5, 6, 7, 8, 9, 0, 0]))
    without_a_one = data.digits()
    assert without_a_one.source == "MNIST, 12 + 10 digits" and not without_a_one.evidence


def test_fewer_digits_are_no_evidence(folder):
    digits = data.digits()
    assert digits.source == "MNIST, 12 + 10 digits" and not digits.evidence


def test_file_missing(folder, complaint):
    (folder / "mnist.npz").unlink()
    assert complaint(data.digits) == f"UNROLLED_DATA has no mnist.npz: {folder} must hold it"


def test_file_cut_short(folder, complaint):
    content = (folder / "mnist.npz").read_bytes()
    (folder / "mnist.npz").write_bytes(content[: len(content) // 2])
    assert complaint(data.digits).startswith(f"{folder / 'mnist.npz'} cannot be read: ")


WRONG = {
    "lacks y_test": {"y_test": None},
    "28×28 images": {"x_train": np.zeros((12, 784), "uint8")},
    "28×28 images of type uint8": {"x_test": np.zeros((10, 28, 28))},
    "a label 0 to 9": {"y_train": np.full(12, 10)},
    "a label 0 to 9 an image": {"y_train": np.zeros(11, "uint8")},
    "a label": {"y_test": np.full(10, 0.5)},
}


@pytest.mark.parametrize("what", WRONG)
def test_digits_in_a_wrong_form(folder, complaint, what):
    store(folder, **WRONG[what])
    assert what in complaint(data.digits)


# From Keras


def keras_gives(monkeypatch, **arrays):
    """A stand-in for Keras's loader, with these arrays in place of those of the tiny data set."""
    own = tiny() | arrays
    parts = (own["x_train"], own["y_train"]), (own["x_test"], own["y_test"])
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: parts)


def test_digits_from_keras(folder, monkeypatch):
    from_folder = data.digits()
    keras_gives(monkeypatch)
    monkeypatch.delenv("UNROLLED_DATA")
    assert data.digits().sha256 == from_folder.sha256
    assert data.digits().source == "MNIST, 12 + 10 digits"


def test_keras_s_digits_are_checked_as_well(full, monkeypatch, complaint):
    keras_gives(monkeypatch, y_train=np.full(12, 10))
    assert complaint(data.digits) == "Keras's mnist.npz is not in the expected form: a label 0 to 9 an image"


def test_keras_has_none(full, monkeypatch, complaint):
    def load_data():
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.datasets.mnist, "load_data", load_data)
    assert complaint(data.digits).startswith("MNIST could not be loaded (URL fetch failure): ")


# The sample


def test_sample_digits(quick):
    digits = data.digits()
    assert digits.source == "built-in sample" and not digits.evidence
    assert (len(digits.x_train), len(digits.x_test), digits.full_examples) == (1_536, 256, 60_000)
    for x, y in ((digits.x_train, digits.y_train), (digits.x_test, digits.y_test)):
        assert x.shape == (len(y), 28, 28)
        assert (x.dtype, y.dtype) == (np.float32, np.int64)
        assert x.min() == 0 and 0.9 < x.max() <= 1
        assert set(y) == set(range(10))
        assert not x[:, :2].any() and not x[:, :, -2:].any()
    assert 0.1 < digits.x_train.mean() < 0.3


def test_sample_digits_in_a_full_run(full, monkeypatch):
    monkeypatch.setenv("UNROLLED_DATA", "sample")
    digits = data.digits()
    assert digits.source == "built-in sample" and not digits.evidence
    assert digits.full_examples == len(digits.x_train) == 1_536


def test_sample_digits_follow_the_seed(quick, monkeypatch):
    first = data.digits()
    assert data.digits().sha256 == first.sha256
    monkeypatch.setattr(settings, "seed", settings.seed + 1)
    other = data.digits()
    assert not np.array_equal(other.y_train, first.y_train)


# The real thing


def test_real_digits(real):
    digits = data.digits()
    assert digits.source == "MNIST, all digits" and digits.evidence
    assert digits.x_train.shape == (60_000, 28, 28) and digits.x_test.shape == (10_000, 28, 28)
    assert digits.full_examples == 60_000
    assert list(digits.y_test[:10]) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert digits.x_train.mean() == pytest.approx(0.1307, abs=1e-3)
    assert len(digits.sha256) == 4
    assert data.digits().sha256 == digits.sha256
