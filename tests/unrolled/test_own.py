"""A reader's own file of texts: its form, and what is said of a bad one; a text of one's own."""

import csv

import numpy as np
import pytest
from unrolled import UnrolledError, data
from unrolled.data import own


def written(path, rows, header=("text", "label"), encoding="utf-8"):
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows([header, *rows])
    return path


def rows(number=200):
    return [
        (f"A good film, the {i}th of its kind" if i % 2 else f"Bad! Bad, film {i}.", i % 2)
        for i in range(number)
    ]


def test_a_file_of_200_rows(tmp_path):
    mine = data.texts(written(tmp_path / "mine.csv", rows()), num_words=100, maxlen=12)
    assert mine.x_train.shape == (120, 12) and mine.x_val.shape == mine.x_test.shape == (40, 12)
    assert (mine.x_train.dtype, mine.y_train.dtype) == (np.dtype("int32"), np.dtype("int64"))
    assert not mine.evidence and str(mine.source) == "mine.csv, 200 texts"
    everything = np.concatenate([mine.x_train, mine.x_val, mine.x_test])
    labels = np.concatenate([mine.y_train, mine.y_val, mine.y_test])
    for ids, label in zip(everything, labels, strict=True):
        assert ("good" in mine.decode(ids)) == bool(label)
    assert {mine.words[1], mine.words[2]} == {"bad", "film"}
    ids = mine.encode("A good film")
    assert mine.decode(ids) == "[start] a good film"


def test_the_vocabulary_is_that_of_the_texts_to_train_on(tmp_path):
    mine = data.texts(written(tmp_path / "mine.csv", rows()), num_words=5, maxlen=12)
    assert set(np.unique(mine.x_train)) <= {0, 1, 2, 4}


@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        ({"header": ("review", "label")}, "the first line must name the columns text and label"),
        ({"rows": [*rows(60), ("fine", "2")]}, "line 62: the label is '2', not 0 or 1"),
        ({"rows": [*rows(60), ("fine", "")]}, "line 62: the label is '', not 0 or 1"),
        ({"rows": [*rows(60), ("...", "1")]}, "line 62: '...' has no word to read"),
        ({"rows": rows(own.FEWEST - 1)}, f"has 49 texts; at least {own.FEWEST}"),
        ({"rows": [(text, 1) for text, _ in rows()]}, "of both labels are needed"),
        ({"rows": [*rows(60), ("é", "1")], "encoding": "latin-1"}, "is not in UTF-8"),
    ],
)
def test_a_bad_file_is_told_in_one_line(tmp_path, plant, complaint):
    path = written(tmp_path / "mine.csv", **({"rows": rows()} | plant))
    with pytest.raises(UnrolledError, match=complaint) as error:
        data.texts(path, num_words=100, maxlen=12)
    assert "\n" not in str(error.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(UnrolledError, match="cannot be read: No such file"):
        data.texts(tmp_path / "mine.csv", num_words=100, maxlen=12)


def test_a_text_of_ones_own():
    reviews = data.reviews(num_words=10_000, maxlen=20)
    ids = reviews.encode("Don\u2019t watch it: a xyzzy FILM!")
    assert (ids.shape, ids.dtype) == ((20,), np.dtype("int32"))
    assert reviews.decode(ids).endswith("a [?] film")
    assert len(reviews.encode("film " * 50)) == 20
    for known in reviews.x_test[:50]:
        words = reviews.decode(known)
        if "[?]" not in words and words.startswith("[start] "):
            np.testing.assert_array_equal(reviews.encode(words.removeprefix("[start] ")), known)


@pytest.mark.parametrize("text", ("", "  ", "?!", 3, None, ["good"]))
def test_what_is_no_text(text):
    with pytest.raises(UnrolledError, match="has no word to read|between quotation marks"):
        data.reviews(num_words=100, maxlen=20).encode(text)
