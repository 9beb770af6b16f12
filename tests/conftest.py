"""How all tests begin, and in which order their files are handed out."""

SLOW = ("training", "gate", "schedule", "environment", "drawing", "colab", "keras2", "reproduce", "store")
"""What takes longest goes first: else one core would be left alone with it at the end."""


def pytest_configure(config):
    config.option.loadscopereorder = False  # pytest-xdist would begin with the files of the most tests


def pytest_collection_modifyitems(items):
    place = {f"test_{name}": number for number, name in enumerate(SLOW)}
    items.sort(key=lambda item: place.get(item.path.stem, len(SLOW)))


def pytest_collectstart():
    """TensorFlow reads its settings once: they stand before any test imports Keras, as in a lesson.

    Not sooner: the process that only hands out the tests collects none, and needs no TensorFlow.
    """
    from unrolled import machine  # noqa: F401
