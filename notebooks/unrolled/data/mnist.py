"""MNIST: handwritten digits (LeCun et al., 1998)."""

from dataclasses import dataclass

import numpy as np

from .. import machine, settings  # noqa: F401 (machine comes before Keras)
from . import sources

import keras  # isort: skip

TRAINING_DIGITS, TEST_DIGITS = 60_000, 10_000
"""How many the real data set has."""

SAMPLE_TRAINING, SAMPLE_TEST = 1_536, 256
"""How many the sample has: whole numbers of batches."""


@dataclass(frozen=True, kw_only=True)
class Digits(sources.DataSet):
    """Handwritten digits. `x_train`, `x_test`: float32 in [0, 1], (digits, 28, 28), rows from top to bottom;
    `y_train`, `y_test`: int64, (digits,)."""


def digits():
    """The digits as `Digits`. Raises `UnrolledError` if they cannot be had (`sources.load`)."""
    arrays, source = sources.load("MNIST", _from_folder, _from_keras, _from_sample)
    return Digits(
        x_train=arrays["x_train"].astype("float32") / 255,
        y_train=arrays["y_train"].astype("int64"),
        x_test=arrays["x_test"].astype("float32") / 255,
        y_test=arrays["y_test"].astype("int64"),
        source=source,
        full_examples=TRAINING_DIGITS if settings.quick else len(arrays["x_train"]),
    )


# Each place gives a dict of arrays, `x_train` and `x_test`, uint8, (digits, 28, 28), `y_train` and `y_test`,
# (digits,), and the source.


def _from_folder(folder):
    path = folder / "mnist.npz"
    return _checked(sources.read_arrays(path, ["x_train", "y_train", "x_test", "y_test"]), path)


def _from_keras():
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    return _checked(arrays, "Keras's mnist.npz")


def _from_sample():
    """Some of scikit-learn's digits of 8×8 pixels, enlarged to 28×28 with MNIST's margin."""
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits

    small, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(settings.seed).permutation(len(small))[: SAMPLE_TRAINING + SAMPLE_TEST]
    large = zoom(small.reshape(-1, 8, 8)[order] / 16, (1, 3, 3), order=1)
    images = np.pad((large.clip(0, 1) * 255).astype("uint8"), ((0, 0), (2, 2), (2, 2)))
    x_train, x_test = np.split(images, [SAMPLE_TRAINING])
    y_train, y_test = np.split(labels[order], [SAMPLE_TRAINING])
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}, sources.SAMPLE


def _checked(arrays, where):
    """The real digits and their source; `UnrolledError` if they are not in the form described above."""
    for part in ("train", "test"):
        x, y = arrays[f"x_{part}"], arrays[f"y_{part}"]
        images = x.ndim == 3 and x.shape[1:] == (28, 28) and x.dtype == np.uint8
        sources.require(images, where, "28×28 images of type uint8")
        labelled = y.shape == (len(x),) and len(x) and np.isin(y, range(10)).all()
        sources.require(labelled, where, "a label 0 to 9 an image")
    return arrays, _source(arrays)


def _source(arrays):
    """Complete are 60,000 + 10,000 digits, with all ten labels in each part."""
    labels = arrays["y_train"], arrays["y_test"]
    sizes = [len(part) for part in labels]
    every_label = all(len(np.unique(part)) == 10 for part in labels)
    complete = sizes == [TRAINING_DIGITS, TEST_DIGITS] and every_label
    return sources.real("MNIST", "digits", *sizes, complete)
