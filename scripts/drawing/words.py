"""Words: as rows of an embedding, through the review models, and from one language to another."""

from itertools import pairwise

from drawing.vocabulary import SMALL, TINY, Canvas, figure


@figure("word_lookup")
def rows_of_the_embedding():
    """A sentence becomes words, the words become ids, the ids pick rows of the embedding."""
    c = Canvas(600, 300)
    for x, words in (
        (62, "words"),
        (168, "ids"),
        (344, "embedding:\n50,000 rows of 150"),
        (526, "vectors of 150"),
    ):
        c.text(x, 272, words, SMALL, None)
    rows = [238 - 26 * k for k in range(9)]
    for k, y in enumerate(rows):
        if k in (2, 5, 8):
            c.dots(344, y)
        else:
            c.cells(344, y, [False] * 8, "input" if k in (1, 4, 6) else None, 12, 18)
    for k, (word, number, row) in enumerate((("I", "5", 1), ("drink", "3,377", 6), ("milk", "1,204", 4))):
        y = 212 - 78 * k
        token, index = c.box(62, y, word, "input", 70), c.box(168, y, number, "input", 62)
        vector = c.cells(526, y, [False] * 8, "input", 12, 18)
        c.arrow(token, index)
        c.arrow(index, (238, y), (258, rows[row]), (296, rows[row]), radius=6)
        c.arrow((392, rows[row]), (420, rows[row]), (440, y), vector, radius=6)
    return c.figure


COLUMNS, STEPS = (158, 282, 532), ("1", "2", "500")
"""Where the first, the second and the last stage stand, and their numbers."""


@figure("rnn40")
def review_model_with_simple_rnn():
    """From words through one-hot vectors and the embedding to 500 stages and one output."""
    c = Canvas(600, 430)
    stages = [c.box(x, 270, f"$Z_{{{i}}}$") for x, i in zip(COLUMNS, STEPS, strict=True)]
    for before, after in between(stages, 270):
        c.arrow(before, after, label="$W$")
    review_model(c, stages, 270, "$U$", "32 units,\n2,080 weights")
    return c.figure


@figure("rnn47")
def review_model_with_lstm():
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


@figure("encoder_decoder")
def encoder_and_decoder():
    """English read backwards by an encoder, French written by a decoder."""
    c = Canvas(600, 370)
    for x, title, words in (
        (16, "Encoder", "reads “I drink milk” backwards"),
        (262, "Decoder", "reads each word that it has just written"),
    ):
        c.title(x, 350, title)
        c.text(x, 328, words, SMALL, None, ha="left")
    read, written = ("milk", "drink", "I"), ("Je", "bois", "du", "lait", "<eos>")
    columns = [45 + 71 * k + (14 if k > 2 else 0) for k in range(8)]
    cells = []
    for x, word in zip(columns, (*read, "<go>", *written[:4]), strict=True):
        c.text(x, 36, word)
        vector = c.cells(x, 92, [False] * 4, "input", 10, 12)
        c.arrow((x, 48), vector)
        cells.append(c.box(x, 156, "", "hidden", 42, 42))
        c.arrow(vector, cells[-1])
    for before, after in pairwise(cells):
        c.arrow(before, after, meaning="hidden", lw=2)
    for k, (cell, word) in enumerate(zip(cells[3:], written, strict=True)):
        softmax = c.box(cell.x, 230, "softmax", "output", 56, 28, SMALL)
        c.arrow(cell, softmax)
        c.arrow(softmax, (cell.x, 280))
        c.text(cell.x, 292, word)
        if k < 4:
            way = cell.x + 35.5
            c.arrow(
                (cell.x + 20, 292),
                (way, 292),
                (way, 36),
                (way + 16, 36),
                meaning=None,
                dashed=True,
                lw=1,
                head=7,
            )
    return c.figure
