"""Where data come from: a folder, Keras's own loader or a built-in sample; no data set is known here.

A quick run always takes the sample, so that it is the same everywhere. A full run takes the folder that
`UNROLLED_DATA` names, else asks Keras (its cache, else its download); what cannot be loaded ends it with one
line. The sample serves a full run only where `UNROLLED_DATA=sample` asks for it.
"""

import hashlib
import io
import json
import os
import socket
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from .. import UnrolledError, settings
from .batches import Batches

TIMEOUT = 30
"""Seconds without an answer after which a download has failed."""


class Source(str):
    """Where data come from, in words for a print, a chart's title or a record.

    `complete`: whether they are all that the words promise, neither a part nor a sample.
    """

    def __new__(cls, words, complete=False):
        source = super().__new__(cls, words)
        source.complete = complete
        return source

    @property
    def evidence(self):
        """Whether what is measured on them may be evidence; never in a quick run."""
        return self.complete and not settings.quick


SAMPLE = Source("built-in sample")
COMPUTED = Source("computed here", complete=True)
"""The source of a lesson that computes its data itself."""


def real(name, unit, train, test, complete):
    """The `Source` of a real data set: `train` and `test` examples of it, which are called `unit`."""
    return Source(f"{name}, all {unit}" if complete else f"{name}, {train:,} + {test:,} {unit}", complete)


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """Examples to train on and to test with. A data set tells shapes and dtypes, and adds its own.

    `x_train`, `x_test`: arrays, (examples, …); `y_train`, `y_test`: their labels, (examples, …);
    `source`: where they come from; `full_examples`: how many there are to train on in a full run.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: Source
    full_examples: int

    @property
    def evidence(self):
        """Whether what is measured on these data may be evidence."""
        return self.source.evidence

    @cached_property
    def sha256(self):
        """The fingerprint of the examples and of their split: `{"x_train": 64 hexadecimal digits, …}`.

        Each covers dtype, shape and values of an array, and is alike on every machine. A part that is empty
        has none.
        """
        arrays = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        return {name: fingerprint(array) for name, array in arrays.items() if len(array)}

    def batches(self, batch_size):
        """The training examples as `Batches`."""
        return Batches(self.x_train, self.y_train, batch_size, self.full_examples)


def load(name, from_folder, from_keras, from_sample):
    """What this run takes of the data set called `name`, as the one of the three functions gives it.

    `from_folder` is called with the path of the folder, the others with nothing. Raises `UnrolledError` if
    `UNROLLED_DATA` is set and what lies there cannot be used, or is not set and Keras cannot load the data.
    """
    place = os.environ.get("UNROLLED_DATA")
    if settings.quick or place == "sample":
        return from_sample()
    if place == "":
        raise UnrolledError("UNROLLED_DATA is empty: name the folder of the data sets, or unset it")
    if place:
        folder = Path(os.path.expanduser(place))
        if not os.path.isdir(folder):
            raise UnrolledError(
                f"UNROLLED_DATA names {folder}, which is no folder: name the one that holds the data sets"
            )
        return from_folder(folder)
    timeout = socket.getdefaulttimeout()
    try:
        socket.setdefaulttimeout(TIMEOUT)
        return from_keras()
    except UnrolledError:
        raise
    except Exception as error:  # Keras raises a bare Exception when a download fails
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise UnrolledError(
            f"{name} could not be loaded ({reason}): connect once, or set UNROLLED_DATA to the folder that "
            "holds it, or to sample for the built-in sample, whose numbers are no evidence"
        ) from None
    finally:
        socket.setdefaulttimeout(timeout)


def read_arrays(path, names):
    """The arrays `names` of the .npz file `path`, which need no pickle, as a dict.

    Raises `UnrolledError` if the file is missing, cannot be read or lacks one of them.
    """
    content = io.BytesIO(_read(path))
    try:
        with np.load(content, allow_pickle=False) as arrays:
            missing = [name for name in names if name not in arrays]
            if not missing:
                return {name: arrays[name] for name in names}
    except Exception:  # NumPy, zipfile and zlib each raise their own
        raise UnrolledError(
            f"{path} cannot be read: the file is cut short or is no .npz; copy it again"
        ) from None
    raise UnrolledError(f"{path} lacks {', '.join(missing)}")


def read_json(path):
    """What the JSON file `path` holds; `UnrolledError` if it is missing or cannot be read."""
    content = _read(path)
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise UnrolledError(f"{path} cannot be read: it is no JSON; copy it again") from None


def _read(path):
    if not os.path.isfile(path):
        raise UnrolledError(f"UNROLLED_DATA has no {path.name}: {path.parent} must hold it")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnrolledError(f"{path} cannot be read: {error.strerror or error}") from None


def require(condition, where, what):
    """Raise `UnrolledError` unless `condition` holds: what lies at `where` must be as `what` says."""
    if not condition:
        raise UnrolledError(f"{where} is not in the expected form: {what}")


def check_whole(name, value, low, high=None):
    """Raise `UnrolledError` unless the argument `name` is a whole number from `low` on, or to `high`."""
    if not (isinstance(value, int | np.integer) and low <= value and (high is None or value <= high)):
        limit = "on" if high is None else f"to {high:,}"
        raise UnrolledError(f"{name} is {value!r}; it takes a whole number from {low:,} {limit}")


def fingerprint(array):
    """The SHA-256 of an array's dtype, shape and values, the latter in C order with the low byte first."""
    array = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    digest = hashlib.sha256(f"{array.dtype.str} {array.shape}".encode())
    digest.update(array.ravel())
    return digest.hexdigest()
