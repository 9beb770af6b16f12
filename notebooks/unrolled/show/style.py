"""One visual style: a Matplotlib style sheet and a palette that gives one meaning to one colour.

The colours are those of Okabe and Ito (2008), *Color Universal Design*, chosen to stay apart for
colour-blind readers; every mark that carries a meaning also carries a label, a dash or a marker,
so that nothing is lost in grey.
"""

import base64
from pathlib import Path

from IPython.display import display

COLOURS = {
    "input": "#56B4E9",
    "hidden": "#009E73",
    "output": "#E69F00",
    "gate": "#CC79A7",
    "gradient": "#D55E00",
    "state": "#F0E442",
    "measured": "#0072B2",
    "published": "#7A7A7A",
    "ink": "#222222",
}
"""Hexadecimal RGB colour of each meaning; `state` is an LSTM's cell state, `ink` is text and lines."""

SHEET = Path(__file__).with_name("unrolled.mplstyle")
"""The Matplotlib style sheet: `matplotlib.pyplot.style.use(style.SHEET)`."""

WIDTH = 600
"""How wide a picture is shown, in pixels; it is stored twice as fine."""


def show(png, alt):
    """Show a picture, the bytes of a PNG, with its alt text, which also stands where only text can be shown.

    The picture becomes an output of the cell, so that it is there wherever the notebook is opened.
    """
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": alt}
    display(data, metadata={"image/png": {"width": WIDTH, "alt": alt}}, raw=True)
