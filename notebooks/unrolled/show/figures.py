"""The project's drawings, shown in a notebook with caption and alt text.

The pictures and `captions.toml` lie in DL_images/; `scripts/draw_figures` draws them.
"""

import io
import shutil
import tomllib
from difflib import get_close_matches
from importlib.util import find_spec

from IPython.display import display
from PIL import Image

from .. import UnrolledError
from ..settings import ROOT
from . import style

FOLDER = ROOT / "DL_images"
"""Where the pictures and their captions lie."""

MARGIN = 20
"""The margin around a model that Keras draws, in pixels of the file."""

SAID = ("source", "caption", "alt")
PLACES = ("lesson", "topic")
ALT = 100
"""So many characters say hardly more than a title."""


def captions():
    """What is said about each figure, by its name: `source`, `caption`, `alt`, and `lesson` or else `topic`.

    Raises `UnrolledError` if captions.toml is not there, or an entry lacks a key or has one too many.
    """
    try:
        entries = tomllib.loads((FOLDER / "captions.toml").read_text(encoding="utf-8"))
    except OSError:
        raise UnrolledError(
            "DL_images/captions.toml is not there: open the notebook inside the project"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise UnrolledError(f"DL_images/captions.toml: {error}") from None
    for name, entry in entries.items():
        if mistake := _mistake(entry):
            raise UnrolledError(f"DL_images/captions.toml: {name} {mistake}")
    return entries


def _mistake(entry):
    """What is wrong with an entry of captions.toml, as the end of a sentence, or None."""
    for key in SAID:
        if not entry.get(key):
            return f"has no {key}"
    for key in entry:
        if key not in SAID + PLACES:
            return f"has an unknown key: {key}"
    if sum(key in entry for key in PLACES) != 1:
        return "needs either a lesson or a topic"
    if len(entry["alt"]) <= ALT:
        return f"has an alt of {len(entry['alt'])} characters: say in more than {ALT} what it shows"
    return None


def nearest(name, names):
    """The names most like a mistyped one, or all of them if none is like it, in one line of text."""
    return ", ".join(get_close_matches(name, names, cutoff=0.4) or sorted(names))


def show(name):
    """Show a figure, 600 px wide, with its alt text, and its caption below it.

    The picture is stored in the notebook, so that it is there wherever the notebook is opened. Where nothing
    but text can be shown, its alt text is.
    """
    _display(bundles(name))


def bundles(name):
    """What `show` displays: a list of (data, metadata): of the picture, the caption, the alt text.

    Raises `UnrolledError` for an unknown figure, and where its picture is missing.
    """
    entries = captions()
    if name not in entries:
        raise UnrolledError(f"there is no figure {name!r}; the nearest are: {nearest(name, entries)}")
    picture = FOLDER / f"{name}.png"
    if not picture.exists():
        raise UnrolledError(f"DL_images/{name}.png is missing: run scripts/draw_figures {name}")
    return _bundles(picture.read_bytes(), entries[name])


def plot_model(model, name):
    """Show `model` as Keras draws it where Graphviz is installed, elsewhere its committed figure `name`."""
    if not can_plot():
        return show(name)
    file = io.BytesIO()
    model_picture(model).save(file, "PNG", optimize=True)
    _display(_bundles(file.getvalue(), captions()[name]))


def can_plot():
    """Whether Keras can draw a model here: it needs the program Graphviz, and pydot."""
    return bool(shutil.which("dot") and find_spec("pydot"))


def model_picture(model):
    """The layers of `model` and their shapes as Keras draws them, with a margin around: an image of Pillow,
    at least twice `style.WIDTH` wide. Needs Graphviz: see `can_plot`."""
    from keras.utils import model_to_dot

    dot = model_to_dot(model, show_shapes=True, show_layer_names=False, dpi=160)
    drawn = Image.open(io.BytesIO(dot.create_png()))
    width = max(2 * style.WIDTH, drawn.width + 2 * MARGIN)
    sheet = Image.new("RGB", (width, drawn.height + 2 * MARGIN), "white")
    sheet.paste(drawn.convert("RGB"), ((width - drawn.width) // 2, MARGIN))
    return sheet


def _bundles(png, entry):
    """The picture of an entry in captions.toml, the caption, and the alt text folded."""
    caption = {"text/markdown": entry["caption"], "text/plain": entry["caption"]}
    return [style.bundle(png, entry["alt"]), (caption, {}), (style.folded("In words", entry["alt"]), {})]


def _display(outputs):
    for data, metadata in outputs:
        display(data, metadata=metadata, raw=True)
