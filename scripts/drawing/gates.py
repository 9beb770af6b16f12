"""Gates: from a product between stages to a sum, a cell state's way, the LSTM's and the GRU's cells."""

from itertools import pairwise

import numpy as np
from matplotlib.patches import Rectangle

from drawing.vocabulary import GREY, SMALL, TINY, Canvas, figure, shade, tint


@figure("rnn44")
def product_and_sum():
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
    backwards(c, 438, "gradient: multiplied by $W^T$ at every stage")

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
    backwards(c, 228, "gradient: passes every sum unchanged")
    return c.figure


def backwards(c, y, words):
    """How the gradient runs, from the last stage to the first."""
    c.arrow((570, y), (30, y), label=words, size=SMALL, meaning="gradient", dashed=True)


@figure("rnn23")
def cell_state_by_hand():
    """One component of a cell state, moved by gates set by hand: up, hold, down, reset."""
    c = Canvas(600, 380)
    phases = (
        ("rises by 1", 8, 1, 1, 1),
        ("holds", 4, 1, 0, 1),
        ("falls by 1", 3, 1, 1, -1),
        ("holds", 4, 1, 0, -1),
        ("resets", 1, 0, 1, 1),
        ("rises", 5, 1, 1, 1),
    )
    forget, write, new = (np.concatenate([[phase[k]] * phase[1] for phase in phases]) for k in (2, 3, 4))
    cell = [0.0]
    for f, i, g in zip(forget, write, new, strict=True):
        cell.append(f * cell[-1] + i * np.tanh(4 * g))
    span = (-0.6, len(cell) - 0.4)
    axes = c.axes(
        88,
        140,
        496,
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
        88,
        48,
        496,
        78,
        xlim=span,
        ylim=(3, 0),
        xlabel="stage $t$",
        xticks=range(0, 26, 5),
        yticks=(0.5, 1.5, 2.5),
        yticklabels=("forget $f_t$", "input $i_t$", "new value"),
    )
    gates.tick_params(length=0)
    gates.grid(visible=False)
    for row, values in enumerate((forget, write, new)):
        for stage, value in enumerate(values, 1):
            fill = "hidden" if row == 2 else "gate" if value else None
            gates.add_patch(Rectangle((stage - 0.5, row + 0.06), 1, 0.88, fc=tint(fill), ec=GREY, lw=0.7))
            gates.text(
                stage,
                row + 0.53,
                value if row < 2 else "+" if value > 0 else "−",
                size=TINY,
                ha="center",
                va="center",
            )
    return c.figure


@figure("rnn45")
def lstm_gates_one_by_one():
    """The LSTM's three gates, added one at a time."""
    c = Canvas(600, 664)
    panels = (
        (
            "a",
            "Input gate",
            r"$C_{t+1} = C_t + i_{t+1} \odot \tanh(W Z_t + U X_{t+1})$",
            r"$i_{t+1} = \sigma(W_i Z_t + U_i X_{t+1})$",
        ),
        (
            "b",
            "Forget gate",
            r"$C_{t+1} = f_{t+1} \odot C_t + i_{t+1} \odot \tanh(W Z_t + U X_{t+1})$",
            r"$f_{t+1} = \sigma(W_f Z_t + U_f X_{t+1})$",
        ),
        (
            "c",
            "Output gate",
            r"$Z_{t+1} = o_{t+1} \odot \tanh(V C_{t+1})$",
            r"$o_{t+1} = \sigma(W_o Z_t + U_o X_{t+1})$",
        ),
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
    cell, plus, after = (
        c.box(46, line, "$C_t$", "state"),
        c.operator(262, line, "+"),
        c.box(350, line, "$C_{t+1}$", "state"),
    )
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
        c.arrow(
            boxes[-1],
            target,
            label=f"${letter}_{{t+1}}$",
            meaning="gate",
            size=SMALL,
            side="left" if letter == "f" else "right",
        )
    c.box(36, bus, "$Z_t$", w=34, h=26)
    feed(c, c.box(78, bus, "$X_{t+1}$", "input", 50, 26), boxes, bus)


def feed(c, source, boxes, y, meaning="ink", dx=0):
    """One line from the source past all the boxes, and an arrow up into each, `dx` beside its middle."""
    *others, last = sorted(boxes, key=lambda box: box.x)
    for box in others:
        c.dot(box.x + dx, y, meaning=meaning)
        c.arrow((box.x + dx, y), box, meaning=meaning)
    c.arrow(source, (source.x, y), (last.x + dx, y), (last.x + dx, last.bottom[1]), meaning=meaning)


def lstm(c, cells, hiddens, word, gates, weights=("", "", "", "")):
    """An LSTM cell: the cell state runs along the top, the hidden state along the bottom.

    The words: the cell state and the hidden state before and after, the input, the letters of forget gate,
    input gate, new value and output gate, and the parameters of each. The hidden state after is returned.
    """
    top, product, low = 346, 262, 116
    c.frame(300, 234, 424, 324)
    cell, after = (c.box(x, top, words, "state") for x, words in zip((44, 556), cells, strict=True))
    hidden, shown = (c.box(x, low, words) for x, words in zip((44, 556), hiddens, strict=True))
    boxes = [
        neurons(c, x, squash, words)
        for x, squash, words in zip((146, 242, 338, 434), (SIGMA, SIGMA, "tanh", SIGMA), weights, strict=True)
    ]
    feed(c, hidden, boxes, low, "hidden", -14)
    feed(c, c.box(142, 32, word, "input"), boxes, 88, "input", 14)
    keep, write, plus = c.operator(146, top, "×"), c.operator(290, product, "×"), c.operator(290, top, "+")
    squash, read = c.tanh(474, 304), c.operator(474, 252, "×")
    for before, then in pairwise((cell, keep, plus, after)):
        c.arrow(before, then, meaning="state", lw=2)
    forget, enter, new, leave = boxes
    c.arrow(forget, keep, label=gates[0], meaning="gate")
    c.arrow(enter, (enter.x, product), write, label=gates[1], side="left", meaning="gate")
    c.arrow(new, (new.x, product), write, label=gates[2], meaning="hidden")
    c.arrow(leave, (leave.x, read.y), read, label=gates[3], side="left", meaning="gate")
    c.dot(squash.x, top, meaning="state")
    for before, then in ((write, plus), ((squash.x, top), squash), (squash, read)):
        c.arrow(before, then)
    c.arrow(read, (497, read.y), (497, low), shown, meaning="hidden", lw=2)
    return shown


SIGMA = r"$\sigma$"


def neurons(c, x, squash, weights):
    """A layer inside a cell: its squashing function over its parameters."""
    box = c.box(x, 186, "", "gate" if squash == SIGMA else "hidden", 84, 48)
    c.text(x, 186 + (11 if weights else 0), squash)
    c.text(x, 175, weights, SMALL)
    return box


@figure("lstm_cell")
def lstm_cell():
    """An LSTM cell with every symbol of its equations."""
    c = Canvas(600, 412)
    lstm(
        c,
        ("$c_{t-1}$", "$c_t$"),
        ("$H_{t-1}$", "$h_t$"),
        "$x_t$",
        ("$f$", "$i$", "$g$", "$o$"),
        [f"$W_{k}$  $U_{k}$  $b_{k}$" for k in "figo"],
    )
    return c.figure


def gru(c, hiddens, word, letters, weights):
    """A GRU cell without the way from its update gate: the hidden state runs along the top.

    The words: the hidden state before and after, the input, the letters of update gate, reset gate and new
    value, and the parameters of each. Where the update gate's line starts is returned, and what it may
    multiply: the old state and the new value.
    """
    top, low = 346, 116
    c.frame(300, 234, 424, 324)
    hidden, shown = (c.box(x, top, words) for x, words in zip((44, 556), hiddens, strict=True))
    boxes = update, reset, new = [
        neurons(c, x, squash, words)
        for x, squash, words in zip((176, 288, 450), (SIGMA, SIGMA, "tanh"), weights, strict=True)
    ]
    old, fresh, plus, forget = (
        c.operator(x, y, sign)
        for x, y, sign in ((176, top, "×"), (450, 262, "×"), (450, top, "+"), (368, 186, "×"))
    )
    for before, then in pairwise((hidden, old, plus, shown)):
        c.arrow(before, then, meaning="hidden", lw=2)
    c.dot(106, top, meaning="hidden")
    for box in (update, reset):
        c.dot(box.x - 14, low, meaning="hidden")
        c.arrow((box.x - 14, low), box, meaning="hidden")
    c.arrow((106, top), (106, low), (forget.x, low), forget, meaning="hidden")
    feed(c, c.box(142, 32, word, "input"), boxes, 88, "input", 14)
    c.arrow(reset, forget, label=letters[1], meaning="gate")
    c.arrow(forget, new, meaning="hidden")
    c.arrow(new, fresh, label=letters[2], meaning="hidden")
    c.arrow(fresh, plus, meaning="hidden")
    c.line(update.top, (176, 262), meaning="gate")
    c.dot(176, 262, meaning="gate")
    c.text(170, 234, letters[0], meaning="gate", ha="right")
    return (176, 262), old, fresh


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
        ("$W^o$  $U^o$", "$W^r$  $U^r$", "$W$"),
    )
    through(c, start, old)
    through(c, start, c.operator(300, 262, "1−", 13), fresh)
    c.text(374, 146, "$U$", ha="left")
    return c.figure


@figure("gru_cell")
def gru_whose_gate_renews():
    """A GRU cell with every symbol of its equations: the update gate is the share of the new value."""
    c = Canvas(600, 412)
    start, old, fresh = gru(
        c,
        ("$H_{t-1}$", "$h_t$"),
        "$x_t$",
        ("$z$", "$r$", "$c$"),
        [f"$W_{k}$  $U_{k}$  $b_{k}$" for k in "zrc"],
    )
    through(c, start, c.operator(176, 304, "1−", 13), old)
    through(c, start, fresh)
    return c.figure


@figure("rnn24")
def lstm_and_residual_network():
    """An LSTM and a residual network: the same sum beside a straight path."""
    c = Canvas(600, 320)
    for left, mark, title, states, meaning, first, second in (
        (0, "a", "LSTM", ("$C_t$", "$C_{t+1}$"), "state", "$W Z_t + U X_{t+1}$", "tanh"),
        (300, "b", "ResNet", ("$Z_r$", "$Z_{r+1}$"), "hidden", "convolution", "convolution"),
    ):
        c.title(left + 16, 300, title, mark)
        before, after = (
            c.box(left + x, 240, words, meaning) for x, words in zip((44, 252), states, strict=True)
        )
        plus = c.operator(left + 190, 240, "+")
        inner, outer = (
            c.box(left + 118, y, words, "hidden", 108, 30) for y, words in ((92, first), (160, second))
        )
        c.arrow(before, plus, meaning=meaning, lw=2)
        c.arrow(plus, after, meaning=meaning, lw=2)
        c.arrow(before, (before.x, inner.y), inner)
        c.arrow(inner, outer)
        c.arrow(outer, (plus.x, outer.y), plus)
        if mark == "a":
            c.text(before.x - 6, 166, "$Z_t$", ha="right")
            c.arrow(c.box(inner.x, 30, "$X_{t+1}$", "input"), inner)
    return c.figure
