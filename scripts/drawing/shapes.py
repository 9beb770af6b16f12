"""The shapes of sequences: a sample, a batch, and five ways from inputs to outputs."""

from itertools import pairwise

from drawing.vocabulary import SMALL, TINY, Canvas, figure

ROWS, LEFT_OUT = 5, 1
"""How many rows a table shows, and which of them, from below, stands for all that are left out."""


def table(c, x, y, h, zorder=3):
    """A sheet of numbers from its lower left corner: a row for each step, a column for each feature."""
    columns, w = 5, 18
    right, top = x + columns * w, y + ROWS * h
    gap = y + LEFT_OUT * h, y + (LEFT_OUT + 1) * h
    sheet = c.box((x + right) / 2, (y + top) / 2, "", "input", right - x, top - y, zorder=zorder)
    lines = [((x, y + k * h), (right, y + k * h)) for k in range(1, ROWS)]
    for k in range(1, columns):
        lines += [((x + k * w, low), (x + k * w, high)) for low, high in ((y, gap[0]), (gap[1], top))]
    for line in lines:
        c.line(*line, meaning="input", lw=0.7, zorder=zorder)
    if zorder == 3:
        c.dots((x + right) / 2, sum(gap) / 2, 7, upright=True)
    return sheet


def axis(c, start, end, words, side):
    """Along what the numbers of a table change."""
    c.arrow(start, end, label=words, side=side, meaning=None, lw=1.1, head=8, size=SMALL)


@figure("rnn39")
def sample_and_batch():
    """A sample as a table of time × features, and a batch as a stack of such tables."""
    c = Canvas(600, 344)
    c.title(16, 324, "One sample", "a")
    c.text(16, 288, "time × features\n500 × 32", SMALL, None, ha="left")
    sheet = table(c, 60, 46, 42)
    stages = [
        c.box(256, sheet.y + 42 * (2 - k), f"$Z_{{{i}}}$", w=48, h=25)
        for k, i in enumerate((1, 2, 3, None, 500))
        if i
    ]
    for stage, i in zip(stages, (1, 2, 3, 500), strict=True):
        c.arrow((sheet.right[0], stage.y), stage, label=f"$X_{{{i}}}$", meaning="input")
    for before, after in zip(stages[:2], stages[1:], strict=False):
        c.arrow(before, after, meaning="hidden", head=7)
    gap = sheet.y - 42
    c.arrow(stages[2], (256, gap + 13), meaning="hidden", head=7)
    c.dots(256, gap, gap=7, upright=True)
    c.arrow((256, gap - 13), stages[3], meaning="hidden", head=7)
    axis(c, (46, 256), (46, 46), "time", "left")
    axis(c, (60, 32), (150, 32), "features", "below")
    c.text(256, 24, "stages", SMALL, None)

    c.title(336, 324, "A batch of samples", "b")
    c.text(336, 288, "samples × time × features\n128 × 500 × 32", SMALL, None, ha="left")
    for k in (2, 1, 0):
        table(c, 400 + 26 * k, 46 + 24 * k, 31, zorder=3 - 0.2 * k)
    axis(c, (386, 201), (386, 46), "time", "left")
    axis(c, (400, 32), (490, 32), "features", "below")
    c.arrow((503, 46), (555, 94), meaning=None, lw=1.1, head=8)
    c.text(536, 60, "samples", SMALL, None, ha="left")
    return c.figure


@figure("sequence_shapes")
def five_shapes_of_sequences():
    """One to one, one to many, many to one, many to many after reading, many to many in step."""
    c = Canvas(600, 338)
    shapes = (
        ("one\nto one", "an image:\nits class", (0,), (0,)),
        ("one\nto many", "an image:\nits caption", (0,), (0, 1, 2)),
        ("many\nto one", "a review:\ngood or bad", (0, 1, 2), (2,)),
        ("many to many,\nafter reading", "a sentence:\nits translation", (0, 1, 2), (2, 3, 4)),
        ("many to many,\nin step", "a video:\na label a frame", (0, 1, 2), (0, 1, 2)),
    )
    for middle, (words, example, inputs, outputs) in zip((38, 124, 237, 383, 538), shapes, strict=True):
        steps = max(inputs + outputs) + 1
        stages = [c.box(middle + 30 * (k - (steps - 1) / 2), 190, "", "hidden", 16, 38) for k in range(steps)]
        for before, after in pairwise(stages):
            c.arrow(before, after, meaning="hidden", head=7)
        for k in inputs:
            c.arrow(c.box(stages[k].x, 126, "", "input", 16, 38), stages[k], meaning="input", head=7)
        for k in outputs:
            c.arrow(stages[k], c.box(stages[k].x, 254, "", "output", 16, 38), meaning="output", head=7)
        c.text(middle, 308, words, SMALL)
        c.text(middle, 76, example, TINY, None)
    for x, meaning, words in ((150, "input", "input"), (270, "hidden", "state"), (390, "output", "output")):
        c.box(x, 26, "", meaning, 14, 20)
        c.text(x + 14, 26, words, SMALL, meaning, ha="left")
    return c.figure
