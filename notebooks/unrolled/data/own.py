"""A reader's own data: a CSV file of texts and labels, in the form of the film reviews."""

import csv
from collections import Counter
from pathlib import Path

import numpy as np

from .. import UnrolledError, settings
from .imdb import Reviews, pad, split
from .sources import Source, check_whole

COLUMNS = ("text", "label")
"""What the first line of the file names; a label is 0 or 1."""

FEWEST = 50
"""Texts below which there is nothing to train on and to test with."""


def texts(path, num_words, maxlen):
    """The texts of the CSV file `path` as `imdb.Reviews`, a fifth kept for validation and a fifth to test.

    Its first line names the columns `text` and `label`; labels are 0 or 1. The vocabulary is made of the
    texts to train on, ranked by how often a word occurs; which texts those are, the seed of the run decides.
    Raises `UnrolledError`, which names the line, for a file that is not so.
    """
    check_whole("num_words", num_words, 4)
    check_whole("maxlen", maxlen, 1)
    words, labels = _rows(Path(path))
    order = np.random.default_rng(settings.seed).permutation(len(words))
    first, second = len(words) * 3 // 5, len(words) * 4 // 5
    counts = Counter(word for i in order[:first] for word in words[i])
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    ranks = {word: rank for rank, word in enumerate(ranked, 1)}
    ids = [[ranks.get(word, num_words) for word in words[i]] for i in order]
    x = pad(np.concatenate(ids), np.array([len(one) for one in ids]), num_words, maxlen)
    y = np.array(labels, "int64")[order]
    return Reviews(
        x_train=x[:first],
        y_train=y[:first],
        x_val=x[first:second],
        y_val=y[first:second],
        x_test=x[second:],
        y_test=y[second:],
        source=Source(f"{Path(path).name}, {len(words):,} texts"),
        full_examples=first,
        words=dict(enumerate(ranked, 1)),
        num_words=num_words,
        maxlen=maxlen,
    )


def _rows(path):
    """The words of each text and the labels: a list of lists of strings, a list of ints."""
    words, labels = [], []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file, strict=True)
            if not set(COLUMNS) <= set(rows.fieldnames or ()):
                raise UnrolledError(f"{path}: the first line must name the columns {' and '.join(COLUMNS)}")
            for row in rows:
                text, label = (row[column] or "" for column in COLUMNS)
                if label.strip() not in ("0", "1"):
                    raise UnrolledError(f"{path}, line {rows.line_num}: the label is {label!r}, not 0 or 1")
                try:
                    words.append(split(text))
                except UnrolledError as error:
                    raise UnrolledError(f"{path}, line {rows.line_num}: {error}") from None
                labels.append(int(label))
    except OSError as error:
        raise UnrolledError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UnrolledError(f"{path} is not in UTF-8: save it as CSV UTF-8") from None
    except csv.Error as error:
        raise UnrolledError(f"{path}, line {rows.line_num}: {error}") from None
    if len(words) < FEWEST or len(set(labels)) < 2:
        raise UnrolledError(f"{path} has {len(words)} texts; at least {FEWEST} of both labels are needed")
    return words, labels
