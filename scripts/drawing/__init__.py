"""The project's figures: `vocabulary` holds the words, every other module the figures of one topic."""

from drawing import imdb, lstm, mnist, recurrent, shapes, training, translation  # noqa: F401
from drawing.vocabulary import FIGURES, OUTSIDE, CannotDraw

__all__ = ["FIGURES", "OUTSIDE", "CannotDraw"]
