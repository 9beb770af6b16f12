"""Python source to learn to write: tests of the standard library, of one version, kept beside this file.

`python_source/modules.txt` holds them one after another, the ones to test with last; `LICENSE.txt` is theirs.
The library that a machine has differs from version to version; this text is the same everywhere, so it needs
no download and counts as evidence.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import UnrolledError, settings
from . import sources

FILE = Path(__file__).with_name("python_source") / "modules.txt"
SHA256 = "a8df3b099e6b76b4d7d5e534f882ef32407b5e9962f3fd70a3b61d565e0b91cf"
"""The fingerprint of the text, in UTF-8 with the line ends of Unix."""

TEST, SAMPLE_TEST = "# test_genericpath.py\n", "# test_timeit.py\n"
"""The headings at which the text to test with begins, in full and in a quick run; it goes on to the end."""

SAMPLE_WINDOWS = 320
"""How many windows a quick run has to train on."""


@dataclass(frozen=True, kw_only=True)
class Code(sources.DataSet):
    """Python source as the numbers of its characters, cut into windows that follow one another.

    `x_train`, `x_test`: int32, (windows, length); `y_train`, `y_test`: the same one character later;
    `train`, `test`: the text of either, a string; `characters`: all there are, the number of each its place.
    """

    characters: str
    train: str
    test: str

    def encode(self, text):
        """The numbers of the characters of a text, int32, (characters,).

        Raises `UnrolledError` for what is no string and for a character that the modules do not have.
        """
        if not isinstance(text, str):
            raise UnrolledError(f"a text stands between quotation marks; {text!r} does not")
        if strange := sorted(set(text) - set(self.characters)):
            raise UnrolledError(f"no module has the character {strange[0]!r}, so no network here has seen it")
        return np.array([self.characters.index(one) for one in text], "int32")

    def decode(self, numbers):
        """The text of a row of numbers."""
        return "".join(self.characters[i] for i in numbers)


def code(length):
    """The modules as `Code`, in windows of `length` characters; a quick run takes a part, picked by the seed.

    Raises `UnrolledError` if the file is missing or changed, or `length` is out of its range.
    """
    sources.check_whole("length", length, 1, 1_000)
    text = _read()
    characters = "".join(sorted(set(text)))
    train, test = text[: text.index(TEST)], text[text.index(TEST) :]
    full, source = (len(train) - 1) // length, sources.Source("Python's own tests", complete=True)
    if settings.quick:
        size = SAMPLE_WINDOWS * length + 1
        begin = np.random.default_rng(settings.seed).integers(max(1, len(train) - size))
        train, test = train[begin : begin + size], text[text.index(SAMPLE_TEST) :]
        source = sources.SAMPLE
    return Code(
        **_windows("train", train, characters, length),
        **_windows("test", test, characters, length),
        source=source,
        full_examples=full,
        characters=characters,
        train=train,
        test=test,
    )


def _read():
    """The text of the modules, which must be that of this project."""
    try:
        text = FILE.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        raise UnrolledError(f"{FILE} cannot be read: get it from the project again") from None
    if hashlib.sha256(text.encode()).hexdigest() != SHA256:
        raise UnrolledError(f"{FILE} is not the project's, by its SHA-256: get it from the project again")
    return text


def _windows(part, text, characters, length):
    """Inputs and targets of a text: a dict of `x_<part>` and `y_<part>`, (windows, length) each."""
    places = {one: place for place, one in enumerate(characters)}
    numbers = np.array([places[one] for one in text], "int32")
    n = (len(numbers) - 1) // length
    x, y = (numbers[k : k + n * length].reshape(n, length) for k in (0, 1))
    return {f"x_{part}": x, f"y_{part}": y}
