"""The data sets: Keras's form, the order of the places they come from, and what is said of a bad one."""

import json
import socket

import keras
import numpy as np
import pytest
from unrolled import UnrolledError, data, profile

REAL = profile.ROOT.parent / "shared" / "datasets"
"""Where a machine that cannot download the data sets has them; most machines do not."""

WORDS = ("the", "film", "was", "good", "bad")


def imdb():
    """A data set of four reviews in the form of the real one, as arrays."""
    return {
        "train_tokens": np.array([1, 2, 3, 4, 5, 1, 5], "int32"),
        "train_lengths": np.array([4, 3], "int32"),
        "train_labels": np.array([1, 0], "int8"),
        "test_tokens": np.array([5, 4], "int32"),
        "test_lengths": np.array([0, 2], "int32"),
        "test_labels": np.array([0, 1], "int8"),
    }


def mnist():
    """A data set of five digits in the form of the real one, as arrays."""
    images = np.arange(5 * 28 * 28).reshape(5, 28, 28).astype("uint8")
    labels = np.array([3, 0, 9, 1, 1], "uint8")
    return {"x_train": images[:3], "y_train": labels[:3], "x_test": images[3:], "y_test": labels[3:]}


def store(folder, **arrays):
    """Put both data sets into `folder`, with these arrays in place of their own; None leaves one out."""
    for name, own in (("imdb", imdb()), ("mnist", mnist())):
        own |= {key: value for key, value in arrays.items() if key in own}
        np.savez(folder / f"{name}.npz", **{key: value for key, value in own.items() if value is not None})
    word_index = {word: rank for rank, word in enumerate(WORDS, 1)}
    (folder / "imdb_word_index.json").write_text(json.dumps(word_index))


@pytest.fixture
def full(monkeypatch):
    """A full run without UNROLLED_DATA."""
    monkeypatch.setattr(profile, "quick", False)
    monkeypatch.delenv("UNROLLED_DATA", raising=False)


@pytest.fixture
def folder(full, monkeypatch, tmp_path):
    """The folder that UNROLLED_DATA names in a full run, with both data sets in it."""
    store(tmp_path)
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    return tmp_path


def message(load, *arguments):
    """The one line of the `UnrolledError` that `load` raises."""
    with pytest.raises(UnrolledError) as error:
        load(*arguments)
    assert error.value.__cause__ is None and error.value.__suppress_context__ or not error.value.__context__
    assert "\n" not in str(error.value)
    return str(error.value)


# Padding


def by_keras(tokens, lengths, num_words, maxlen):
    """What `pad` should give, by Keras's own means, one review after another."""
    ends = np.cumsum(lengths)
    reviews = [tokens[end - length : end] for end, length in zip(ends, lengths, strict=True)]
    marked = [[1] + [rank + 3 if rank + 3 < num_words else 2 for rank in review] for review in reviews]
    return keras.utils.pad_sequences(marked, maxlen)


@pytest.mark.parametrize("num_words", (4, 50, 10_000))
@pytest.mark.parametrize("maxlen", (1, 2, 12, 13, 60))
def test_pad_is_keras_s(num_words, maxlen):
    rng = np.random.default_rng(maxlen + num_words)
    lengths = np.concatenate([[0, 11, 12, 13, 0], rng.integers(0, 40, 100), [0]])
    tokens = rng.integers(1, 90, lengths.sum()).astype("int32")
    padded = data.pad(tokens, lengths, num_words, maxlen)
    assert padded.dtype == np.int32
    np.testing.assert_array_equal(padded, by_keras(tokens, lengths, num_words, maxlen))


def test_pad_one_by_hand():
    tokens, lengths = np.array([9, 5, 6, 7, 5, 6], "int32"), np.array([0, 1, 2, 3])
    np.testing.assert_array_equal(
        data.pad(tokens, lengths, 10, 3), [[0, 0, 1], [0, 1, 2], [1, 8, 9], [2, 8, 9]]
    )


# From a folder


def test_reviews_from_a_folder(folder):
    reviews = data.reviews(7, 4)
    np.testing.assert_array_equal(reviews.x_train, [[4, 5, 6, 2], [1, 2, 4, 2]])
    np.testing.assert_array_equal(reviews.x_test, [[0, 0, 0, 1], [0, 1, 2, 2]])
    np.testing.assert_array_equal(reviews.y_train, [1, 0])
    np.testing.assert_array_equal(reviews.y_test, [0, 1])
    assert {reviews.x_train.dtype, reviews.x_test.dtype} == {np.dtype("int32")}
    assert {reviews.y_train.dtype, reviews.y_test.dtype} == {np.dtype("int64")}
    assert reviews.source == "IMDB, full"
    assert reviews.decode(reviews.x_train[0]) == "the film was [?]"
    assert reviews.decode(reviews.x_test[1]) == "[start] [?] [?]"


@pytest.mark.parametrize("kind", ("uint8", "uint32", "int64", "uint64"))
def test_any_integers_will_do(folder, kind):
    before = data.reviews(100, 6)
    store(folder, **{name: array.astype(kind) for name, array in imdb().items()})
    after = data.reviews(100, 6)
    np.testing.assert_array_equal(before.x_train, after.x_train)
    np.testing.assert_array_equal(before.x_test, after.x_test)
    np.testing.assert_array_equal(before.y_train, after.y_train)


def test_digits_from_a_folder(folder):
    digits = data.digits()
    assert digits.source == "MNIST, full"
    assert digits.x_train.dtype == np.float32 and digits.y_train.dtype == np.int64
    np.testing.assert_allclose(digits.x_train * 255, mnist()["x_train"], atol=1e-4)
    np.testing.assert_array_equal(digits.y_test, [1, 1])


def test_quick_runs_do_not_look_there(folder, monkeypatch):
    monkeypatch.setattr(profile, "quick", True)
    monkeypatch.setattr(profile, "QUICK_EXAMPLES", 20)
    assert data.reviews(1_000, 50).source == data.digits().source == data.SAMPLE


@pytest.mark.parametrize("load", (lambda: data.reviews(10, 5), data.digits), ids=("reviews", "digits"))
def test_folder_missing(full, monkeypatch, tmp_path, load):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path / "nowhere"))
    assert "nowhere, which is no folder" in message(load)
    monkeypatch.setenv("UNROLLED_DATA", "")
    assert message(load).startswith("UNROLLED_DATA is empty")


@pytest.mark.parametrize("name", ("imdb.npz", "imdb_word_index.json", "mnist.npz"))
def test_file_missing(folder, name):
    (folder / name).unlink()
    load = data.digits if name == "mnist.npz" else lambda: data.reviews(10, 5)
    assert message(load) == f"UNROLLED_DATA has no {name}: {folder} must hold it"


def damage(path, how):
    whole = path.read_bytes()
    if how == "empty":
        path.write_bytes(b"")
    elif how == "text":
        path.write_text("<html>404 Not Found</html>")
    elif how == "array":
        with path.open("wb") as file:
            np.save(file, np.arange(3))
    elif how == "scratched":  # the first array's values, which the checksum guards
        path.write_bytes(whole[:170] + bytes(byte ^ 255 for byte in whole[170:200]) + whole[200:])
    else:
        path.write_bytes(whole[: int(len(whole) * how)])


@pytest.mark.parametrize("how", (0.1, 0.5, 0.99, "empty", "text", "array", "scratched"))
@pytest.mark.parametrize("name", ("imdb", "mnist"))
def test_file_unreadable(folder, name, how):
    damage(folder / f"{name}.npz", how)
    told = message(*((data.reviews, 10, 5) if name == "imdb" else (data.digits,)))
    assert told.endswith(f"{name}.npz cannot be read: the file is cut short or is no .npz; copy it again")


BAD_REVIEWS = {
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
}


@pytest.mark.parametrize("complaint", BAD_REVIEWS)
def test_reviews_in_a_wrong_form(folder, complaint):
    store(folder, **BAD_REVIEWS[complaint])
    assert complaint in message(data.reviews, 10, 5)


def test_keras_s_own_file_is_not_taken_for_ours(folder):
    np.savez(folder / "imdb.npz", x_train=np.zeros(2), y_train=np.zeros(2))
    assert "imdb.npz lacks train_tokens, train_lengths" in message(data.reviews, 10, 5)


@pytest.mark.parametrize(
    ("text", "complaint"),
    (
        (b"", "is no JSON"),
        (b'{"the": 1, "fi', "is no JSON"),
        (b"\xff\xfe\x00", "is no JSON"),
        (b"[1, 2]", "maps words to ranks"),
        (b'{"the": "1"}', "maps words to ranks"),
        (b"{}", "rank 5 needs a word"),
    ),
)
def test_bad_word_index(folder, text, complaint):
    (folder / "imdb_word_index.json").write_bytes(text)
    told = message(data.reviews, 10, 5)
    assert "imdb_word_index.json" in told and complaint in told


BAD_DIGITS = {
    "lacks y_test": {"y_test": None},
    "28×28 images": {"x_train": np.zeros((3, 784), "uint8")},
    "28×28 images of type uint8": {"x_test": np.zeros((2, 28, 28))},
    "a label 0 to 9": {"y_train": np.array([3, 0, 10])},
    "a label 0 to 9 an image": {"y_train": np.array([3, 0])},
    "a label": {"y_test": np.array([0.5, 1.0])},
}


@pytest.mark.parametrize("complaint", BAD_DIGITS)
def test_digits_in_a_wrong_form(folder, complaint):
    store(folder, **BAD_DIGITS[complaint])
    assert complaint in message(data.digits)


# From Keras, or not


def unreachable(*arguments, **options):
    raise Exception("URL fetch failure on https://example.org: None -- no route\nsecond line")


@pytest.mark.parametrize("name", ("imdb", "mnist"))
def test_no_network(full, monkeypatch, capsys, name):
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", unreachable)
    monkeypatch.setattr(profile, "examples", lambda full: 20)
    before = socket.getdefaulttimeout()
    sample = data.reviews(1_000, 50) if name == "imdb" else data.digits()
    assert sample.source == data.SAMPLE
    assert socket.getdefaulttimeout() == before
    notice = capsys.readouterr().out
    assert f"{name.upper()} could not be loaded: URL fetch failure" in notice
    assert "second line" not in notice
    assert "BUILT-IN SAMPLE" in notice and "no evidence" in notice and "UNROLLED_DATA" in notice


def test_reviews_from_keras(full, monkeypatch, capsys):
    """A stand-in for Keras's loader, which gives lists in an array of objects."""
    reviews = [[5, 4, 3], [1, 2], [6]]
    ragged = np.empty(3, object)
    ragged[:] = reviews
    labels = np.array([1, 0, 1])

    def load_data(num_words, start_char, oov_char, index_from):
        assert (start_char, oov_char, index_from) == (None, None, 0) and num_words > 100_000
        return (ragged, labels), (ragged[1:], labels[1:])

    monkeypatch.setattr(keras.datasets.imdb, "load_data", load_data)
    monkeypatch.setattr(
        keras.datasets.imdb, "get_word_index", lambda: {word: rank for rank, word in enumerate("abcdef", 1)}
    )
    loaded = data.reviews(9, 4)
    assert loaded.source == "IMDB, full"
    np.testing.assert_array_equal(loaded.x_train, [[1, 8, 7, 6], [0, 1, 4, 5], [0, 0, 1, 2]])
    np.testing.assert_array_equal(loaded.x_test, loaded.x_train[1:])
    assert loaded.decode(loaded.x_train[0]) == "[start] e d c"
    assert capsys.readouterr().out == ""


# The sample


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(profile, "quick", True)


def test_sample_reviews(quick):
    reviews = data.reviews(10_000, 500)
    assert reviews.x_train.shape == reviews.x_test.shape == (profile.QUICK_EXAMPLES, 500)
    assert reviews.y_train.mean() == reviews.y_test.mean() == 0.5
    assert reviews.source == data.SAMPLE
    assert (reviews.x_train[:, -1] > 3).all()
    shortest = reviews.x_train[np.argmin((reviews.x_train > 0).sum(axis=1))]
    assert reviews.decode(shortest).startswith("[start] ")
    assert "[?]" not in reviews.decode(shortest)


def test_sample_digits(quick):
    digits = data.digits()
    assert digits.source == data.SAMPLE
    assert (len(digits.x_train), len(digits.x_test)) == (1_536, 256)
    for x, y in ((digits.x_train, digits.y_train), (digits.x_test, digits.y_test)):
        assert x.shape == (len(y), 28, 28)
        assert (x.dtype, y.dtype) == (np.float32, np.int64)
        assert x.min() == 0 and 0.9 < x.max() <= 1
        assert set(y) == set(range(10))
        assert not x[:, :2].any() and not x[:, :, -2:].any()
    assert 0.1 < digits.x_train.mean() < 0.3


def test_sample_digits_follow_the_seed(quick, monkeypatch):
    first, again = data.digits(), data.digits()
    np.testing.assert_array_equal(first.x_train, again.x_train)
    monkeypatch.setattr(profile, "seed", profile.seed + 1)
    assert not np.array_equal(first.y_train, data.digits().y_train)


# The real thing


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data sets are not beside this checkout")
def test_real_reviews(full, monkeypatch):
    monkeypatch.setenv("UNROLLED_DATA", str(REAL))
    with np.load(REAL / "imdb.npz") as arrays:
        tokens, lengths = arrays["train_tokens"], arrays["train_lengths"]
        test_lengths = arrays["test_lengths"]
    reviews = data.reviews(10_000, 500)
    assert reviews.x_train.shape == reviews.x_test.shape == (25_000, 500)
    assert reviews.y_train.sum() == reviews.y_test.sum() == 12_500
    assert lengths.mean() + 1 == pytest.approx(238.70, abs=0.01)
    for x, all_lengths in ((reviews.x_train, lengths), (reviews.x_test, test_lengths)):
        np.testing.assert_array_equal((x > 0).sum(axis=1), np.minimum(all_lengths + 1, 500))
        assert x.max() == 9_999
    np.testing.assert_array_equal(
        reviews.x_train[:200], by_keras(tokens[: lengths[:200].sum()], lengths[:200], 10_000, 500)
    )
    assert list(reviews.x_train[1, 364:370]) == [1, 13, 104, 15, 4, 664]
    assert reviews.decode(reviews.x_train[1]).startswith("[start] i think that the shots and lighting were")
    assert [reviews.words[rank] for rank in (1, 2, 3)] == ["the", "and", "a"]


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data sets are not beside this checkout")
def test_real_digits(full, monkeypatch):
    monkeypatch.setenv("UNROLLED_DATA", str(REAL))
    digits = data.digits()
    assert digits.x_train.shape == (60_000, 28, 28) and digits.x_test.shape == (10_000, 28, 28)
    assert list(digits.y_test[:10]) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert digits.x_train.mean() == pytest.approx(0.1307, abs=1e-3)
