"""The project's figures: a module of drawing functions for each topic, all in the words of `vocabulary`.

`pictures` makes the files of DL_images/ from them.
"""

from drawing import digits, gates, gradients, recurrence, shapes, words  # noqa: F401
from drawing.vocabulary import FIGURES, OUTSIDE, CannotDraw

__all__ = ["FIGURES", "OUTSIDE", "CannotDraw"]
