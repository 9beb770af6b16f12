"""A handwritten digit as a sequence of rows: the models of source 001."""

from functools import cache
from itertools import pairwise

import numpy as np
from scipy.ndimage import zoom
from sklearn.datasets import load_digits
from unrolled.show import figures

from drawing.gates import lstm
from drawing.vocabulary import SMALL, TINY, CannotDraw, Canvas, figure


@cache
def digit():
    """A handwritten 5 of 28 × 28 grey levels from 0 to 1: one of scikit-learn's 8 × 8 digits, enlarged."""
    small = load_digits().images[541] / 16
    large = zoom(np.pad(small, 1), 2.4, order=3)
    return np.pad((1.8 * large - 0.45).clip(0, 1), 2)


def picture(c, pixels, x, y, w, h):
    """Grey levels, 1 for black, in a frame around (x, y)."""
    edges = x - w / 2, x + w / 2, y - h / 2, y + h / 2
    c.sheet.imshow(pixels, cmap="gray_r", vmin=0, vmax=1, extent=edges, interpolation="nearest", zorder=3)
    c.sheet.set(xlim=(0, c.width), ylim=(0, c.height), aspect="auto")
    return c.outline(x, y, w, h, "input")


@figure("mnist_rnn")
def digit_row_by_row():
    """A digit enters the network row by row; the last state decides which digit it is."""
    c = Canvas(600, 352)
    image = picture(c, digit(), 138, 196, 168, 168)
    c.arrow((42, 280), (42, 112), label="time", side="left", meaning=None, lw=1.1, head=8, size=SMALL)
    stages = []
    for row, y in ((6, 320), (13, 240), (20, 160), (28, 80)):
        stages.append(c.box(408, y, f"$h_{{{row}}}$"))
        if row == 28:
            continue
        line = image.y + 84 - (row - 0.5) * 6
        c.outline(image.x, line, 168, 6)
        strip = picture(c, digit()[row - 1 : row], 296, y, 112, 12)
        c.line((222, line), (231, line), (231, y), strip.left, meaning=None, lw=1, radius=5)
        c.arrow(strip, stages[-1], label=f"$x_{{{row}}}$", meaning="input", side="above")
    for before, after in pairwise(stages):
        middle = (before.y + after.y) / 2
        c.arrow(before, (408, middle + 9), meaning="hidden")
        c.dots(408, middle, 6, upright=True)
        c.arrow((408, middle - 9), after, meaning="hidden")
        c.dots(296, middle, 6, upright=True)
    scores, chances = c.box(480, 80, "Dense", "output", 58), c.box(555, 80, "softmax", "output", 64)
    c.arrow(stages[-1], scores, meaning="output")
    c.arrow(scores, chances, meaning="output")
    c.arrow(chances, c.word(555, 160, "“5”"), meaning="output")
    for x, words in (
        (138, "28 rows\nof 28 pixels"),
        (296, "28 inputs\nof 28 numbers"),
        (408, "256\nunits"),
        (480, "10\nscores"),
        (555, "10\nprobabilities"),
    ):
        c.text(x, 50, words, TINY, None, va="top")
    return c.figure


@figure("lstm_mnist")
def lstm_reads_rows():
    """The LSTM cell that reads a digit's rows, in the letters of source 001; its parameters are left out."""
    c = Canvas(600, 412)
    shown = lstm(c, ("$s_{t-1}$", "$s_t$"), ("$h_{t-1}$", "$h_t$"), "$x_t$", ("$f_t$", "$i_t$", "", "$q_t$"))
    c.arrow(picture(c, digit(), 44, 32, 48, 48), (115, 32), label="row $t$", meaning="input", size=SMALL)
    answer = c.box(438, 32, "Dense, softmax", "output", 126)
    c.arrow(shown, (shown.x, 32), answer, meaning="output")
    c.text(366, 32, "after row 28:", SMALL, None, ha="right")
    return c.figure


def mnist_model():
    """The model of source 001."""
    from keras import Input, Sequential, layers

    return Sequential(
        [Input((28, 28)), layers.SimpleRNN(256, dropout=0.2), layers.Dense(10), layers.Activation("softmax")]
    )


@figure("mnist_rnn_model", outside=True)
def digit_model():
    """The model of source 001 as Keras itself draws it, with Graphviz."""
    if not figures.can_plot():
        raise CannotDraw("Graphviz or pydot is not installed")
    return figures.model_picture(mnist_model())
