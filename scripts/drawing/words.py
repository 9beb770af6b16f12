"""Words: as rows of an embedding, through the review models, and from one language to another."""

from itertools import pairwise

from drawing.vocabulary import SMALL, TINY, Canvas, figure

TINTS = {"I": 0.85, "drink": 0.5, "milk": 0.15}
"""The words that are looked up, and how much white there is in the tint of each."""
IDS = {"I": "5", "drink": "3,377", "milk": "1,204"}
TABLE = ("0", None, "5", None, "1,204", None, "3,377", None, "49,999")
"""The rows of the embedding that are shown, by their numbers; dots where some are left out."""


@figure("word_lookup")
def rows_of_the_embedding():
    """A sentence becomes words, the words become ids, the ids pick rows of the embedding."""
    c = Canvas(600, 312)
    for x, words in (
        (52, "words"),
        (148, "ids"),
        (344, "embedding:\n50,000 rows of 150"),
        (530, "vectors of 150"),
    ):
        c.text(x, 284, words, SMALL, None)
    word_of = {number: word for word, number in IDS.items()}
    ways = {}
    for k, number in enumerate(TABLE):
        y = 244 - 27 * k
        if not number:
            c.dots(368, y, 7, upright=True)
            continue
        word, entry = word_of.get(number), c.word(312, y, number, SMALL, ha="right")
        row = c.cells(368, y, [False] * 8, "input" if word else None, 12, 18, TINTS.get(word, 1))
        ways[word] = entry, row
    for k, (word, number) in enumerate(IDS.items()):
        y, pale, (entry, row) = 190 - 65 * k, TINTS[word], ways[word]
        token, index = (
            c.box(52, y, word, "input", 70, pale=pale),
            c.box(148, y, number, "input", 62, pale=pale),
        )
        vector = c.cells(530, y, [False] * 8, "input", 12, 18, pale)
        c.arrow(token, index, meaning="input")
        c.arrow(index, (206, y), (236, row.y), entry, meaning="input", over=True)
        c.arrow(row, (430, row.y), (460, y), vector, meaning="input", over=True)
    return c.figure


COLUMNS, STEPS = (174, 294, 536), ("1", "2", "500")
"""Where the first, the second and the last stage stand, and their numbers."""


@figure("rnn40")
def review_model_with_simple_rnn():
    """From words through one-hot vectors and the embedding to 500 stages and one output."""
    c = Canvas(600, 470)
    stages = [c.box(x, 302, f"$Z_{{{i}}}$") for x, i in zip(COLUMNS, STEPS, strict=True)]
    for before, after in between(stages, 302):
        c.weights("W", before, after)
    review_model(c, stages, "32 units:\n2,080 weights\nwith biases")
    return c.figure


@figure("rnn47")
def review_model_with_lstm():
    """The same model with an LSTM layer: every stage hands on two states."""
    c = Canvas(600, 490)
    stages = [c.box(x, 310, "LSTM", "hidden", 64, 56) for x in COLUMNS]
    for dy, letter, meaning in ((14, "C", "state"), (-14, "Z", "hidden")):
        for (before, after), i in zip(between(stages, 310), ("1", "2", "499"), strict=True):
            start, end = (
                (getattr(stop, edge)[0] if hasattr(stop, edge) else stop[0], 310 + dy)
                for stop, edge in ((before, "right"), (after, "left"))
            )
            c.arrow(start, end, label=f"${letter}_{{{i}}}$", meaning=meaning, lw=2, size=SMALL)
    review_model(c, stages, "32 units:\n8,320 weights\nwith biases")
    return c.figure


def between(stages, y):
    """From where to where the arrows between the stages run, with a gap for the stages left out."""
    first, second, last = stages
    return (first, second), (second, (393, y)), ((437, y), last)


def review_model(c, stages, units):
    """What lies under and over the recurrent stages: the words, their vectors, the answer."""
    y, lstm = stages[0].y, stages[0].h > 40
    for stage, word, i, hot in zip(stages, ("“this”", "“film”", "“great”"), STEPS, (2, 5, 4), strict=True):
        x = stage.x
        one_hot = c.cells(x, 98, [k == hot for k in range(8)], w=10)
        embedding, vector = c.box(x, 162, "Embedding", "input", 88), c.box(x, 232, f"$X_{{{i}}}$", "input")
        for below, above in pairwise((c.word(x, 54, word), one_hot, embedding, vector)):
            c.arrow(below, above, meaning="input")
        if lstm:
            c.arrow(vector, stage, meaning="input")
        else:
            c.weights("U", vector, stage)
    for height in (54, 98, 162, 232, y):
        c.dots(415, height)
    last = stages[-1]
    logit = c.node(last.x, last.top[1] + 56, r"$\Sigma$", "output", 13)
    c.weights("V", last, logit)
    if lstm:
        c.text(last.x - 6, last.top[1] + 22, "$Z_{500}$", meaning="hidden", ha="right")
    answer = c.box(last.x, logit.y + 64, "$Y$", "output")
    c.arrow(logit, answer, label=r"$\sigma$", meaning="output")
    for height, words in (
        (54, "word"),
        (98, "one-hot,\n10,000 long"),
        (162, "10,000 × 32:\n320,000 weights"),
        (232, "32 numbers"),
        (y, units),
        (logit.y, "one logit:\n33 weights\nwith bias"),
        (answer.y, "one probability:\na positive review?"),
    ):
        c.text(16, height, words, TINY, None, ha="left")
    c.time_axis(stages[0].x - 27, stages[-1].x + 27, 20)


@figure("encoder_decoder")
def encoder_and_decoder():
    """English read backwards by an encoder, French written by a decoder."""
    c = Canvas(600, 414)
    read, written = ("milk", "drink", "I"), ("Je", "bois", "du", "lait", "<eos>")
    columns = [106 + 61 * k + (24 if k > 2 else 0) for k in range(8)]
    for x, title, words in (
        (columns[0] - 20, "Encoder", "reads “I drink milk” backwards"),
        (columns[3] - 20, "Decoder", "reads each word that it has just written"),
    ):
        c.title(x, 394, title)
        c.text(x, 366, words, TINY, None, ha="left")
    inputs = [c.word(x, 64, word) for x, word in zip(columns, (*read, "<go>", *written[:4]), strict=True)]
    outputs = [c.word(x, 318, word) for x, word in zip(columns[3:], written, strict=True)]
    for word, again in zip(outputs, inputs[4:], strict=False):
        way = word.x + 30.5
        c.arrow(word, (way, word.y), (way, again.y), again, meaning=None, dashed=True, lw=1, head=7)
    cells = [c.box(x, 180, "", "hidden", 36, 44) for x in columns]
    for word, cell in zip(inputs, cells, strict=True):
        for below, above in pairwise((word, c.cells(word.x, 118, [False] * 4, "input", 10, 12), cell)):
            c.arrow(below, above, meaning="input")
    for cell, word in zip(cells[3:], outputs, strict=True):
        for below, above in pairwise((cell, c.box(cell.x, 254, "softmax", "output", 54, 28, TINY), word)):
            c.arrow(below, above, meaning="output")
    for before, after in pairwise(cells):
        label = "state" if after is cells[3] else ""
        c.arrow(before, after, label=label, size=TINY, meaning="hidden", lw=2, over=True)
    for height, words in (
        (64, "word read"),
        (118, "its vector"),
        (180, "recurrent\ncell"),
        (254, "a probability for\nevery French word"),
        (318, "word written:\nthe most probable"),
    ):
        c.text(16, height, words, TINY, None, ha="left")
    c.time_axis(columns[0] - 20, columns[-1] + 20, 24)
    return c.figure
