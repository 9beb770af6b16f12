"""The data sets of the lessons: the real thing first, a built-in sample where that is asked for.

- `sources`: where data come from and what is said of them; it knows no data set.
- `batches`: examples in batches, in an order that seed and epoch decide.
- `imdb`, `mnist`: a file for each data set, with its folder form, Keras's loader and its sample.
- `python`: source code to learn to write, a file of this project.
- `own`: a reader's own file, in the form of the reviews.
- `grammar`: composes the reviews of the sample.
- `phrase_book`: composes pairs of sentences, English and French, for a lesson that computes its data itself.

A new data set is a file like `mnist`, a line below, its files in the README.md beside it, and a line
in tests/unrolled/test_data_sets.py. It defines what lessons see, a `sources.DataSet` and the function of that
name in small letters, which hands `sources.load` a function for each place the data may come from.
"""
# ruff: noqa: F401

from .batches import Batches
from .imdb import INDEX_FROM, START, UNKNOWN, Reviews, reviews
from .mnist import Digits, digits
from .own import texts
from .phrase_book import PhraseBook, phrase_book
from .python import Code, code
from .sources import COMPUTED, SAMPLE, Source
