"""Words as vectors, and one sentence turned into another."""

from itertools import pairwise

from drawing.vocabulary import SMALL, Canvas, figure


@figure
def encoder_decoder():
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


@figure
def word_lookup():
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
