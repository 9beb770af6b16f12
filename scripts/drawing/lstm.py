"""Gates: from a product between stages to a sum, the LSTM's gates one by one, whole cells."""

from itertools import pairwise

from drawing.vocabulary import SMALL, Canvas, figure


@figure
def rnn44():
    """Between two stages: a product in a simple recurrent network, a sum in an LSTM."""
    c = Canvas(600, 500)
    c.title(16, 480, "Simple recurrent network: a product at every stage", "a")
    y, state = 396, c.box(46, 396, "$Z_1$")
    for x, k in ((46, 2), (300, 3)):
        times, plus = c.operator(x + 72, y, "×"), c.operator(x + 126, y, "+")
        tanh, after = c.tanh(x + 184, y), c.box(x + 254, y, f"$Z_{k}$")
        c.arrow((x + 72, y - 46), times)
        c.text(x + 72, y - 56, "$W$")
        c.arrow(c.box(x + 126, y - 64, f"$X_{k}$", "input"), plus, label="$U$")
        for before, then in ((state, times), (times, plus), (plus, tanh), (tanh, after)):
            c.arrow(before, then)
        state = after
    backwards(c, 444, "gradient: multiplied by $W^T$ at every stage")

    c.title(16, 270, "LSTM: a sum at every stage", "b")
    cell, hidden = c.box(46, 186, "$C_1$", "state"), c.box(46, 92, "$Z_1$")
    c.arrow(cell, c.tanh(46, 139), hidden)
    for x, k in ((46, 2), (300, 3)):
        inner, tanh, plus = c.operator(x + 98, 92, "+"), c.tanh(x + 166, 92), c.operator(x + 166, 186, "+")
        after, shown = c.box(x + 254, 186, f"$C_{k}$", "state"), c.box(x + 254, 92, f"$Z_{k}$")
        c.arrow(hidden, inner, label="$W$")
        c.arrow(c.box(x + 98, 28, f"$X_{k}$", "input"), inner, label="$U$")
        for before, then in ((inner, tanh), (tanh, plus)):
            c.arrow(before, then)
        for before, then in ((cell, plus), (plus, after)):
            c.arrow(before, then, meaning="state", lw=2)
        c.arrow(after, c.tanh(x + 254, 139), shown)
        cell, hidden = after, shown
    backwards(c, 234, "gradient: passes every sum unchanged")
    return c.figure


def backwards(c, y, words):
    """How the gradient runs, from the last stage to the first."""
    c.arrow((570, y), (30, y), meaning="gradient", dashed=True)
    c.text(300, y, words, SMALL, "gradient", plate=True)


@figure
def rnn45():
    """The LSTM's three gates, added one at a time."""
    c = Canvas(600, 664)
    panels = (
        ("a", "Input gate", r"$C_{t+1} = C_t + i_{t+1} \odot \tanh(W Z_t + U X_{t+1})$",
         r"$i_{t+1} = \sigma(W_i Z_t + U_i X_{t+1})$"),
        ("b", "Forget gate", r"$C_{t+1} = f_{t+1} \odot C_t + i_{t+1} \odot \tanh(W Z_t + U X_{t+1})$",
         r"$f_{t+1} = \sigma(W_f Z_t + U_f X_{t+1})$"),
        ("c", "Output gate", r"$Z_{t+1} = o_{t+1} \odot \tanh(V C_{t+1})$",
         r"$o_{t+1} = \sigma(W_o Z_t + U_o X_{t+1})$"),
    )
    for base, (mark, title, update, gate) in zip((444, 222, 0), panels, strict=True):
        c.title(16, base + 202, title, mark)
        c.text(584, base + 202, update, SMALL, ha="right")
        c.text(584, base + 170, gate, SMALL, "gate", ha="right")
        one_stage(c, base, mark)
    return c.figure


def one_stage(c, base, mark):
    """The cell state's way through one stage, with as many gates as the panel has come to."""
    line, row, gates, bus = base + 164, base + 110, base + 60, base + 20
    cell, plus, after = c.box(46, line, "$C_t$", "state"), c.operator(262, line, "+"), c.box(350, line, "$C_{t+1}$",
                                                                                            "state")
    squash, write = c.tanh(186, gates), c.operator(262, row, "×")
    c.arrow(squash, (186, row), write)
    c.arrow(write, plus)
    stops, opened = [cell, plus, after], [("i", 262, write)]
    if mark in "bc":
        stops.insert(1, c.operator(118, line, "×"))
        opened.append(("f", 118, stops[1]))
    if mark == "c":
        shown, read = c.tanh(350, row), c.operator(424, row, "×")
        c.arrow(after, shown, label="$V$", size=SMALL)
        c.arrow(shown, read)
        c.arrow(read, c.box(500, row, "$Z_{t+1}$"))
        opened.append(("o", 424, read))
    for before, then in pairwise(stops):
        c.arrow(before, then, meaning="state", lw=2)
    boxes = [squash]
    for letter, x, target in opened:
        boxes.append(c.sigma(x, gates))
        c.arrow(boxes[-1], target, label=f"${letter}_{{t+1}}$", meaning="gate", size=SMALL,
                side="left" if letter == "f" else "right")
    c.box(36, bus, "$Z_t$", w=34, h=26)
    feed(c, c.box(78, bus, "$X_{t+1}$", "input", 50, 26), boxes, bus)


def feed(c, source, boxes, y, meaning="ink", dx=0):
    """One line from the source past all the boxes, and an arrow up into each, `dx` beside its middle."""
    *others, last = sorted(boxes, key=lambda box: box.x)
    for box in others:
        c.dot(box.x + dx, y, meaning=meaning)
        c.arrow((box.x + dx, y), box, meaning=meaning)
    c.arrow(source, (source.x, y), (last.x + dx, y), (last.x + dx, last.bottom[1]), meaning=meaning)


def lstm(c, cells, hiddens, word, gates, weights=("", "", "", ""), base=0):
    """An LSTM cell: the cell state runs along the top, the hidden state along the bottom.

    The words: the cell state and the hidden state before and after, the input, the four letters f, i, g, o,
    and the parameters of each.
    """
    top, product, row, bottom, below = (base + y for y in (346, 262, 186, 116, 88))
    c.frame(300, base + 234, 424, 324)
    cell, after = (c.box(x, top, words, "state") for x, words in zip((44, 556), cells, strict=True))
    hidden, shown = (c.box(x, bottom, words) for x, words in zip((44, 556), hiddens, strict=True))
    boxes = []
    for x, squash, words in zip((146, 242, 338, 434), (r"$\sigma$", r"$\sigma$", "tanh", r"$\sigma$"), weights,
                                strict=True):
        boxes.append(c.box(x, row, "", "hidden" if squash == "tanh" else "gate", 84, 48))
        c.text(x, row + (11 if words else 0), squash)
        c.text(x, row - 11, words, SMALL)
    feed(c, hidden, boxes, bottom, "hidden", -14)
    feed(c, c.box(118, base + 32, word, "input"), boxes, below, "input", 14)
    forget, write, plus = c.operator(146, top, "×"), c.operator(290, product, "×"), c.operator(290, top, "+")
    squash, read = c.tanh(474, base + 304), c.operator(474, base + 252, "×")
    for before, then in ((cell, forget), (forget, plus), (plus, after)):
        c.arrow(before, then, meaning="state", lw=2)
    c.dot(474, top, meaning="state")
    f, i, g, o = gates
    c.arrow(boxes[0], forget, label=f, meaning="gate")
    c.arrow(boxes[1], (242, product), write, label=i, side="left", meaning="gate")
    c.arrow(boxes[2], (338, product), write, label=g, meaning="hidden")
    c.arrow(boxes[3], (434, read.y), read, label=o, side="left", meaning="gate")
    c.arrow(write, plus)
    c.arrow((474, top), squash)
    c.arrow(squash, read)
    c.arrow(read, (497, read.y), (497, bottom), shown, meaning="hidden", lw=2)
    return shown


@figure
def lstm_cell():
    """An LSTM cell with every symbol of its equations."""
    c = Canvas(600, 412)
    lstm(c, ("$c_{t-1}$", "$c_t$"), ("$H_{t-1}$", "$h_t$"), "$x_t$", ("$f$", "$i$", "$g$", "$o$"),
         [f"$W_{k}$  $U_{k}$  $b_{k}$" for k in "figo"])
    return c.figure


def gru(c, hiddens, word, letters, weights, kept):
    """A GRU cell: the hidden state runs along the top.

    The words: the hidden state before and after, the input, the letters of update gate, reset gate and candidate,
    and the parameters of each. `kept` says whether the update gate is the share of the old state that is kept,
    with the reset after the recurrent weights; otherwise it is the share of the new one, with the reset before them.
    """
    top, product, row, bottom, below = 346, 262, 186, 116, 88
    c.frame(300, 234, 424, 324)
    hidden, shown = (c.box(x, top, words) for x, words in zip((44, 556), hiddens, strict=True))
    boxes = []
    for x, squash, words in zip((176, 288, 450), (r"$\sigma$", r"$\sigma$", "tanh"), weights, strict=True):
        boxes.append(c.box(x, row, "", "hidden" if squash == "tanh" else "gate", 84, 48))
        c.text(x, row + 11, squash)
        c.text(x, row - 11, words, SMALL)
    update, reset, candidate = boxes
    keep, write, plus, forget = (c.operator(x, y, sign) for x, y, sign in
                                 ((176, top, "×"), (450, product, "×"), (450, top, "+"), (368, row, "×")))
    for before, then in ((hidden, keep), (keep, plus), (plus, shown)):
        c.arrow(before, then, meaning="hidden", lw=2)
    c.dot(106, top, meaning="hidden")
    c.line((106, top), (106, bottom), (148, bottom), meaning="hidden")
    for box in (update, reset):
        c.dot(box.x - 14, bottom, meaning="hidden")
        c.arrow((box.x - 14, bottom), box, meaning="hidden")
    c.arrow((148, bottom), (368, bottom), forget, meaning="hidden")
    feed(c, c.box(138, 32, word, "input"), boxes, below, "input", 14)
    c.arrow(reset, forget, label=letters[1], meaning="gate")
    c.arrow(forget, candidate, meaning="hidden")
    c.arrow(candidate, write, label=letters[2], meaning="hidden")
    c.arrow(write, plus, meaning="hidden")
    c.dot(176, product, meaning="gate")
    rest = c.operator(300, product, "1−", 13) if kept else c.operator(176, 304, "1−", 13)
    c.line(update.top, (176, product), meaning="gate")
    c.text(170, 234, letters[0], meaning="gate", ha="right")
    for stops in (((176, product), rest, keep), ((176, product), write)) if not kept else (
            ((176, product), keep), ((176, product), rest, write)):
        for before, then in pairwise(stops):
            c.arrow(before, then, meaning="gate")
    if kept:
        c.text(374, 146, "$U$", ha="left")


@figure
def rnn6():
    """A GRU in the letters of source 000."""
    c = Canvas(600, 412)
    gru(c, ("$Z_{t-1}$", "$Z_t$"), "$X_t$", ("$o_t$", "$r_t$", r"$\tilde{Z}_t$"),
        ("$W^o$  $U^o$", "$W^r$  $U^r$", "$W$"), kept=True)
    return c.figure


@figure
def gru_cell():
    """A GRU cell with every symbol of its equations."""
    c = Canvas(600, 412)
    gru(c, ("$H_{t-1}$", "$h_t$"), "$x_t$", ("$z$", "$r$", "$c$"), [f"$W_{k}$  $U_{k}$  $b_{k}$" for k in "zrc"],
        kept=False)
    return c.figure
