"""Charts: what they show is said in words, and they look like the project's."""

import io

import numpy as np
import pytest
from PIL import Image
from unrolled.show import charts, style

HISTORY = {"acc": [0.6, 0.9], "loss": [0.7, 0.3], "val_acc": [0.58, 0.71], "val_loss": [0.69, 0.75]}
PUBLISHED = {
    "acc": [0.7, 0.8, 0.9],
    "loss": [0.6, 0.4, 0.3],
    "val_acc": [0.72, 0.87, 0.85],
    "val_loss": [0.6, 0.4, 0.5],
}


@pytest.fixture
def shown(monkeypatch):
    """What was shown: a list of (PNG bytes, alt text)."""
    pictures = []
    monkeypatch.setattr(style, "show", lambda png, alt: pictures.append((png, alt)))
    return pictures


def test_learning_curves_are_described(shown):
    charts.learning_curves(HISTORY, "IMDB, full", PUBLISHED)
    [(png, alt)] = shown
    assert Image.open(io.BytesIO(png)).width == 1200
    assert "best in epoch 2 with 0.71" in alt and "lowest in epoch 1" in alt and "IMDB, full" in alt
    assert "The source" in alt and "epoch 2 with 0.87" in alt


def test_curves_are_drawn_and_differ_with_what_they_show(shown):
    charts.over_epochs({"a": [0.1, 0.2], "source": [0.3, 0.1]}, "IMDB, full")
    charts.over_epochs({"a": [0.2, 0.1], "source": [0.3, 0.1]}, "IMDB, full")
    first, second = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) for png, _ in shown)
    assert first.shape == second.shape and (first != second).any()
    published_grey = tuple(int(style.COLOURS["published"][i : i + 2], 16) for i in (1, 3, 5))
    assert (first == published_grey).all(axis=-1).sum() > 100


def test_the_colours_of_two_meanings_stay_apart_in_grey():
    def lightness(colour):
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert len(set(style.COLOURS.values())) == len(style.COLOURS)
    assert abs(lightness(charts.OURS) - lightness(charts.THEIRS)) > 0.05
    assert all(lightness(style.COLOURS["ink"]) < lightness(colour) - 0.1 for colour in charts.COLOURS)
