"""IMDB: Keras's form, the split, the places it comes from, and what is said of a bad file."""

import json

import keras
import numpy as np
import pytest
from unrolled import data
from unrolled.data import imdb

WORDS = ("the", "film", "was", "good", "bad")


def tiny():
    """Two training and two test reviews in the form of the real ones, as arrays."""
    return {
        "train_tokens": np.array([1, 2, 3, 4, 5, 1, 5], "int32"),
        "train_lengths": np.array([4, 3], "int32"),
        "train_labels": np.array([1, 0], "int8"),
        "test_tokens": np.array([5, 4], "int32"),
        "test_lengths": np.array([0, 2], "int32"),
        "test_labels": np.array([0, 1], "int8"),
    }


def store(folder, words=WORDS, **arrays):
    """Put the tiny data set into `folder`, with these arrays in place of its own; None leaves one out."""
    kept = {name: array for name, array in (tiny() | arrays).items() if array is not None}
    np.savez(folder / "imdb.npz", **kept)
    word_index = {word: rank for rank, word in enumerate(words, 1) if word}
    (folder / "imdb_word_index.json").write_text(json.dumps(word_index))


@pytest.fixture
def folder(full, monkeypatch, tmp_path):
    """The folder that UNROLLED_DATA names in a full run, with the tiny data set in it."""
    store(tmp_path)
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    return tmp_path


# Padding


def by_keras(tokens, lengths, num_words, maxlen, keep="last"):
    """What `pad` should give, by Keras's own means, one review after another."""
    ends = np.cumsum(lengths)
    reviews = [tokens[end - length : end] for end, length in zip(ends, lengths, strict=True)]
    marked = [[1] + [rank + 3 if rank + 3 < num_words else 2 for rank in review] for review in reviews]
    return keras.utils.pad_sequences(marked, maxlen, truncating={"last": "pre", "first": "post"}[keep])


@pytest.mark.parametrize("num_words", (4, 50, 10_000))
@pytest.mark.parametrize("maxlen", (1, 2, 12, 13, 60))
@pytest.mark.parametrize("keep", ("last", "first"))
def test_pad_is_keras_s(num_words, maxlen, keep):
    rng = np.random.default_rng(maxlen + num_words)
    lengths = np.concatenate([[0, 11, 12, 13, 0], rng.integers(0, 40, 100), [0]])
    tokens = rng.integers(1, 90, lengths.sum()).astype("int32")
    padded = imdb.pad(tokens, lengths, num_words, maxlen, keep)
    assert padded.dtype == np.int32
    np.testing.assert_array_equal(padded, by_keras(tokens, lengths, num_words, maxlen, keep))


def test_pad_one_by_hand():
    tokens, lengths = np.array([9, 5, 6, 7, 5, 6], "int32"), np.array([0, 1, 2, 3])
    np.testing.assert_array_equal(
        imdb.pad(tokens, lengths, 10, 3), [[0, 0, 1], [0, 1, 2], [1, 8, 9], [2, 8, 9]]
    )


# From a folder


def test_reviews_from_a_folder(folder):
    reviews = data.reviews(7, 4)
    np.testing.assert_array_equal(reviews.x_train, [[4, 5, 6, 2], [1, 2, 4, 2]])
    np.testing.assert_array_equal(reviews.x_test, [[0, 0, 0, 1], [0, 1, 2, 2]])
    np.testing.assert_array_equal(reviews.y_train, [1, 0])
    np.testing.assert_array_equal(reviews.y_test, [0, 1])
    assert {reviews.x_train.dtype, reviews.x_val.dtype, reviews.x_test.dtype} == {np.dtype("int32")}
    assert {reviews.y_train.dtype, reviews.y_val.dtype, reviews.y_test.dtype} == {np.dtype("int64")}
    assert reviews.x_val.shape == (0, 4)
    assert reviews.decode(reviews.x_train[0]) == "the film was [?]"
    assert reviews.decode(reviews.x_test[1]) == "[start] [?] [?]"


@pytest.mark.parametrize("kind", ("uint8", "uint32", "int64", "uint64"))
def test_any_integers_will_do(folder, kind):
    words = [f"word {rank}" for rank in range(1, 256)]
    arrays = tiny() | {"test_tokens": np.array([255, 254])}
    store(folder, words, **arrays)
    before = data.reviews(1_000, 6)
    store(folder, words, **{name: array.astype(kind) for name, array in arrays.items()})
    assert data.reviews(1_000, 6).sha256 == before.sha256
    assert before.decode(before.x_test[1]) == "[start] word 255 word 254"


def test_all_reviews_are_evidence(folder, monkeypatch):
    monkeypatch.setattr(imdb, "REVIEWS", 2)
    reviews = data.reviews(10, 5)
    assert reviews.source == "IMDB, all reviews" and reviews.evidence


PARTIAL = {
    "fewer reviews": {},
    "labels out of balance": {"train_labels": np.array([1, 1])},
    "a rank without a word": {"words": ("the", "film", "", "good", "bad"), "train_tokens": np.full(7, 1)},
}
"""Data sets that can be used and are no evidence: the first beside 25,000 reviews, the others beside 2."""


@pytest.mark.parametrize("why", PARTIAL)
def test_partial_reviews_are_no_evidence(folder, monkeypatch, why):
    if PARTIAL[why]:
        monkeypatch.setattr(imdb, "REVIEWS", 2)
    store(folder, **PARTIAL[why])
    reviews = data.reviews(10, 5)
    assert reviews.source == "IMDB, 2 + 2 reviews" and not reviews.evidence
    assert reviews.full_examples == 2


@pytest.mark.parametrize("name", ("imdb.npz", "imdb_word_index.json"))
def test_file_missing(folder, complaint, name):
    (folder / name).unlink()
    assert complaint(data.reviews, 10, 5) == f"UNROLLED_DATA has no {name}: {folder} must hold it"


@pytest.mark.parametrize("name", ("imdb.npz", "imdb_word_index.json"))
def test_file_cut_short(folder, complaint, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    assert complaint(data.reviews, 10, 5).startswith(f"{folder / name} cannot be read: ")


WRONG = {
    "lacks train_lengths": {"train_lengths": None},
    "lacks test_tokens, test_labels": {"test_tokens": None, "test_labels": None},
    "train_lengths must add up": {"train_lengths": np.array([4, 4])},
    "test_lengths must add up": {"test_lengths": np.array([-1, 3])},
    "integers wanted": {"train_tokens": np.ones(7)},
    "integers": {"test_labels": np.array([0.0, 1.0])},
    "the train arrays must be flat": {"train_tokens": np.ones((7, 1), "int32")},
    "test has as many lengths as labels": {"test_labels": np.array([0, 1, 1])},
    "train has as many": {"train_lengths": np.zeros(0, "int32"), "train_labels": np.zeros(0, "int8")},
    "labels are 0 or 1": {"train_labels": np.array([1, 2])},
    "labels are 0": {"test_labels": np.array([1, -1])},
    "ranks count from 1": {"train_tokens": np.array([1, 2, 0, 4, 5, 1, 5])},
    "rank 6 needs a word": {"test_tokens": np.array([6, 1])},
    "rank 3 needs a word": {"words": ("the", "film", "", "good", "bad")},
}


@pytest.mark.parametrize("what", WRONG)
def test_reviews_in_a_wrong_form(folder, complaint, what):
    store(folder, **WRONG[what])
    assert what in complaint(data.reviews, 10, 5)


def test_keras_s_own_file_is_not_taken_for_ours(folder, complaint):
    np.savez(folder / "imdb.npz", x_train=np.zeros(2), y_train=np.zeros(2))
    assert "imdb.npz lacks train_tokens, train_lengths" in complaint(data.reviews, 10, 5)


@pytest.mark.parametrize(
    ("text", "what"),
    (
        ("[1, 2]", "maps words to ranks"),
        ('{"the": "1"}', "maps words to ranks"),
        ('{"the": 1.0}', "maps words to ranks"),
        ("{}", "rank 5 needs a word"),
    ),
)
def test_word_index_in_a_wrong_form(folder, complaint, text, what):
    (folder / "imdb_word_index.json").write_text(text)
    told = complaint(data.reviews, 10, 5)
    assert "imdb_word_index.json is not in the expected form" in told and what in told


# From Keras


@pytest.fixture
def by_loader(full, monkeypatch):
    """A stand-in for Keras's loader, and what it gives to train on: lists in an array of objects, labels."""
    ragged = np.empty(3, object)
    ragged[:] = [[5, 4, 3], [1, 2], [6]]
    labels = np.array([1, 0, 1])

    def load_data(num_words, start_char, oov_char, index_from):
        assert (start_char, oov_char, index_from) == (None, None, 0) and num_words > 100_000
        return (ragged, labels), (ragged[1:], labels[1:])

    monkeypatch.setattr(keras.datasets.imdb, "load_data", load_data)
    monkeypatch.setattr(
        keras.datasets.imdb, "get_word_index", lambda: {word: rank for rank, word in enumerate("abcdef", 1)}
    )
    return ragged, labels


def test_reviews_from_keras(by_loader, capsys):
    reviews = data.reviews(9, 4)
    assert reviews.source == "IMDB, 3 + 2 reviews"
    np.testing.assert_array_equal(reviews.x_train, [[1, 8, 7, 6], [0, 1, 4, 5], [0, 0, 1, 2]])
    np.testing.assert_array_equal(reviews.x_test, reviews.x_train[1:])
    assert reviews.decode(reviews.x_train[0]) == "[start] e d c"
    assert capsys.readouterr().out == ""


def test_keras_s_reviews_are_checked_as_well(by_loader, complaint):
    _, labels = by_loader
    labels[0] = 7
    told = complaint(data.reviews, 9, 4)
    assert told == "Keras's imdb.npz is not in the expected form: labels are 0 or 1"


def test_keras_has_none(full, monkeypatch, complaint):
    def load_data(**options):
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.datasets.imdb, "load_data", load_data)
    assert complaint(data.reviews, 10, 5).startswith("IMDB could not be loaded (URL fetch failure): ")


# The split and the arguments


@pytest.fixture
def few(quick, monkeypatch):
    """A quick run on twenty reviews."""
    monkeypatch.setattr(imdb, "QUICK_REVIEWS", 20)


def test_validation_takes_the_last_reviews(few):
    whole, split = data.reviews(1_000, 50), data.reviews(1_000, 50, validation=5_000)
    assert len(split.x_train) == 16 and len(split.x_val) == 4
    np.testing.assert_array_equal(np.concatenate([split.x_train, split.x_val]), whole.x_train)
    np.testing.assert_array_equal(np.concatenate([split.y_train, split.y_val]), whole.y_train)
    assert (whole.full_examples, split.full_examples) == (25_000, 20_000)
    assert split.batches(8).full_examples == 20_000
    assert list(whole.sha256) == ["x_train", "y_train", "x_test", "y_test"]
    assert split.sha256.keys() - whole.sha256.keys() == {"x_val", "y_val"}
    assert split.sha256["x_test"] == whole.sha256["x_test"]
    assert split.sha256["x_train"] != whole.sha256["x_train"]


@pytest.mark.parametrize(
    ("arguments", "what"),
    (
        ((2, 5, 0), "num_words is 2; it takes a whole number from 3 on"),
        ((10, 0, 0), "maxlen is 0; it takes a whole number from 1 on"),
        ((10, 5.0, 0), "maxlen is 5.0; it takes a whole number from 1 on"),
        ((10, 5, -1), "validation is -1; it takes a whole number from 0 to 24,999"),
        ((10, 5, 0.2), "validation is 0.2; it takes a whole number from 0 to 24,999"),
        ((10, 5, 25_000), "validation is 25000; it takes a whole number from 0 to 24,999"),
    ),
)
def test_arguments_out_of_range(few, complaint, arguments, what):
    assert complaint(data.reviews, *arguments) == what


def test_arguments_at_their_limits(few):
    smallest = data.reviews(3, 1, validation=24_999)
    assert (len(smallest.x_train), len(smallest.x_val), smallest.full_examples) == (1, 19, 1)
    assert smallest.x_train.max() < 3


# The sample


def test_sample_reviews(quick):
    reviews = data.reviews(10_000, 500)
    assert reviews.x_train.shape == (imdb.QUICK_REVIEWS, 500)
    assert reviews.x_test.shape == (imdb.QUICK_TEST, 500)
    assert reviews.y_train.mean() == reviews.y_test.mean() == 0.5
    assert reviews.source == "built-in sample" and not reviews.evidence
    assert (reviews.x_train[:, -1] > 3).all()
    shortest = reviews.x_train[np.argmin((reviews.x_train > 0).sum(axis=1))]
    assert reviews.decode(shortest).startswith("[start] ")
    assert "[?]" not in reviews.decode(shortest)


def test_sample_reviews_in_a_full_run(full, monkeypatch):
    monkeypatch.setenv("UNROLLED_DATA", "sample")
    monkeypatch.setattr(imdb, "REVIEWS", 20)
    reviews = data.reviews(1_000, 50, validation=4)
    assert (len(reviews.x_train), len(reviews.x_val), reviews.full_examples) == (16, 4, 16)
    assert reviews.source == "built-in sample" and not reviews.evidence


# The real thing


def test_real_reviews(real):
    reviews = data.reviews(10_000, 500, validation=5_000)
    assert reviews.source == "IMDB, all reviews" and reviews.evidence
    assert reviews.x_train.shape == (20_000, 500) and reviews.x_val.shape == (5_000, 500)
    assert reviews.x_test.shape == (25_000, 500) and reviews.y_test.sum() == 12_500
    assert reviews.full_examples == 20_000
    assert reviews.x_train.max() == reviews.x_test.max() == 9_999
    assert [reviews.words[rank] for rank in (1, 2, 3)] == ["the", "and", "a"]
    assert len(reviews.sha256) == 6
    assert data.reviews(10_000, 500, validation=5_000).sha256 == reviews.sha256
