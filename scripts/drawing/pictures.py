"""The files of DL_images/: each figure as a PNG file, and the gallery of all."""

import hashlib
import io

import matplotlib.style
import numpy as np
from PIL import Image, PngImagePlugin
from unrolled import UnrolledError
from unrolled.show import figures
from unrolled.show.style import SHEET, WIDTH

from drawing import FIGURES, OUTSIDE, CannotDraw

FOLDER = figures.FOLDER
STYLE = ["default", str(SHEET), {"figure.constrained_layout.use": False}]
"""Matplotlib's defaults, so that a person's own settings change nothing, then the project's sheet. A drawing
says itself where everything stands."""
PALETTE = 96
"""How many colours a picture has: flat areas and their soft edges need no more."""
TOLERANCE = 12
"""How far, of 255, the means of two pictures' blocks of 8 × 8 pixels may lie apart."""


SIGNATURE = "sha256"
"""Under what name a picture of data holds their digest: it tells numbers that look alike."""


def draw(name):
    """The figure as a Matplotlib figure, or as an image if another program drew it.

    Raises `CannotDraw` where that program is missing.
    """
    with matplotlib.style.context(STYLE):
        return FIGURES[name]()


def png(drawing):
    """The bytes of a drawing's PNG file; nothing in them changes from run to run."""
    if not isinstance(drawing, Image.Image):
        file = io.BytesIO()
        with matplotlib.style.context(STYLE):
            drawing.savefig(file, format="png", dpi=200)
        drawing = Image.open(file)
    return _small(drawing)


def _small(image, **options):
    """The bytes of an image as a PNG file of few colours."""
    file = io.BytesIO()
    few = image.convert("RGB").quantize(PALETTE, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True, **options)
    return file.getvalue()


def same(picture, other):
    """Whether two PNG files show the same, soft edges aside."""
    if picture == other:
        return True
    pixels = [np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), float) for data in (picture, other)]
    if pixels[0].shape != pixels[1].shape:
        return False
    distance = np.abs(pixels[0] - pixels[1])
    height, width = (side // 8 * 8 for side in distance.shape[:2])
    blocks = distance[:height, :width].reshape(height // 8, 8, width // 8, 8, 3)
    return blocks.mean(axis=(1, 3)).max() <= TOLERANCE


def signed(picture, data):
    """A PNG file with the SHA-256 of the `data` (bytes) that it shows: see `signature`."""
    text = PngImagePlugin.PngInfo()
    text.add_text(SIGNATURE, hashlib.sha256(data).hexdigest())
    return _small(Image.open(io.BytesIO(picture)), pnginfo=text)


def signature(picture):
    """The SHA-256 of the data that a PNG file shows, as it says itself, or None."""
    return Image.open(io.BytesIO(picture)).info.get(SIGNATURE)


def is_current(name):
    """Whether the figure's file is there and shows what the code draws.

    A figure that another program draws depends on that program's version: only its file is asked for.
    """
    file = FOLDER / f"{name}.png"
    return file.exists() and (name in OUTSIDE or same(file.read_bytes(), png(draw(name))))


HEADING = """# The figures

Every figure of the lessons, drawn by `scripts/draw_figures`, which also writes this page from
[captions.toml](captions.toml). They are this project's own drawings, made from what the sources explain.
They stand under the name of their lesson, or under their topic; after each stands the source's figure that
it answers to.
"""


def gallery():
    """The text of DL_images/README.md: every figure with its caption and source, by lesson or topic.

    Raises `UnrolledError` unless captions.toml describes exactly the figures that are drawn.
    """
    entries = figures.captions()
    if undescribed := FIGURES.keys() - entries:
        raise UnrolledError(f"DL_images/captions.toml has no entry for {', '.join(sorted(undescribed))}")
    if undrawn := entries.keys() - FIGURES:
        raise UnrolledError(f"DL_images/captions.toml: no function draws {', '.join(sorted(undrawn))}")
    groups = {}
    for name, entry in entries.items():
        groups.setdefault(entry.get("lesson") or entry["topic"], []).append(
            f'<img src="{name}.png" width="{WIDTH}" alt="{entry["alt"]}">\n\n'
            f"**{name}**: {entry['caption']} *({entry['source']})*\n"
        )
    parts = [HEADING]
    for group, pictures in groups.items():
        parts += [f"## {group}\n", *pictures]
    return "\n".join(parts)


def stale(names):
    """The names of the files that are not what the code makes, those of these figures and of the gallery."""
    text, readme = gallery(), FOLDER / "README.md"
    files = [f"{name}.png" for name in names if not is_current(name)]
    if not readme.exists() or readme.read_text(encoding="utf-8") != text:
        files.append(readme.name)
    return files


def write(names):
    """Draw these figures and write the gallery; why a figure cannot be drawn here, by its name."""
    text, reasons = gallery(), {}
    for name in names:
        try:
            (FOLDER / f"{name}.png").write_bytes(png(draw(name)))
        except CannotDraw as reason:
            reasons[name] = reason
    (FOLDER / "README.md").write_text(text, encoding="utf-8")
    return reasons
