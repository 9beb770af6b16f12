"""Film reviews as sequences: the shape of the data, the first model and the LSTM model."""

from drawing.vocabulary import SMALL, TINY, Canvas, figure


def table(c, x, y, rows, columns, w, h, zorder=3):
    """A sheet of numbers with its lower left corner at (x, y): a row for each step, a column for each feature."""
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
    stages = [c.box(256, 226 - 40 * k, f"$Z_{i}$" if i else "", "hidden" if i else None, 48, 25)
              for k, i in enumerate("123 R") if i != " "]
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
    stages = []
    for x, word, i, hot in ((158, "“this”", "1", 2), (282, "“film”", "2", 5), (532, "“great”", "500", 4)):
        c.text(x, 26, word)
        one_hot = c.cells(x, 66, [k == hot for k in range(8)], w=10)
        embedding = c.box(x, 130, "Embedding", "input", 92)
        vector = c.box(x, 200, f"$X_{{{i}}}$", "input")
        stages.append(c.box(x, 270, f"$Z_{{{i}}}$"))
        for below, above, label in (((x, 38), one_hot, ""), (one_hot, embedding, ""), (embedding, vector, ""),
                                    (vector, stages[-1], "$U$")):
            c.arrow(below, above, label=label)
    for before, after in ((stages[0], stages[1]), (stages[1], (385, 270)), ((429, 270), stages[2])):
        c.arrow(before, after, label="$W$")
    for height in (26, 66, 130, 200, 270):
        c.dots(407, height)
    logit = c.node(532, 336, r"$\Sigma$", "output", 13)
    c.arrow(stages[2], logit, label="$V$")
    c.arrow(logit, c.box(532, 400, "$Y$", "output"), label=r"$\sigma$")
    for height, words in ((26, "word"), (66, "one-hot,\n10,000 long"), (130, "matrix\n10,000 × 32"),
                          (200, "32 numbers"), (270, "32 units"), (336, "one logit"),
                          (400, "one probability:\na positive review?")):
        c.text(16, height, words, TINY, None, ha="left")
    return c.figure
