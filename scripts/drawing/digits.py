"""A handwritten digit as a sequence of rows: the models of source 001."""

import shutil
import tempfile
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from PIL import Image

from drawing.gates import lstm
from drawing.vocabulary import SMALL, TINY, CannotDraw, Canvas, figure


@cache
def digit():
    """A digit of 28 × 28 grey levels from 0 to 1, made from a letter's outline."""
    outline = TextPath((0, 0), "5", size=24, prop=FontProperties(family="DejaVu Sans", weight="bold"))
    low, high = outline.vertices.min(axis=0), outline.vertices.max(axis=0)
    fine = (np.arange(28 * 4) + 0.5) / 4 - 14
    x, y = np.meshgrid(fine, -fine)
    middle = (low + high) / 2
    slanted = np.column_stack([x.ravel() * 0.95 - 0.2 * y.ravel(), y.ravel() * 0.95]) + middle
    inside = outline.contains_points(slanted).reshape(28, 4, 28, 4)
    return inside.mean(axis=(1, 3))


def picture(c, pixels, x, y, w, h):
    """Grey levels, 1 for black, in a frame around (x, y)."""
    edges = x - w / 2, x + w / 2, y - h / 2, y + h / 2
    c.sheet.imshow(pixels, cmap="gray_r", vmin=0, vmax=1, extent=edges, interpolation="nearest", zorder=3)
    c.sheet.set(xlim=(0, c.width), ylim=(0, c.height), aspect="auto")
    return c.outline(x, y, w, h, "input")


@figure("mnist_rnn")
def digit_row_by_row():
    """A digit enters the network row by row; the last state decides which digit it is."""
    c = Canvas(600, 300)
    image = picture(c, digit(), 100, 168, 168, 168)
    stages = []
    for row, y in ((1, 262), (14, 168), (28, 74)):
        line = image.y + 84 - (row - 0.5) * 6
        c.outline(100, line, 168, 6)
        strip = picture(c, digit()[row - 1 : row], 268, y, 112, 12)
        c.line((184, line), (198, line), (198, y), (212, y), meaning=None, lw=1, radius=6)
        stages.append(c.box(382, y, f"$h_{{{row}}}$"))
        c.arrow(strip, stages[-1], label=f"$x_{{{row}}}$", meaning="input", side="above")
    for before, after in pairwise(stages):
        c.arrow(before, (382, before.y - 34))
        c.dots(382, before.y - 47, 8, upright=True)
        c.dots(268, before.y - 47, 8, upright=True)
        c.arrow((382, after.y + 34), after)
    scores, chances = c.box(462, 74, "Dense", "output", 62), c.box(546, 74, "softmax", "output", 70)
    c.arrow(stages[-1], scores)
    c.arrow(scores, chances)
    c.arrow(chances, (546, 140))
    c.text(546, 152, "“5”")
    for x, words in (
        (100, "28 rows\nof 28 pixels"),
        (268, "28 inputs\nof 28 numbers"),
        (382, "256 units"),
        (462, "10 scores"),
        (546, "10 probabilities"),
    ):
        c.text(x, 42, words, TINY, None, va="top")
    return c.figure


@figure("lstm_mnist")
def lstm_reads_rows():
    """The LSTM cell that reads a digit's rows, in the letters of source 001; its parameters are left out."""
    c = Canvas(600, 412)
    shown = lstm(c, ("$s_{t-1}$", "$s_t$"), ("$h_{t-1}$", "$h_t$"), "$x_t$", ("$f_t$", "$i_t$", "", "$q_t$"))
    c.arrow(picture(c, digit(), 44, 32, 48, 48), (115, 32), label="row $t$", size=SMALL)
    answer = c.box(438, 32, "Dense, softmax", "output", 126)
    c.arrow(shown, (shown.x, 32), answer)
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
    if not shutil.which("dot") or not find_spec("pydot"):
        raise CannotDraw("Graphviz or pydot is not installed")
    from keras.utils import plot_model

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.png"
        plot_model(mnist_model(), file, show_shapes=True, dpi=160)
        drawn = Image.open(file).convert("RGB")
    sheet = Image.new("RGB", (1200, drawn.height + 40), "white")
    sheet.paste(drawn, ((1200 - drawn.width) // 2, 20))
    return sheet
