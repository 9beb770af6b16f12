"""Gates: from a product between stages to a sum, a cell state's way, the LSTM's and the GRU's cells."""

from itertools import pairwise

import numpy as np
from matplotlib.patches import Rectangle

from drawing.vocabulary import GREY, NORMAL, SMALL, Canvas, figure, shade, tint


@figure("rnn44")
def product_and_sum():
    """Between two stages: a product in a simple recurrent network, a sum in an LSTM."""
    c = Canvas(600, 548)
    c.title(16, 528, "Simple recurrent network: a product at every stage", "a")
    c.text(300, 496, "gradient: at every stage multiplied by tanh′ and $W^T$", SMALL, "gradient")
    y, back = 400, 466
    state, behind = c.box(46, y, "$Z_1$"), (30, back)
    for x, k in ((46, 2), (300, 3)):
        weight, plus, squash = candidate(c, x, y, k)
        after = c.box(x + 254, y, f"$Z_{k}$")
        for before, then in pairwise((state, weight, plus, squash, after)):
            c.arrow(before, then, meaning="hidden")
        by_weight, by_slope = (
            c.box(part.x, back, words, "gradient", 60, 26, SMALL)
            for part, words in ((weight, "$W^T$"), (squash, "⊙ tanh′"))
        )
        c.arrow(by_weight, behind, meaning="gradient", dashed=True)
        c.arrow(by_slope, by_weight, meaning="gradient", dashed=True)
        state, behind = after, by_slope
    c.arrow((570, back), behind, meaning="gradient", dashed=True)

    c.title(16, 284, "LSTM: a sum at every stage", "b")
    c.text(300, 252, "gradient along $C$: passes every sum unchanged", SMALL, "gradient")
    c.arrow((570, 236), (30, 236), meaning="gradient", dashed=True)
    top, y = 196, 100
    cell, hidden = c.box(46, top, "$C_1$", "state"), c.box(46, y, "$Z_1$")
    c.arrow(cell, c.tanh(46, 148), hidden, meaning="hidden")
    for x, k in ((46, 2), (300, 3)):
        weight, inner, squash = candidate(c, x, y, k)
        plus = c.operator(squash.x, top, "+")
        after, shown = c.box(x + 254, top, f"$C_{k}$", "state"), c.box(x + 254, y, f"$Z_{k}$")
        for before, then in pairwise((hidden, weight, inner, squash, plus)):
            c.arrow(before, then, meaning="hidden")
        for before, then in pairwise((cell, plus, after)):
            c.arrow(before, then, meaning="state", lw=2)
        c.arrow(after, c.tanh(after.x, 148), shown, meaning="hidden")
        cell, hidden = after, shown
    return c.figure


def candidate(c, x, y, k):
    """W Z + U X + b and its tanh, to the right of a state at (x, y): W's box, the sum and the tanh."""
    weight, plus = c.box(x + 72, y, "$W$", None, 34, 30), c.operator(x + 126, y, "+")
    c.weights("U", c.box(plus.x, y - 68, f"$X_{k}$", "input"), plus)
    c.arrow(c.word(plus.x, y + 38, "$b$"), plus)
    return weight, plus, c.tanh(x + 184, y)


def product(c, x, y):
    """A product of two vectors, number by number, written as in the equations: ⊙."""
    circle = c.operator(x, y, "")
    c.dot(x, y)
    return circle


@figure("rnn23")
def cell_state_by_hand():
    """One component of a cell state, moved by gates set by hand: up, hold, down, reset."""
    c = Canvas(600, 386)
    phases = (
        ("rises by 1", 8, 1, 1, 1),
        ("holds", 4, 1, 0, 1),
        ("falls by 1", 3, 1, 1, -1),
        ("holds", 4, 1, 0, -1),
        ("resets", 1, 0, 1, 1),
        ("rises", 5, 1, 1, 1),
    )
    forget, enter, new = (
        np.repeat([phase[k] for phase in phases], [p[1] for p in phases]) for k in (2, 3, 4)
    )
    cell = [0]
    for f, i, g in zip(forget, enter, new, strict=True):
        cell.append(f * cell[-1] + i * g)
    span = (-0.6, len(cell) - 0.4)
    axes = c.axes(
        102,
        146,
        482,
        226,
        xlim=span,
        ylim=(-0.4, 10),
        ylabel="cell state $C_t$",
        xticks=(),
        yticks=range(0, 10, 2),
    )
    axes.plot(cell, "o-", color=shade("state"), mfc=tint("state"), ms=6)
    start = 0.5
    for words, length, *_ in phases:
        axes.text(start + length / 2, 9.3, words, size=SMALL, ha="center")
        start += length
        axes.axvline(start, ymax=0.9, color=GREY, lw=0.8, ls=":")
    gates = c.axes(
        102,
        48,
        482,
        84,
        xlim=span,
        ylim=(3, 0),
        xlabel="stage $t$",
        xticks=range(0, 26, 5),
        yticks=(0.5, 1.5, 2.5),
        yticklabels=("forget $f_t$", "input $i_t$", "new value ±1"),
    )
    gates.tick_params(length=0)
    gates.grid(visible=False)
    for row, values in enumerate((forget, enter, new)):
        for stage, value in enumerate(values, 1):
            fill = "hidden" if row == 2 else "gate" if value else None
            gates.add_patch(Rectangle((stage - 0.5, row + 0.06), 1, 0.88, fc=tint(fill), ec=GREY, lw=0.7))
            words = value if row < 2 else "+" if value > 0 else "−"
            gates.text(stage, row + 0.53, words, size=SMALL, ha="center", va="center")
    return c.figure


SPEECH = (
    'The door moved. "Who is there?" asked the ',
    'widow. "It\'s only the wind," said her son,',
    '"and a loose shutter." Then it was quiet. ',
)
"""What the cell of rnn25 reads, a row of the figure each."""


def between_quotes(text):
    """The cell state of one unit, set by hand, after each character of a text, (characters,).

    Its only input is q, 1 for a double quotation mark and else 0. The lesson `character_model` sets the same
    weights into a layer of Keras.
    """
    Z = C = 0.0
    states = []
    for q in (character == '"' for character in text):
        i, f, o = (1 / (1 + np.exp(-a)) for a in (20 * q - 10, 10 - 20 * q, 10))
        C = f * C + i * np.tanh(2 - 6 * Z)
        Z = o * np.tanh(C)
        states.append(C)
    return np.array(states)


@figure("rnn25")
def cell_that_follows_quotes():
    """A cell state, set by hand, that is on between quotation marks: its value under every character."""
    c = Canvas(600, 378)
    text, states = "".join(SPEECH), between_quotes("".join(SPEECH))
    width, left = 536 / len(SPEECH[0]), 52
    for row, line in enumerate(SPEECH):
        base, first = 292 - 124 * row, row * len(line)
        axes = c.axes(left, base - 36, 536, 72, xlim=(0, len(line)), ylim=(-1.35, 1.35), yticks=(-1, 0, 1))
        axes.set(xticks=(), ylabel="$C_t$")
        for place, character in enumerate(text[first : first + len(line)]):
            on = float(np.clip(states[first + place], 0, 1))
            x = left + (place + 0.5) * width
            ground = c.cells(x, base + 56, [False], "state", width, 26, 1 - 0.62 * on)
            c.text(ground.x, ground.y, character, NORMAL, family="monospace")
        span = np.arange(len(line)) + 0.5
        axes.step(span, states[first : first + len(line)], where="mid", color=shade("state"), lw=2)
    return c.figure


@figure("rnn45")
def lstm_gates_one_by_one():
    """The LSTM's three gates, added one at a time."""
    c = Canvas(600, 734)
    panels = (
        (
            "a",
            "Input gate",
            r"$C_t = C_{t-1} + i_t \odot \tanh(W Z_{t-1} + U X_t + b)$",
            r"$i_t = \sigma(W_i Z_{t-1} + U_i X_t + b_i)$",
            r"$Z_t = \tanh(C_t)$",
        ),
        (
            "b",
            "Forget gate",
            r"$C_t = f_t \odot C_{t-1} + i_t \odot \tanh(W Z_{t-1} + U X_t + b)$",
            r"$f_t = \sigma(W_f Z_{t-1} + U_f X_t + b_f)$",
            r"$Z_t = \tanh(C_t)$",
        ),
        (
            "c",
            "Output gate",
            r"$C_t = f_t \odot C_{t-1} + i_t \odot \tanh(W Z_{t-1} + U X_t + b)$",
            r"$o_t = \sigma(W_o Z_{t-1} + U_o X_t + b_o)$",
            r"$Z_t = o_t \odot \tanh(C_t)$",
        ),
    )
    for base, (mark, title, update, gate, shown) in zip((492, 250, 8), panels, strict=True):
        c.title(16, base + 218, title, mark)
        c.text(584, base + 214, update, SMALL, ha="right")
        c.text(314, base + 146, gate, SMALL, "gate", ha="left")
        c.text(314, base + 118, shown, SMALL, ha="left")
        one_stage(c, base, mark)
    return c.figure


def one_stage(c, base, mark):
    """The cell state's way through one stage, with as many gates as the panel has come to."""
    line, row, gates, buses = base + 174, base + 124, base + 76, (base + 40, base + 12)
    cell, after = (c.box(x, line, words, "state") for x, words in ((44, "$C_{t-1}$"), (556, "$C_t$")))
    plus, write = c.operator(266, line, "+"), product(c, 266, row)
    new, shown, state = c.tanh(196, gates), c.tanh(556, row), c.box(556, base + 26, "$Z_t$")
    c.arrow(new, (new.x, row), write, meaning="hidden")
    c.arrow(write, plus, meaning="hidden")
    kept, out, opened = [], [], [("i", 266, gates, write, "right")]
    if mark in "bc":
        kept = [product(c, 126, line)]
        opened.append(("f", 126, gates, *kept, "right"))
    if mark == "c":
        out = [product(c, 556, gates)]
        opened.append(("o", 440, gates, *out, "above"))
    for before, then in pairwise((cell, *kept, plus, after)):
        c.arrow(before, then, meaning="state", lw=2)
    for before, then in pairwise((after, shown, *out, state)):
        c.arrow(before, then, meaning="hidden")
    boxes = [new]
    for letter, x, y, target, side in opened:
        boxes.append(c.sigma(x, y))
        c.arrow(boxes[-1], target, label=f"${letter}_t$", meaning="gate", side=side)
    feed(c, c.box(44, buses[0], "$Z_{t-1}$", h=24), boxes, -8)
    feed(c, c.box(44, buses[1], "$X_t$", "input", h=24), boxes, 8, meaning="input", over=True)


def feed(c, source, boxes, dx, bus=None, meaning="hidden", weights=(), over=False):
    """One line from the source past all the boxes, and an arrow up into each, `dx` beside its middle.

    The line runs at the source's height or at that of `bus`. Beside the arrows stand their weights; `over`:
    they pass over the lines that they cross.
    """
    y = bus or source.y
    *others, last = sorted(boxes, key=lambda box: box.x)
    for box in others:
        c.dot(box.x + dx, y, meaning=meaning)
        c.arrow((box.x + dx, y), box, meaning=meaning, over=over)
    c.arrow(source, (source.x, y), (last.x + dx, y), (last.x + dx, last.bottom[1]), meaning=meaning)
    beside(c, boxes, dx, weights, meaning)


def beside(c, boxes, dx, weights, meaning):
    """The weights beside the arrows that come up into the boxes, `dx` beside their middle."""
    for box, weight in zip(boxes, weights, strict=False):
        c.text(box.x + 1.4 * dx, box.bottom[1] - 23, weight, SMALL, meaning, "right" if dx < 0 else "left")


def lstm(c, cells, hiddens, word, gates, parameters=((), (), ("",) * 4)):
    """An LSTM cell: the cell state runs along the top, the hidden state along the bottom.

    The words: the cell state and the hidden state before and after, the input, the letters of forget gate,
    input gate, new value and output gate, and the parameters of these four: the weights on the hidden state,
    the weights on the input, the biases. The hidden state after is returned.
    """
    top, enter, low = 346, 262, 116
    on_state, on_input, biases = parameters
    c.frame(300, 234, 424, 324)
    cell, after = (c.box(x, top, words, "state") for x, words in zip((44, 556), cells, strict=True))
    hidden, shown = (c.box(x, low, words) for x, words in zip((44, 556), hiddens, strict=True))
    forget, entry, new, leave = boxes = [
        neurons(c, x, squash, bias)
        for x, squash, bias in zip((146, 242, 338, 434), (SIGMA, SIGMA, "tanh", SIGMA), biases, strict=True)
    ]
    feed(c, hidden, boxes, -14, weights=on_state)
    feed(c, c.box(142, 32, word, "input"), boxes, 14, 88, "input", on_input, over=True)
    keep, write, plus = product(c, 146, top), product(c, 290, enter), c.operator(290, top, "+")
    squash, read = c.tanh(474, 304), product(c, 474, 252)
    for before, then in pairwise((cell, keep, plus, after)):
        c.arrow(before, then, meaning="state", lw=2)
    c.arrow(forget, keep, label=gates[0], meaning="gate")
    c.arrow(entry, (entry.x, enter), write, label=gates[1], side="left", meaning="gate")
    c.arrow(new, (new.x, enter), write, label=gates[2], meaning="hidden")
    c.arrow(leave, (leave.x, read.y), read, label=gates[3], side="left", meaning="gate")
    c.dot(squash.x, top, meaning="state")
    for before, then in ((write, plus), ((squash.x, top), squash), (squash, read)):
        c.arrow(before, then, meaning="hidden")
    c.arrow(read, (497, read.y), (497, low), shown, meaning="hidden", lw=2)
    return shown


SIGMA = r"$\sigma$"


def neurons(c, x, squash, bias):
    """A layer inside a cell: its squashing function, and the bias that is added before it."""
    box = c.box(x, 186, "", "gate" if squash == SIGMA else "hidden", 84, 48)
    c.text(x, 186 + (10 if bias else 0), squash)
    c.text(x, 175, bias, SMALL)
    return box


@figure("lstm_cell")
def lstm_cell():
    """An LSTM cell with every symbol of its equations."""
    c = Canvas(600, 412)
    lstm(
        c,
        ("$c_{t-1}$", "$c_t$"),
        ("$h_{t-1}$", "$h_t$"),
        "$x_t$",
        ("$f$", "$i$", "$g$", "$o$"),
        [[f"${letter}_{k}$" for k in "figo"] for letter in ("W", "U", "+\\,b")],
    )
    return c.figure


def gru(c, hiddens, word, letters, parameters):
    """A GRU cell without the way from its update gate: the hidden state runs along the top.

    The words: the hidden state before and after, the input, the letters of update gate, reset gate and new
    value, and the parameters of these three as in `lstm`, but for the new value's weights on the state.
    Where the update gate's line starts is returned, and what it may multiply: the old state, the new value.
    """
    top, low, middle = 346, 116, 262
    on_state, on_input, biases = parameters
    c.frame(300, 234, 424, 324)
    hidden, shown = (c.box(x, top, words) for x, words in zip((44, 556), hiddens, strict=True))
    update, reset, new = boxes = [
        neurons(c, x, squash, bias)
        for x, squash, bias in zip((166, 272, 452), (SIGMA, SIGMA, "tanh"), biases, strict=True)
    ]
    old, fresh, forget = product(c, 166, top), product(c, 452, middle), product(c, 354, 186)
    plus = c.operator(452, top, "+")
    for before, then in pairwise((hidden, old, plus, shown)):
        c.arrow(before, then, meaning="hidden", lw=2)
    c.dot(104, top, meaning="hidden")
    for box in (update, reset):
        c.dot(box.x - 14, low, meaning="hidden")
        c.arrow((box.x - 14, low), box, meaning="hidden")
    c.arrow((104, top), (104, low), (forget.x, low), forget, meaning="hidden")
    beside(c, boxes, -14, on_state, "hidden")
    feed(c, c.box(142, 32, word, "input"), boxes, 14, 88, "input", on_input, over=True)
    c.arrow(reset, forget, label=letters[1], meaning="gate")
    c.arrow(forget, new, meaning="hidden")
    c.arrow(new, fresh, label=letters[2], meaning="hidden")
    c.arrow(fresh, plus, meaning="hidden")
    c.line(update.top, (166, middle), meaning="gate")
    c.dot(166, middle, meaning="gate")
    c.text(160, 234, letters[0], meaning="gate", ha="right")
    return (166, middle), old, fresh


def through(c, *stops):
    """The update gate's way from stop to stop."""
    for before, then in pairwise(stops):
        c.arrow(before, then, meaning="gate")


@figure("rnn6")
def gru_whose_gate_keeps():
    """A GRU in the letters of source 000: the update gate is the share of the old state."""
    c = Canvas(600, 412)
    start, old, fresh = gru(
        c,
        ("$Z_{t-1}$", "$Z_t$"),
        "$X_t$",
        ("$o_t$", "$r_t$", r"$\tilde{Z}_t$"),
        (("$U^o$", "$U^r$"), ("$W^o$", "$W^r$", "$W$"), ("$+\\,b^o$", "$+\\,b^r$", "$+\\,b$")),
    )
    through(c, start, old)
    through(c, start, c.operator(300, 262, "1−", 13), fresh)
    c.text(348, 148, "$U$", SMALL, "hidden", "right")
    return c.figure


@figure("gru_cell")
def gru_whose_gate_renews():
    """A GRU cell with every symbol of its equations: the update gate is the share of the new value."""
    c = Canvas(600, 412)
    start, old, fresh = gru(
        c,
        ("$h_{t-1}$", "$h_t$"),
        "$x_t$",
        ("$z$", "$r$", "$c$"),
        (("$W_z$", "$W_r$"), ("$U_z$", "$U_r$", "$U_c$"), ("$+\\,b_z$", "$+\\,b_r$", "$+\\,b_c$")),
    )
    through(c, start, c.operator(166, 304, "1−", 13), old)
    through(c, start, fresh)
    c.text(387, 198, "$W_c$", SMALL, "hidden")
    return c.figure


@figure("rnn24")
def lstm_and_residual_network():
    """An LSTM and a residual network: the same sum beside a straight path."""
    c = Canvas(600, 324)
    c.title(16, 304, "LSTM, without its gates", "a")
    before, plus, after = straight(c, 44, 214, 262, ("$C_{t-1}$", "$C_t$"), "state")
    hidden, outer = c.box(44, 92, "$Z_{t-1}$", w=50), c.tanh(144, 160)
    inner = c.box(144, 92, "$W Z_{t-1} + U X_t + b$", w=116, size=SMALL)
    c.arrow(before, c.tanh(44, 172), hidden, meaning="hidden")
    c.arrow(c.box(144, 30, "$X_t$", "input"), inner, meaning="input")
    for one, then in pairwise((hidden, inner, outer)):
        c.arrow(one, then, meaning="hidden")
    c.arrow(outer, (plus.x, outer.y), plus, meaning="hidden")

    c.title(316, 304, "Residual network", "b")
    before, plus, after = straight(c, 344, 514, 562, ("$Z_{r-1}$", "$Z_r$"), "hidden")
    first, relu, second = (
        c.box(442, y, words, w=w, h=h, size=SMALL)
        for y, words, w, h in (
            (64, "convolution", 96, 30),
            (112, "ReLU", 46, 22),
            (160, "convolution", 96, 30),
        )
    )
    c.arrow(before, (before.x, first.y), first, meaning="hidden")
    for one, then in pairwise((first, relu, second)):
        c.arrow(one, then, meaning="hidden")
    c.arrow(second, (plus.x, second.y), plus, meaning="hidden")
    return c.figure


def straight(c, start, sum_at, end, words, meaning):
    """A state's straight path through a sum: the state before, the sum, the state after."""
    before, after = (c.box(x, 244, word, meaning, 50) for x, word in zip((start, end), words, strict=True))
    plus = c.operator(sum_at, 244, "+")
    for one, then in pairwise((before, plus, after)):
        c.arrow(one, then, meaning=meaning, lw=2)
    return before, plus, after
