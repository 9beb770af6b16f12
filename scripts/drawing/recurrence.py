"""What a recurrent network is: a system in time, a loop, its unfolding, stacked layers, two directions."""

from itertools import pairwise

from drawing.vocabulary import BIG, SMALL, Canvas, Shape, figure

FLOW = ("input", "hidden", "output")
"""The meanings of a network's rows, from the bottom up."""


def loop(c, state, label, reach=36):
    """The feedback of a hidden layer: out at its top, through a delay of one step, in again at its bottom."""
    delay = c.delay(state.right[0] + reach, state.y)
    (x, top), (_, bottom) = state.at(0.78, 1), state.at(0.78, 0)
    c.line((x, top), (x, top + 16), (delay.x, top + 16), delay.top)
    c.arrow(delay.bottom, (delay.x, bottom - 16), (x, bottom - 16), (x, bottom), label=label, side="below")


@figure("rnn36")
def static_map_and_system():
    """A static map against a system in time."""
    c = Canvas(600, 300)
    heights = (72, 146, 216)
    c.title(16, 280, "Static map", "a")
    x, f, y = (
        c.box(80, h, words, m)
        for h, words, m in zip(heights, ("$X$", "$f$", "$Y$"), ("input", None, "output"), strict=True)
    )
    c.arrow(x, f)
    c.arrow(f, y)
    c.text(80, 248, "$Y = f(X)$")

    c.title(180, 280, "System in time", "b")
    columns = {"1": 232, "2": 358, "n": 512}
    outputs = ["$Y_1 = f_1(X_1)$", "$Y_2 = f_2(X_1, X_2)$", "$Y_n = f_n(X_1, …, X_n)$"]
    inputs = [c.box(x, heights[0], f"$X_{i}$", "input") for i, x in columns.items()]
    for k, (i, x) in enumerate(columns.items()):
        function = c.box(x, heights[1], f"$f_{i}$", None, 54 + 14 * k)
        for j, past in enumerate(inputs[:k]):
            bus, entry = (101, 111)[j], (x - 22 + 10 * j if k == 2 else x - 16)
            c.arrow(
                past.at(0.72, 1),
                (past.at(0.72, 1)[0], bus),
                (entry, bus),
                (entry, 129),
                meaning="input",
                radius=6,
            )
        c.arrow(inputs[k], function)
        c.arrow(function, c.box(x, heights[2], f"$Y_{i}$", "output"))
        c.text(x, 248, outputs[k])
    for height in heights:
        c.dots(435, height)
    c.time_axis(232, 548, 24)
    return c.figure


@figure("rnn1")
def two_steps_and_loop():
    """Two hidden layers one step apart, and the same network as a loop with its delay."""
    c = Canvas(600, 356)
    c.title(16, 336, "Two steps of time", "a")
    rows = [66, 146, 226, 306]
    steps = []
    for x, side, shift, n in ((128, -1, 0, "n"), (272, 1, 1, "n+1")):
        layers = [c.layer(x, y, m) for y, m in zip(rows[shift:], FLOW, strict=False)]
        for v, y in zip("XZY", rows[shift:], strict=False):
            c.text(x + side * 52, y, f"${v}({n})$", ha="right" if side < 0 else "left")
        for below, above, weight in ((0, 1, "$U$"), (1, 2, "$V$")):
            c.web(layers[below], layers[above], FLOW[2 * below])
            c.text(
                x + side * 52,
                rows[shift + below] + 40,
                weight,
                BIG,
                FLOW[2 * below],
                "right" if side < 0 else "left",
            )
        steps.append(layers)
    c.web(steps[0][1], steps[1][1], "hidden")
    c.text(208, 154, "$W$", BIG, "hidden")
    c.time_axis(90, 330, 24)

    c.title(424, 336, "The loop", "b")
    x, z, y = (
        c.box(478, h, f"${v}(n)$", m, 68, 38) for h, v, m in zip((98, 186, 274), "XZY", FLOW, strict=True)
    )
    c.arrow(x, z, label="$U$", side="left")
    c.arrow(z, y, label="$V$", side="left")
    loop(c, z, "$W$")
    c.text(548, 231, "delay", SMALL, None)
    return c.figure


@figure("rnn1c")
def loop_unfolded():
    """Unfolding: the loop, and the same network drawn once for each step of time."""
    c = Canvas(600, 276)
    heights = (66, 136, 206)
    c.title(16, 256, "The loop", "a")
    x, z, y = (c.box(64, h, f"${v}$", m) for h, v, m in zip(heights, "XZY", FLOW, strict=True))
    c.arrow(x, z, label="$U$", side="left")
    c.arrow(z, y, label="$V$", side="left")
    loop(c, z, "$W$")
    c.arrow((158, 136), (212, 136), label="unfold", meaning=None, lw=3, head=14, size=SMALL)

    c.title(232, 256, "Unfolded in time", "b")
    before = (232, 136)
    for column, step in ((302, "n-1"), (402, "n"), (502, "n+1")):
        x, z, y = (
            c.box(column, h, f"${v}_{{{step}}}$", m) for h, v, m in zip(heights, "XZY", FLOW, strict=True)
        )
        c.arrow(x, z, label="$U$")
        c.arrow(z, y, label="$V$")
        c.arrow(before, z, label="$W$")
        before = z
    c.arrow(before, (572, 136), label="$W$")
    c.time_axis(275, 556, 24)
    return c.figure


STEPS = ("t-2", "t-1", "t")
"""The steps of an unrolled figure."""


@figure("neuron_unrolled")
def neuron_along_time():
    """One neuron that feeds its output back, and the same neuron along the time axis."""
    c = Canvas(600, 280)
    c.title(16, 260, "One neuron", "a")
    fed_back(c, 84, neuron, "w")
    c.title(216, 260, "Unrolled through time", "b")
    along_time(c, (296, 406, 516), neuron, "w")
    return c.figure


@figure("layer_unrolled")
def layer_along_time():
    """A layer of neurons whose whole output vector is fed back, and the same layer along the time axis."""
    c = Canvas(600, 280)
    c.title(16, 260, "A layer", "a")
    fed_back(c, 74, layer, "W")
    c.title(196, 260, "Unrolled through time", "b")
    along_time(c, (270, 398, 526), layer, "W")
    return c.figure


def neuron(c, x, step):
    """An input, one neuron and its output, from the bottom up; the neuron."""
    unit = c.node(x, 132, r"$\Sigma$", "hidden", 19, 12)
    c.arrow(c.box(x, 60, f"$x{step}$", "input"), unit)
    c.arrow(unit, c.box(x, 208, f"$y{step}$", "output"))
    return unit


def layer(c, x, step):
    """An input vector, a layer of five neurons and their output vector, from the bottom up; the layer."""
    inputs, units = c.layer(x, 60, "input", 3, 15, 5), c.layer(x, 132, "hidden", 5, 15, 5)
    c.web(inputs, units, lw=0.6)
    strip = c.cells(x, 208, [False] * 5, "output", 15, 15)
    c.arrow((x, 143), strip)
    c.text(x, 32, f"$x{step}$")
    c.text(x + 44, 208, f"$y{step}$", ha="left")
    return Shape(x, 132, 79, 22)


def fed_back(c, x, draw, weights):
    """The loop: the output goes through a delay of one step and comes in again."""
    unit = draw(c, x, "")
    c.text(x + (5 if draw is neuron else 34), 91, f"${weights}_x$", ha="left")
    c.dot(x, 172)
    delay = c.delay(x + 78, 152)
    c.line((x, 172), (x + 78, 172), delay.top, radius=5)
    c.arrow(delay.bottom, (x + 78, 132), unit, radius=5)
    c.text(x + 60, 118, f"${weights}_y$")


def along_time(c, columns, draw, weights):
    """A copy for each step, each fed with the output of the one before."""
    units = [draw(c, x, f"_{{{step}}}") for x, step in zip(columns, STEPS, strict=True)]
    for unit in units:
        c.text(unit.x + (5 if draw is neuron else 34), 91, f"${weights}_x$", ha="left")
    c.arrow((units[0].left[0] - 30, 132), units[0])
    for before, unit in pairwise(units):
        c.dot(before.x, 172)
        turn = (before.right[0] + unit.left[0]) / 2 - 8
        c.arrow((before.x, 172), (turn, 172), (turn, 132), unit, radius=7)
    for unit in units:
        c.text(unit.left[0] - 15, 118, f"${weights}_y$")
    c.time_axis(columns[0] - 34, columns[-1] + 44, 14)


@figure("simple_rnn_and_rnn")
def with_and_without_output_layer():
    """SimpleRNN answers with its state; the full RNN adds an output layer of its own."""
    c = Canvas(600, 462)
    for left, mark, title in ((0, "a", "SimpleRNN"), (300, "b", "RNN")):
        c.title(left + 16, 442, title, mark)
        at = left + 146
        source, plus, squash = c.box(at, 34, "$x_t$", "input"), c.operator(at, 108, "+"), c.tanh(at, 158)
        state, answer = c.box(at, 214, "$h_t$"), c.box(at, 394, "softmax", "output", 84)
        delay = c.delay(at + 78, 158)
        c.arrow(source, plus, label="$U$")
        c.arrow(plus, squash)
        c.arrow(squash, state)
        c.arrow(bias(c, at - 62, 108, "$b$"), plus)
        c.line(state.right, (delay.x, state.y), delay.top)
        c.arrow(delay.bottom, (delay.x, plus.y), plus, label="$W$", side="below")
        c.text(at + 94, 158, "$h_{t-1}$", ha="left")
        if mark == "a":
            c.arrow(state, answer)
        else:
            shift, output = c.operator(at, 274, "+"), c.box(at, 328, "$o_t$", "output")
            c.arrow(state, shift, label="$V$")
            c.arrow(bias(c, at - 62, 274, "$c$"), shift)
            c.arrow(shift, output)
            c.arrow(output, answer)
    return c.figure


def bias(c, x, y, words):
    """A vector that is added, and where its arrow starts."""
    c.text(x, y, words)
    return x + 8, y


@figure("rnn48")
def stacked_layers():
    """Stacked layers: each passes its whole sequence up, the last one only its final state."""
    c = Canvas(600, 440)
    columns = {"1": 190, "2": 322, "R": 536}
    below = {i: c.box(x, 66, f"$X_{i}$", "input") for i, x in columns.items()}
    c.dots(429, 66)
    c.text(16, 66, "input sequence", SMALL, None, ha="left")
    for k in (1, 2, 3, 4):
        y = 66 + 74 * k
        layer = {i: c.box(x, y, f"$Z^{{({k})}}_{i}$") for i, x in columns.items()}
        for i in columns:
            c.arrow(below[i], layer[i], label=f"$U^{{({k})}}$", size=SMALL)
        for before, after in ((layer["1"], layer["2"]), (layer["2"], (408, y)), ((450, y), layer["R"])):
            c.arrow(before, after, label=f"$W^{{({k})}}$", size=SMALL)
        c.dots(429, y)
        c.text(
            16,
            y,
            f"layer {k} returns\n" + ("its sequence" if k < 4 else "its last state"),
            SMALL,
            None,
            ha="left",
        )
        below = layer
    c.arrow(below["R"], (536, 420), label="onwards", side="left", size=SMALL)
    c.time_axis(163, 563, 24)
    return c.figure


@figure("rnn38")
def two_directions():
    """Two hidden layers that read the sequence in opposite directions."""
    c = Canvas(600, 634)
    for base, mark, title in (
        (350, "a", "An output at every step"),
        (0, "b", "One output from the two last states"),
    ):
        c.title(16, base + (264 if mark == "a" else 316), title, mark)
        columns, lanes = (176, 336, 496), (base + 110, base + 158)
        inputs = [c.box(x, base + 56, f"$X_{k}$", "input", 78) for k, x in enumerate(columns, 1)]
        forward = [
            c.box(x - 25, lanes[0], rf"$\overrightarrow{{Z}}_{k}$", w=46, h=32)
            for k, x in enumerate(columns, 1)
        ]
        backward = [
            c.box(x + 25, lanes[1], rf"$\overleftarrow{{Z}}_{k}$", w=46, h=32)
            for k, x in enumerate(columns, 1)
        ]
        c.text(16, lanes[0], "forward", SMALL, None, ha="left")
        c.text(16, lanes[1], "backward", SMALL, None, ha="left")
        for x, low, up, down in zip(columns, inputs, forward, backward, strict=True):
            c.arrow((x - 25, low.top[1]), up, meaning="input")
            c.arrow((x + 25, low.top[1]), down, meaning="input")
        for k in (0, 1):
            c.arrow(forward[k], forward[k + 1], meaning="hidden")
            c.arrow(backward[k + 1], backward[k], meaning="hidden")
        c.time_axis(137, 544, base + 20)
        (both_ends if mark == "b" else every_step)(c, columns, base + 218, forward, backward)
    return c.figure


def every_step(c, columns, height, forward, backward):
    """An output for each pair of states."""
    for k, x in enumerate(columns):
        output = c.box(x, height, f"$Y_{k + 1}$", "output", 78)
        c.arrow((x - 25, forward[k].top[1]), output, meaning="output")
        c.arrow((x + 25, backward[k].top[1]), output, meaning="output")


def both_ends(c, columns, height, forward, backward):
    """One output for the last state of each direction, put end to end."""
    joined = c.box(columns[1], height, "concatenate", "hidden", 104)
    c.arrow(backward[0], (backward[0].x, height), joined, meaning="hidden")
    c.arrow((columns[2] - 25, forward[2].top[1]), (columns[2] - 25, height), joined, meaning="hidden")
    c.arrow(joined, c.box(columns[1], height + 58, "$Y$", "output"), meaning="output")
