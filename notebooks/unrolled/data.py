"""The data sets of the lessons: the real thing first, a built-in sample otherwise.

A full run looks in the folder named by `UNROLLED_DATA`, then asks Keras's own loader (its cache, else
its download), then falls back to the built-in sample with a notice. A quick run always takes the
sample, so that it is the same everywhere. What was used stands in `source`.
"""

import json
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np

from . import UnrolledError, grammar, profile

START, UNKNOWN, INDEX_FROM = 1, 2, 3
"""Keras's conventions for IMDB: the id of the start mark, that of a word outside the vocabulary, and
what is added to a word's frequency rank; 0 is padding."""

SAMPLE = "built-in sample"
"""`source` of a data set that is no evidence."""


@dataclass(frozen=True)
class Reviews:
    """Film reviews as integer ids, padded in front, with 1 for a positive review and 0 for a negative.

    `x_train`, `x_test`: int32, (reviews, maxlen); `y_train`, `y_test`: int64, (reviews,);
    `source`: where they come from.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str
    words: dict = field(repr=False)

    def decode(self, ids):
        """The words of one review, (maxlen,) ids, as a string without padding; an unknown word is `[?]`."""
        marks = {START: "[start]", UNKNOWN: "[?]"}
        return " ".join(marks.get(i) or self.words[i - INDEX_FROM] for i in map(int, ids) if i)


@dataclass(frozen=True)
class Digits:
    """Handwritten digits. `x_train`, `x_test`: float32 in [0, 1], (digits, 28, 28), rows from top to
    bottom; `y_train`, `y_test`: int64, (digits,); `source`: where they come from."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str


def reviews(num_words, maxlen):
    """The Large Movie Review Dataset (Maas et al., 2011) as `Reviews`.

    Ids below `num_words` are kept, the others become `UNKNOWN`; a review is cut to its last `maxlen`
    tokens, a shorter one padded with zeros in front, as `keras.utils.pad_sequences` does by default.
    Raises `UnrolledError` if `UNROLLED_DATA` is set and what lies there cannot be used.
    """
    train, test, word_index, source = _first("IMDB", _reviews_folder, _reviews_keras, _reviews_sample)
    return Reviews(
        x_train=pad(train["tokens"], train["lengths"], num_words, maxlen),
        y_train=train["labels"].astype("int64"),
        x_test=pad(test["tokens"], test["lengths"], num_words, maxlen),
        y_test=test["labels"].astype("int64"),
        source=source,
        words={rank: word for word, rank in word_index.items()},
    )


def digits():
    """MNIST (LeCun et al., 1998) as `Digits`.

    Raises `UnrolledError` if `UNROLLED_DATA` is set and what lies there cannot be used.
    """
    (x_train, y_train), (x_test, y_test), source = _first(
        "MNIST", _digits_folder, _digits_keras, _digits_sample
    )
    return Digits(
        x_train=x_train.astype("float32") / 255,
        y_train=y_train.astype("int64"),
        x_test=x_test.astype("float32") / 255,
        y_test=y_test.astype("int64"),
        source=source,
    )


def pad(tokens, lengths, num_words, maxlen):
    """Ragged reviews as one padded matrix, int32, (reviews, maxlen), in Keras's form.

    `tokens`: frequency ranks from 1, (sum of lengths,); `lengths`: tokens a review, (reviews,).
    """
    ends = np.cumsum(lengths)
    from_the_end = np.repeat(ends, lengths) - np.arange(len(tokens))
    ids = tokens[from_the_end <= maxlen] + INDEX_FROM
    padded = np.zeros((len(lengths), maxlen), "int32")
    padded[np.arange(maxlen) >= maxlen - lengths[:, None]] = np.where(ids < num_words, ids, UNKNOWN)
    short = np.flatnonzero(lengths < maxlen)
    padded[short, maxlen - 1 - lengths[short]] = START
    return padded


def _first(name, folder, from_keras, sample):
    """What the first of the three places has, as the profile and the environment say."""
    if profile.quick:
        return *sample(), SAMPLE
    if "UNROLLED_DATA" in os.environ:
        path = Path(os.environ["UNROLLED_DATA"]).expanduser()
        if not os.environ["UNROLLED_DATA"]:
            raise UnrolledError("UNROLLED_DATA is empty: name the folder of the data sets, or unset it")
        if not path.is_dir():
            raise UnrolledError(
                f"UNROLLED_DATA names {path}, which is no folder: name the one that holds the data sets"
            )
        return *folder(path), f"{name}, full"
    timeout = socket.getdefaulttimeout()
    try:
        socket.setdefaulttimeout(30)
        return *from_keras(), f"{name}, full"
    except Exception as error:  # Keras raises a bare Exception when a download fails
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        print(
            f"{'!' * 78}\n{name} could not be loaded: {reason}\n"
            "This run uses the BUILT-IN SAMPLE instead: its numbers are no evidence.\n"
            f"For real results, connect once or set UNROLLED_DATA (see README.md).\n{'!' * 78}"
        )
        return *sample(), SAMPLE
    finally:
        socket.setdefaulttimeout(timeout)


def _load(path, names):
    """The arrays `names` of the file `path`; `UnrolledError` if it lacks one or cannot be read."""
    if not path.is_file():
        raise UnrolledError(f"UNROLLED_DATA has no {path.name}: {path.parent} must hold it")
    try:
        with np.load(path) as arrays:
            missing = [name for name in names if name not in arrays]
            if not missing:
                return {name: arrays[name] for name in names}
    except Exception:  # NumPy, zipfile and zlib each raise their own
        raise UnrolledError(
            f"{path} cannot be read: the file is cut short or is no .npz; copy it again"
        ) from None
    raise UnrolledError(f"{path} lacks {', '.join(missing)}")


def _require(condition, path, what):
    if not condition:
        raise UnrolledError(f"{path} is not in the expected form: {what}")


def _reviews_folder(folder):
    path, index_path = folder / "imdb.npz", folder / "imdb_word_index.json"
    parts = ("tokens", "lengths", "labels")
    arrays = _load(path, [f"{split}_{part}" for split in ("train", "test") for part in parts])
    splits = []
    for split in ("train", "test"):
        tokens, lengths, labels = (arrays[f"{split}_{part}"] for part in parts)
        _require(tokens.ndim == lengths.ndim == labels.ndim == 1, path, f"the {split} arrays must be flat")
        _require(
            all(np.issubdtype(a.dtype, np.integer) for a in (tokens, lengths, labels)),
            path,
            "integers wanted",
        )
        _require(len(lengths) == len(labels) > 0, path, f"{split} has as many lengths as labels")
        _require(
            lengths.min() >= 0 and lengths.sum() == len(tokens),
            path,
            f"{split}_lengths must add up to the tokens",
        )
        _require(len(tokens) and tokens.min() >= 1, path, "ranks count from 1")
        _require(np.isin(labels, (0, 1)).all(), path, "labels are 0 or 1")
        splits.append({"tokens": tokens, "lengths": lengths.astype("int64"), "labels": labels})
    if not index_path.is_file():
        raise UnrolledError(f"UNROLLED_DATA has no {index_path.name}: {folder} must hold it")
    try:
        word_index = json.loads(index_path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UnrolledError(f"{index_path} cannot be read: it is no JSON; copy it again") from None
    _require(
        isinstance(word_index, dict) and all(isinstance(rank, int) for rank in word_index.values()),
        index_path,
        "it maps words to ranks",
    )
    highest = max(split["tokens"].max() for split in splits)
    _require(max(word_index.values(), default=0) >= highest, index_path, f"rank {highest} needs a word")
    return *splits, word_index


def _reviews_keras():
    # Without a limit above every rank, Keras drops the highest.
    plain = {"start_char": None, "oov_char": None, "index_from": 0, "num_words": 1_000_000}
    splits = []
    for sequences, labels in keras.datasets.imdb.load_data(**plain):
        lengths = np.array([len(sequence) for sequence in sequences])
        splits.append(
            {"tokens": np.concatenate(sequences).astype("int32"), "lengths": lengths, "labels": labels}
        )
    return *splits, keras.datasets.imdb.get_word_index()


def _reviews_sample():
    train, test, word_index = grammar.reviews(profile.examples(25_000), profile.seed)
    return train, test, word_index


def _digits_folder(folder):
    path = folder / "mnist.npz"
    names = ("x_train", "y_train", "x_test", "y_test")
    arrays = _load(path, names)
    for split in ("train", "test"):
        x, y = arrays[f"x_{split}"], arrays[f"y_{split}"]
        _require(
            x.ndim == 3 and x.shape[1:] == (28, 28) and x.dtype == np.uint8,
            path,
            "28×28 images of type uint8",
        )
        _require(
            y.shape == (len(x),) and len(x) and np.isin(y, range(10)).all(), path, "a label 0 to 9 an image"
        )
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _digits_keras():
    return keras.datasets.mnist.load_data()


def _digits_sample():
    """1,536 + 256 of scikit-learn's digits of 8×8 pixels, enlarged to 28×28 with MNIST's margin, uint8."""
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits

    small, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(profile.seed).permutation(len(small))[: 1_536 + 256]
    large = zoom(small.reshape(-1, 8, 8)[order] / 16, (1, 3, 3), order=1)
    images = np.pad((large.clip(0, 1) * 255).astype("uint8"), ((0, 0), (2, 2), (2, 2)))
    labels = labels[order]
    return (images[:1_536], labels[:1_536]), (images[1_536:], labels[1_536:])
