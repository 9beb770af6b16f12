"""The sample's reviews: their form, and that the order of their words is what decides."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import scipy.sparse
from sklearn.linear_model import LogisticRegression
from unrolled.data import grammar, imdb

SEEDS = range(2)
CUT = 30
"""Tokens a review keeps in the small task; the longest verdict has fewer."""


@pytest.fixture(scope="module")
def sample():
    return {seed: grammar.reviews(3_000, 3_000, seed) for seed in SEEDS}


def texts(part, word_index):
    """The reviews of one part as lists of words."""
    words = {rank: word for word, rank in word_index.items()}
    tokens = [words[rank] for rank in part["tokens"]]
    ends = np.cumsum(part["lengths"])
    return [tokens[end - length : end] for end, length in zip(ends, part["lengths"], strict=True)]


def counts(ids):
    """How often each id occurs in each row of a padded matrix, padding left out."""
    rows, columns = np.nonzero(ids)
    ones = np.ones(len(rows))
    return scipy.sparse.coo_matrix((ones, (rows, ids[rows, columns])), (len(ids), 400)).tocsr()


def padded(sample, maxlen):
    """The small task as arrays: training ids and labels, test ids and labels."""
    train, test, _ = sample
    ids = [imdb.pad(part["tokens"], part["lengths"], 400, maxlen) for part in (train, test)]
    return ids[0], train["labels"], ids[1], test["labels"]


@pytest.mark.parametrize("part", (0, 1), ids=("train", "test"))
def test_form(sample, part):
    reviews = sample[0][part]
    assert (reviews["tokens"].dtype, reviews["lengths"].dtype, reviews["labels"].dtype) == (
        np.int32,
        np.int64,
        np.int8,
    )
    assert reviews["lengths"].shape == reviews["labels"].shape == (3_000,)
    assert reviews["tokens"].shape == (reviews["lengths"].sum(),)
    assert reviews["tokens"].min() == 1
    assert reviews["labels"].sum() == 1_500
    assert 0.4 < reviews["labels"][:500].mean() < 0.6


def test_ranks_go_by_frequency(sample):
    train, test, word_index = sample[0]
    assert sorted(word_index.values()) == list(range(1, len(word_index) + 1))
    often = np.bincount(train["tokens"])[1:]
    assert len(often) == len(word_index) and often.min() >= 1
    assert (np.diff(often) <= 0).all()
    assert test["tokens"].max() <= len(word_index)


def test_a_word_that_only_test_reviews_have_is_left_out():
    train, test, word_index = grammar.reviews(2, 2, 0)
    assert train["tokens"].max() == len(word_index)
    assert test["tokens"].max() <= len(word_index)
    assert test["lengths"].sum() == len(test["tokens"])


def test_lengths_are_like_the_real_ones(sample):
    for seed in SEEDS:
        for part in sample[seed][:2]:
            lengths = part["lengths"]
            assert lengths.mean() == pytest.approx(238, abs=12)
            assert np.median(lengths) == pytest.approx(176, abs=12)
            assert 0.05 < (lengths > 500).mean() < 0.12
            assert lengths.min() >= 15
            assert lengths.max() <= 1_500


def test_reads_like_a_review(sample):
    train, _, word_index = sample[0]
    assert all(word.isalpha() and word.islower() for word in word_index)
    polarity = {word: side for side in ("GOOD", "BAD") for word in grammar.GRAMMAR[side].split(" | ")}
    plain = 0
    for review, label in zip(texts(train, word_index), train["labels"], strict=True):
        last = [polarity[word] for word in review[-CUT:] if word in polarity][-1]
        plain += last == ("GOOD" if label else "BAD")
    assert 0.6 < plain / 3_000 < 0.8, "the last word of praise or blame alone must not settle the label"


def test_no_symbol_is_left_over(sample):
    symbols = {*grammar.RULES, *grammar.PRAISE}
    used = {word for patterns in grammar.RULES.values() for pattern in patterns for word in pattern}
    assert {word for word in used if word.isupper()} <= symbols
    assert symbols - {"OPENING", "FACT", "OPINION", "VERDICT", "GOOD", "BAD"} <= used


def test_every_process_composes_the_same():
    """The grammar alone is imported, without the package: that spares each process Keras."""
    code = (
        "import zlib, grammar\n"
        "train, test, words = grammar.reviews(50, 50, 7)\n"
        "print([zlib.crc32(part[key].tobytes()) for part in (train, test) for key in sorted(part)], words)"
    )
    first, second = (
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(grammar.__file__).parent,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    )
    assert first == second != ""


def test_seeds_and_parts_differ():
    (train, test, _), (other, _, _) = grammar.reviews(50, 50, 0), grammar.reviews(50, 50, 1)
    assert not np.array_equal(train["lengths"], other["lengths"])
    assert not np.array_equal(train["lengths"], test["lengths"])


@pytest.mark.parametrize("maxlen", (CUT, 1_500), ids=("ends", "whole reviews"))
@pytest.mark.parametrize("seed", SEEDS)
def test_counting_words_is_not_enough(sample, seed, maxlen):
    x, y, x_test, y_test = padded(sample[seed], maxlen)
    model = LogisticRegression(C=0.1, solver="newton-cholesky").fit(counts(x), y)
    assert 0.52 < model.score(counts(x_test), y_test) < 0.8


def test_reading_in_order_is():
    """The same ends of reviews that counting cannot judge, read by a small recurrent network."""
    x, y, x_test, y_test = padded(grammar.reviews(2_000, 2_000, 0), CUT)
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Embedding(400, 32),
            keras.layers.SimpleRNN(32),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(1e-2), "binary_crossentropy", metrics=["acc"], jit_compile=False)
    model.fit(x, y, batch_size=32, verbose=0)
    assert model.evaluate(x_test, y_test, verbose=0)[1] > 0.92
