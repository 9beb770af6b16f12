"""The project's drawings, shown in a notebook with caption and alt text.

The pictures and `captions.toml` lie in DL_images/; `scripts/draw_figures.py` draws them.
"""

import tomllib
from difflib import get_close_matches
from pathlib import Path

from IPython.display import display

from . import UnrolledError, style

FOLDER = Path(__file__).resolve().parents[2] / "DL_images"
"""Where the pictures and their captions lie."""


def captions():
    """Each figure's caption, alt text, source and topic, by name."""
    try:
        return tomllib.loads((FOLDER / "captions.toml").read_text(encoding="utf-8"))
    except OSError:
        raise UnrolledError(
            "DL_images/captions.toml is not there: open the notebook inside the project"
        ) from None


def nearest(name, names):
    """The names most like a mistyped one, or all of them if none is like it, in one line of text."""
    return ", ".join(get_close_matches(name, names, cutoff=0.4) or sorted(names))


def show(name):
    """Show a figure, 600 px wide, with its alt text, and its caption below it.

    The picture is stored in the notebook, so that it is there wherever the notebook is opened. Where nothing
    but text can be shown, its alt text is.
    """
    entries = captions()
    if name not in entries:
        raise UnrolledError(f"there is no figure {name!r}; the nearest are: {nearest(name, entries)}")
    picture = FOLDER / f"{name}.png"
    if not picture.exists():
        raise UnrolledError(f"DL_images/{name}.png is missing: run scripts/draw_figures.py {name}")
    alt, caption = entries[name]["alt"], entries[name]["caption"]
    style.show(picture.read_bytes(), alt)
    display({"text/markdown": caption, "text/plain": caption}, raw=True)
