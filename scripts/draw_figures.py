#!/usr/bin/env python
"""Draw the project's figures into DL_images/, and write their gallery there.

scripts/draw_figures.py               all of them
scripts/draw_figures.py rnn36 rnn4    these
scripts/draw_figures.py --check       write nothing; name what is not as the code draws it
"""

import argparse
import io
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "scripts")]

import matplotlib.style  # noqa: E402
import numpy as np  # noqa: E402
from drawing import FIGURES, OUTSIDE, CannotDraw  # noqa: E402
from PIL import Image  # noqa: E402
from unrolled import UnrolledError, figures  # noqa: E402
from unrolled.style import SHEET, WIDTH  # noqa: E402

FOLDER = figures.FOLDER
STYLE = ["default", str(SHEET), {"figure.constrained_layout.use": False}]
"""Matplotlib's defaults, so that a person's own settings change nothing, then the project's sheet. A drawing
says itself where everything stands."""
PALETTE = 96
"""How many colours a picture has: flat areas and their soft edges need no more."""
TOLERANCE = 12
"""How far, of 255, the means of two pictures' blocks of 8 × 8 pixels may lie apart."""


def draw(name):
    """The figure as a Matplotlib figure, or as an image if another program drew it."""
    with matplotlib.style.context(STYLE):
        return FIGURES[name]()


def png(drawing):
    """The bytes of a drawing's PNG file; nothing in them changes from run to run."""
    if not isinstance(drawing, Image.Image):
        file = io.BytesIO()
        with matplotlib.style.context(STYLE):
            drawing.savefig(file, format="png", dpi=200)
        drawing = Image.open(file)
    image = drawing.convert("RGB").quantize(PALETTE, dither=Image.Dither.NONE)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def same(picture, other):
    """Whether two PNG files show the same, soft edges aside."""
    pixels = [np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), float) for data in (picture, other)]
    if pixels[0].shape != pixels[1].shape:
        return False
    distance = np.abs(pixels[0] - pixels[1])
    height, width = (side // 8 * 8 for side in distance.shape[:2])
    blocks = distance[:height, :width].reshape(height // 8, 8, width // 8, 8, 3)
    return blocks.mean(axis=(1, 3)).max() <= TOLERANCE


def stale(name):
    """Whether the figure's file is missing or shows something else than the code draws.

    A figure that another program draws depends on that program's version: only its file is asked for.
    """
    file = FOLDER / f"{name}.png"
    return not file.exists() or (name not in OUTSIDE and not same(file.read_bytes(), png(draw(name))))


HEADING = """# The figures

Every figure of the lessons, drawn by `scripts/draw_figures.py`, which also writes this page from
[captions.toml](captions.toml). They are this project's own drawings, made from what the sources explain.
After each stands the source's figure that it answers to.
"""


def gallery():
    """The text of DL_images/README.md: every figure with its caption and source, by topic."""
    parts, topic = [HEADING], None
    for name, entry in figures.captions().items():
        if entry["topic"] != topic:
            topic = entry["topic"]
            parts.append(f"## {topic}\n")
        parts.append(f'<img src="{name}.png" width="{WIDTH}" alt="{entry["alt"]}">\n')
        parts.append(f"**{name}**: {entry['caption']} *({entry['source']})*\n")
    return "\n".join(parts)


def check(names):
    """Name the files that are not current; whether there are any."""
    wrong = [f"{name}.png" for name in names if stale(name)]
    readme = FOLDER / "README.md"
    if not readme.exists() or readme.read_text(encoding="utf-8") != gallery():
        wrong.append("README.md")
    for file in wrong:
        print(f"DL_images/{file} is not what the code makes: run scripts/draw_figures.py")
    return bool(wrong)


def write(names):
    """Draw the figures and their gallery into DL_images/."""
    for name in names:
        try:
            (FOLDER / f"{name}.png").write_bytes(png(draw(name)))
        except CannotDraw as reason:
            print(f"{name}: {reason}; DL_images/{name}.png stays as it is")
    (FOLDER / "README.md").write_text(gallery(), encoding="utf-8")
    print(f"{len(names)} figures and their gallery are in DL_images/")


def main(arguments=None):
    """Run the command; its exit status."""
    parser = argparse.ArgumentParser(description="Draw the project's figures into DL_images/.")
    parser.add_argument("name", nargs="*", help="the figures to draw; all if none is named")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name what is not as the code draws it"
    )
    options = parser.parse_args(arguments)
    for name in options.name:
        if name not in FIGURES:
            print(
                f"there is no figure {name!r}; the nearest are: {figures.nearest(name, FIGURES)}",
                file=sys.stderr,
            )
            return 2
    names = options.name or list(FIGURES)
    try:
        return check(names) if options.check else write(names)
    except (OSError, UnrolledError) as error:
        reason = f"cannot write {error.filename}: {error.strerror}" if isinstance(error, OSError) else error
        print(reason, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
