"""IMDB: film reviews, each praise or blame, from the Large Movie Review Dataset (Maas et al., 2011)."""

import re
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .. import UnrolledError, machine, settings  # noqa: F401 (machine comes before Keras)
from . import grammar, sources

import keras  # isort: skip

START, UNKNOWN, INDEX_FROM = 1, 2, 3
"""Keras's conventions: the id of the start mark, that of a word outside the vocabulary, and what is added to
a word's frequency rank; 0 is padding."""

KEEP = ("last", "first")
"""Which end of a long review may be kept."""

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
"""A word of a text in lower case, with the apostrophes within it."""

REVIEWS = 25_000
"""How many the real data set has to train on, and as many to test with; half of each are positive."""

QUICK_REVIEWS, QUICK_TEST = 800, 1_000
"""How many the sample has of either in a quick run: few, for a step over 500 words takes long, and whole
batches, for each size is compiled once."""


@dataclass(frozen=True, kw_only=True)
class Reviews(sources.DataSet):
    """Film reviews as integer ids, padded in front, with 1 for a positive review and 0 for a negative.

    `x_train`, `x_val`, `x_test`: int32, (reviews, maxlen); `y_train`, `y_val`, `y_test`: int64, (reviews,);
    `words`: the word of each frequency rank; ids below `num_words` are kept, the last `maxlen` of a review.
    """

    x_val: np.ndarray
    y_val: np.ndarray
    words: dict = field(repr=False)
    num_words: int
    maxlen: int

    def decode(self, ids):
        """The words of one review, (maxlen,) ids, as a string without padding; an unknown word is `[?]`."""
        marks = {START: "[start]", UNKNOWN: "[?]"}
        return " ".join(marks.get(i) or self.words[i - INDEX_FROM] for i in map(int, ids) if i)

    def encode(self, text):
        """The ids of a text, int32, (maxlen,), as those of a review: what `decode` takes back.

        Words are taken in lower case and without punctuation; one that is not among the `num_words` becomes
        `UNKNOWN`. Raises `UnrolledError` for what is no string and for one without a word.
        """
        words = split(text)
        ranks = np.array([self._ranks.get(word, self.num_words) for word in words])
        return pad(ranks, np.array([len(words)]), self.num_words, self.maxlen)[0]

    @cached_property
    def _ranks(self):
        return {word: rank for rank, word in self.words.items()}


def split(text):
    """The words of a text, in lower case; `UnrolledError` for what is no string or has no word."""
    if not isinstance(text, str):
        raise UnrolledError(f"a review is a text between quotation marks, not {text!r}")
    words = WORD.findall(text.lower().replace("\u2019", "'"))
    if not words:
        raise UnrolledError(f"{text!r} has no word to read: write a sentence or two")
    return words


def reviews(num_words, maxlen, validation=0, keep="last"):
    """The reviews as `Reviews`.

    The last `validation` of the 25,000 training reviews are kept apart, in a smaller set as large a share.

    Ids below `num_words` are kept, the others become `UNKNOWN`; a review is cut to its last `maxlen`
    tokens, or with `keep="first"` to its first, and a shorter one padded with zeros in front, as
    `keras.utils.pad_sequences` does it, by default and with `truncating="post"`.
    Raises `UnrolledError` if an argument is out of its range or the data cannot be had (`sources.load`).
    """
    sources.check_whole("num_words", num_words, UNKNOWN + 1)
    sources.check_whole("maxlen", maxlen, 1)
    sources.check_whole("validation", validation, 0, REVIEWS - 1)
    settings.choose("keep", keep, KEEP)
    train, test, word_index, source = sources.load("IMDB", _from_folder, _from_keras, _from_sample)
    x, y = pad(train["tokens"], train["lengths"], num_words, maxlen, keep), train["labels"].astype("int64")
    cut = len(x) - len(x) * validation // REVIEWS
    return Reviews(
        x_train=x[:cut],
        y_train=y[:cut],
        x_val=x[cut:],
        y_val=y[cut:],
        x_test=pad(test["tokens"], test["lengths"], num_words, maxlen, keep),
        y_test=test["labels"].astype("int64"),
        source=source,
        full_examples=REVIEWS - validation if settings.quick else cut,
        words={rank: word for word, rank in word_index.items()},
        num_words=num_words,
        maxlen=maxlen,
    )


def pad(tokens, lengths, num_words, maxlen, keep="last"):
    """Ragged reviews as one padded matrix, int32, (reviews, maxlen), in Keras's form.

    `tokens`: frequency ranks from 1, (sum of lengths,); `lengths`: tokens a review, (reviews,).
    """
    if keep == "first":  # behind the start mark
        from_the_start = np.arange(len(tokens)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        tokens, lengths = tokens[from_the_start < maxlen - 1], np.minimum(lengths, maxlen - 1)
    ends = np.cumsum(lengths)
    from_the_end = np.repeat(ends, lengths) - np.arange(len(tokens))
    ids = tokens[from_the_end <= maxlen] + INDEX_FROM
    padded = np.zeros((len(lengths), maxlen), "int32")
    padded[np.arange(maxlen) >= maxlen - lengths[:, None]] = np.where(ids < num_words, ids, UNKNOWN)
    short = np.flatnonzero(lengths < maxlen)
    padded[short, maxlen - 1 - lengths[short]] = START
    return padded


# Each place gives the training reviews, the test reviews, the word index (a dict from word to rank) and the
# source. Either part is a dict of integer arrays: `tokens`, ranks from 1, (sum of lengths,), `lengths` and
# `labels`, (reviews,).


def _from_folder(folder):
    path, index_path = folder / "imdb.npz", folder / "imdb_word_index.json"
    keys = ("tokens", "lengths", "labels")
    arrays = sources.read_arrays(path, [f"{part}_{key}" for part in ("train", "test") for key in keys])
    train, test = ({key: arrays[f"{part}_{key}"] for key in keys} for part in ("train", "test"))
    return _checked(train, test, sources.read_json(index_path), path, index_path)


def _from_keras():
    # Without a limit above every rank, Keras drops the highest.
    plain = {"start_char": None, "oov_char": None, "index_from": 0, "num_words": 1_000_000}
    train, test = (
        {
            "tokens": np.concatenate(sequences).astype("int32"),
            "lengths": np.array([len(sequence) for sequence in sequences]),
            "labels": labels,
        }
        for sequences, labels in keras.datasets.imdb.load_data(**plain)
    )
    word_index = keras.datasets.imdb.get_word_index()
    return _checked(train, test, word_index, "Keras's imdb.npz", "Keras's imdb_word_index.json")


def _from_sample():
    numbers = (QUICK_REVIEWS, QUICK_TEST) if settings.quick else (REVIEWS, REVIEWS)
    return *grammar.reviews(*numbers, settings.seed), sources.SAMPLE


def _checked(train, test, word_index, where, index_where):
    """The real reviews and their source; `UnrolledError` if they are not in the form described above."""
    for name, part in (("train", train), ("test", test)):
        tokens, lengths, labels = part["tokens"], part["lengths"], part["labels"]
        flat = tokens.ndim == lengths.ndim == labels.ndim == 1
        sources.require(flat, where, f"the {name} arrays must be flat")
        whole = all(np.issubdtype(array.dtype, np.integer) for array in (tokens, lengths, labels))
        sources.require(whole, where, "integers wanted")
        sources.require(len(lengths) == len(labels) > 0, where, f"{name} has as many lengths as labels")
        adds_up = lengths.min() >= 0 and lengths.sum() == len(tokens)
        sources.require(adds_up, where, f"{name}_lengths must add up to the tokens")
        sources.require(len(tokens) and tokens.min() >= 1, where, "ranks count from 1")
        sources.require(np.isin(labels, (0, 1)).all(), where, "labels are 0 or 1")
        part |= {"tokens": tokens.astype("int64"), "lengths": lengths.astype("int64")}
    ranked = isinstance(word_index, dict) and all(type(rank) is int for rank in word_index.values())
    sources.require(ranked, index_where, "it maps words to ranks")
    ranks = np.array(list(word_index.values()))
    for part in (train, test):
        wordless = part["tokens"][~np.isin(part["tokens"], ranks)]
        sources.require(not len(wordless), index_where, f"rank {wordless.max(initial=0)} needs a word")
    return train, test, word_index, _source(train, test, word_index)


def _source(train, test, word_index):
    """Complete are 25,000 + 25,000 reviews, half of each positive, and a word for each rank."""
    sizes = [len(part["labels"]) for part in (train, test)]
    positive = [part["labels"].sum() for part in (train, test)]
    highest = max(part["tokens"].max() for part in (train, test))
    words_for = {rank for rank in word_index.values() if 1 <= rank <= highest}
    complete = sizes == [REVIEWS, REVIEWS] and positive == [REVIEWS / 2] * 2 and len(words_for) == highest
    return sources.real("IMDB", "reviews", *sizes, complete)
