"""One visual style: a Matplotlib style sheet, a palette that gives one meaning to one colour, and how a
picture or a folded answer becomes a cell's output.

The colours are those of Okabe and Ito (2008), *Color Universal Design*, chosen to stay apart for
colour-blind readers; every mark that carries a meaning also carries a label, a dash or a marker,
so that nothing is lost in grey.
"""

import base64
from html import escape
from pathlib import Path

from IPython.display import display
from matplotlib.colors import to_hex, to_rgb

from .. import UnrolledError

COLOURS = {
    "input": "#56B4E9",
    "hidden": "#009E73",
    "output": "#E69F00",
    "gate": "#CC79A7",
    "gradient": "#D55E00",
    "state": "#F0E442",
    "measured": "#0072B2",
    "published": "#6B6B6B",
    "ink": "#222222",
}
"""Hexadecimal RGB colour of each meaning; `state` is an LSTM's cell state, `ink` is text and lines."""

BLUE, GREEN, ORANGE, PINK = (COLOURS[name] for name in ("measured", "hidden", "output", "gate"))
RED, SKY, INK = (COLOURS[name] for name in ("gradient", "input", "ink"))
GREY = COLOURS["published"]

MODELS = {
    "SimpleRNN": BLUE,
    "SimpleRNN, RMSprop": ORANGE,
    "SimpleRNN, Adam": PINK,
    "SimpleRNN, 512 units": INK,
    "SimpleRNN, He": SKY,
    "SimpleRNN, dropout": ORANGE,
    "LSTM": RED,
    "LSTM, 12 units": PINK,
    "LSTM, no input gate": SKY,
    "LSTM, no forget gate": INK,
    "LSTM, no output gate": ORANGE,
    "GRU": GREEN,
    "GRU, today's default": SKY,
    "GRU, in order": PINK,
    "four levels": ORANGE,
    "three levels": ORANGE,
    "three kinds": PINK,
    "backward": SKY,
    "both directions": PINK,
    "one mask": PINK,
    "fresh masks": ORANGE,
    "bag of words": INK,
    "dense": SKY,
    "convolution": GREEN,
    "full BPTT": BLUE,
    "state handed on": GREEN,
    "state dropped": ORANGE,
    "before training": PINK,
    "forgetful start": INK,
    "last value": GREY,
    "linear": ORANGE,
    "convolution of width 7": ORANGE,
    "sentiment task": BLUE,
    "skip-gram": ORANGE,
    "random start": BLUE,
    "pretrained and frozen": SKY,
    "pretrained and fine-tuned": ORANGE,
}
"""The colour of each model in every chart of every lesson, by the name that stands on the screen; a size or
a setting behind it ("LSTM, 12 units") shares it. Two that appear in one chart differ."""

SHEET = Path(__file__).with_name("unrolled.mplstyle")
"""The Matplotlib style sheet: `matplotlib.pyplot.style.use(style.SHEET)`."""

WIDTH = 600
"""How wide a picture is shown, in pixels; it is stored twice as fine."""


def colour(label):
    """The colour of a model: that of the longest name in `MODELS` with which `label` begins.

    What begins with "source" or "chance" is grey. Raises `UnrolledError` for any other label.
    """
    if label.startswith(("source", "chance")):
        return GREY
    known = [name for name in MODELS if label.startswith(name)]
    if not known:
        raise UnrolledError(
            f"no colour is set for {label!r}: begin the label with one of {', '.join(MODELS)}, "
            "or add a name to MODELS in show/style.py"
        )
    return MODELS[max(known, key=len)]


def tints(shade, number):
    """`number` shades of one colour, from itself to a pale one, for the seeds of one model: a list."""
    return [
        to_hex([1 - (1 - part) * (1 - 0.6 * i / max(1, number - 1)) for part in to_rgb(shade)])
        for i in range(number)
    ]


def bundle(png, alt):
    """The data and the metadata of a picture as a cell's output: two dicts.

    `png`: the bytes of the picture; `alt`: what it shows, in words, for those who do not see it. HTML takes
    the words along, where metadata do not reach the reader; the bare picture serves where HTML is not shown,
    the bare words where nothing else is.
    """
    picture = base64.b64encode(png).decode()
    look = "max-width: 100%; box-sizing: border-box; padding: 6px; background: white"
    html = f'<img width="{WIDTH}" style="{look}" alt="{escape(alt)}" src="data:image/png;base64,{picture}">'
    return {"image/png": picture, "text/html": html, "text/plain": alt}, {
        "image/png": {"width": WIDTH, "alt": alt}
    }


def folded(summary, text):
    """Text folded below a line, `summary`, as the data of an output; a line break begins a paragraph."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
    return {"text/html": f"<details><summary>{summary}</summary>{paragraphs}</details>", "text/plain": text}


def show(png, alt):
    """Show a picture, the bytes of a PNG, and below it its alt text, folded: see `bundle`."""
    data, metadata = bundle(png, alt)
    display(data, metadata=metadata, raw=True)
    display(folded("In words", alt), raw=True)


def answer(text):
    """Show the answer to a question of the lesson folded, so that a reader can think first."""
    display(folded("Answer", text), raw=True)
