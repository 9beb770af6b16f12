"""The data that are at hand are those of the committed records: ids, labels and split."""

import pytest
from unrolled import data, settings
from unrolled.evidence import archive

LESSONS = {
    "simple_rnn_imdb": lambda: data.reviews(num_words=10_000, maxlen=500),
    "dropout_rnn_imdb": lambda: data.reviews(num_words=10_000, maxlen=500, validation=5_000),
    "mnist_as_sequence": data.digits,
}


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_data_have_the_recorded_fingerprint(lesson, real):
    """Another copy of a data set may be as real, but its numbers are not those of the records."""
    one = archive.read(settings.RESULTS / settings.record_name(lesson, "tensorflow", 0))
    assert LESSONS[lesson]().sha256 == one["data"]["sha256"]
