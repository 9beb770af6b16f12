"""Film reviews as sequences: the shape of the data, the first model and the LSTM model."""

from drawing.vocabulary import SMALL, TINY, Canvas, figure


def table(c, x, y, rows, columns, w, h, zorder=3):
    """A sheet of numbers from its lower left corner: a row for each step, a column for each feature."""
    sheet = c.box(x + columns * w / 2, y + rows * h / 2, "", "input", columns * w, rows * h, zorder=zorder)
    for k in range(1, rows):
        c.line((x, y + k * h), (x + columns * w, y + k * h), meaning="input", lw=0.7, zorder=zorder)
    for k in range(1, columns):
        c.line((x + k * w, y), (x + k * w, y + rows * h), meaning="input", lw=0.7, zorder=zorder)
    return sheet


@figure
def rnn39():
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


@figure
def rnn40():
    """From words through one-hot vectors and the embedding to 500 stages and one output."""
    c = Canvas(600, 430)
    stages = [c.box(x, 270, f"$Z_{{{i}}}$") for x, i in zip(COLUMNS, STEPS, strict=True)]
    for before, after in between(stages, 270):
        c.arrow(before, after, label="$W$")
    review_model(c, stages, 270, "$U$", "32 units,\n2,080 weights")
    return c.figure


@figure
def rnn47():
    """The same model with an LSTM layer: every stage hands on two states."""
    c = Canvas(600, 446)
    stages = [c.box(x, 278, "LSTM", "hidden", 64, 52) for x in COLUMNS]
    for dy, letter, meaning in ((13, "C", "state"), (-13, "Z", "hidden")):
        for (before, after), i in zip(between(stages, 278), ("1", "2", "499"), strict=True):
            start, end = (
                (getattr(stop, edge)[0], 278 + dy) if hasattr(stop, edge) else (stop[0], 278 + dy)
                for stop, edge in ((before, "right"), (after, "left"))
            )
            c.arrow(start, end, label=f"${letter}_{{{i}}}$", meaning=meaning, lw=2, size=SMALL)
    review_model(c, stages, 278, "", "32 units,\n8,320 weights")
    return c.figure


COLUMNS, STEPS = (158, 282, 532), ("1", "2", "500")
"""Where the first, the second and the last stage stand, and their numbers."""


def between(stages, y):
    """From where to where the arrows between the stages run, with a gap for the stages left out."""
    first, second, last = stages
    return (first, second), (second, (385, y)), ((429, y), last)


def review_model(c, stages, y, kernel, units):
    """What lies under and over the recurrent stages: the words, their vectors, the answer."""
    for stage, word, i, hot in zip(stages, ("“this”", "“film”", "“great”"), STEPS, (2, 5, 4), strict=True):
        x = stage.x
        c.text(x, 26, word)
        one_hot = c.cells(x, 66, [k == hot for k in range(8)], w=10)
        embedding = c.box(x, 130, "Embedding", "input", 92)
        vector = c.box(x, 200, f"$X_{{{i}}}$", "input")
        for below, above, label in (
            ((x, 38), one_hot, ""),
            (one_hot, embedding, ""),
            (embedding, vector, ""),
            (vector, stage, kernel),
        ):
            c.arrow(below, above, label=label)
    for height in (26, 66, 130, 200, y):
        c.dots(407, height)
    logit = c.node(532, y + 68, r"$\Sigma$", "output", 13)
    c.arrow(stages[-1], logit, label="$V$")
    c.arrow(logit, c.box(532, y + 132, "$Y$", "output"), label=r"$\sigma$")
    for height, words in (
        (26, "word"),
        (66, "one-hot,\n10,000 long"),
        (130, "matrix\n10,000 × 32"),
        (200, "32 numbers"),
        (y, units),
        (y + 68, "one logit,\n33 weights"),
        (y + 132, "one probability:\na positive review?"),
    ):
        c.text(16, height, words, TINY, None, ha="left")
