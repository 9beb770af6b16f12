"""The shapes of sequences: a sample, a batch, and five ways from inputs to outputs."""

from itertools import pairwise

from drawing.vocabulary import SMALL, TINY, Canvas, figure


def table(c, x, y, rows, columns, w, h, zorder=3):
    """A sheet of numbers from its lower left corner: a row for each step, a column for each feature."""
    sheet = c.box(x + columns * w / 2, y + rows * h / 2, "", "input", columns * w, rows * h, zorder=zorder)
    for k in range(1, rows):
        c.line((x, y + k * h), (x + columns * w, y + k * h), meaning="input", lw=0.7, zorder=zorder)
    for k in range(1, columns):
        c.line((x + k * w, y), (x + k * w, y + rows * h), meaning="input", lw=0.7, zorder=zorder)
    return sheet


@figure("rnn39")
def sample_and_batch():
    """A sample as a table of time × features, and a batch as a stack of such tables."""
    c = Canvas(600, 300)
    c.title(16, 280, "One sample", "a")
    sheet = table(c, 60, 46, 5, 5, 18, 40)
    stages = [
        c.box(256, 226 - 40 * k, f"$Z_{i}$" if i else "", "hidden" if i else None, 48, 25)
        for k, i in enumerate("123 R")
        if i != " "
    ]
    for stage, i in zip(stages, "123R", strict=True):
        c.arrow((sheet.right[0], stage.y), stage, label=f"$X_{i}$", meaning="input")
    for before, after in zip(stages[:2], stages[1:], strict=False):
        c.arrow(before, after, head=7)
    c.arrow(stages[2], (256, 118), head=7)
    c.dots(256, 106, gap=7, upright=True)
    c.arrow((256, 94), stages[3], head=7)
    c.arrow((46, 246), (46, 46), label="time", side="left", meaning=None, lw=1.1, head=8, size=SMALL)
    c.arrow((60, 32), (150, 32), label="features", side="below", meaning=None, lw=1.1, head=8, size=SMALL)
    c.text(256, 24, "stages", SMALL, None)

    c.title(330, 280, "A batch of samples", "b")
    for k in (2, 1, 0):
        sheet = table(c, 400 + 26 * k, 46 + 24 * k, 5, 5, 18, 30, zorder=3 - 0.2 * k)
    c.arrow((386, 196), (386, 46), label="time", side="left", meaning=None, lw=1.1, head=8, size=SMALL)
    c.arrow((400, 32), (490, 32), label="features", side="below", meaning=None, lw=1.1, head=8, size=SMALL)
    c.arrow((503, 46), (555, 94), meaning=None, lw=1.1, head=8)
    c.text(536, 60, "samples", SMALL, None, ha="left")
    return c.figure


@figure("sequence_shapes")
def five_shapes_of_sequences():
    """One to one, one to many, many to one, many to many after reading, many to many in step."""
    c = Canvas(600, 300)
    shapes = (
        ("one\nto one", "an image:\nits class", (0,), (0,)),
        ("one\nto many", "an image:\nits caption", (0,), (0, 1, 2)),
        ("many\nto one", "a review:\ngood or bad", (0, 1, 2), (2,)),
        ("many to many,\nafter reading", "a sentence:\nits translation", (0, 1, 2), (2, 3, 4)),
        ("many to many,\nin step", "a video:\na label a frame", (0, 1, 2), (0, 1, 2)),
    )
    for middle, (words, example, inputs, outputs) in zip((38, 134, 246, 394, 542), shapes, strict=True):
        steps = max(inputs + outputs) + 1
        stages = [c.box(middle + 36 * (k - (steps - 1) / 2), 152, "", "hidden", 20, 40) for k in range(steps)]
        for before, after in pairwise(stages):
            c.arrow(before, after, head=7)
        for k in inputs:
            c.arrow(c.box(stages[k].x, 88, "", "input", 20, 40), stages[k], head=7)
        for k in outputs:
            c.arrow(stages[k], c.box(stages[k].x, 216, "", "output", 20, 40), head=7)
        c.text(middle, 270, words, SMALL)
        c.text(middle, 38, example, TINY, None)
    return c.figure
