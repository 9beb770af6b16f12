"""What a recurrent network is: a system in time, a loop, its unfolding, stacked layers, two directions.

The letters are those of every lesson: Z_{i+1} = tanh(W Z_i + U X_{i+1} + b), Y = h(V Z + c).
"""

from drawing.vocabulary import BIG, KINDS, SMALL, Canvas, Shape, figure

FLOW = ("input", "hidden", "output")
"""The meanings of a network's rows, from the bottom up."""


def loop(c, state, reach=36):
    """The feedback of a hidden layer: out at its top, through a delay of one step, in again at its bottom."""
    delay = c.delay(state.right[0] + reach, state.y)
    (x, top), (_, bottom) = state.at(0.78, 1), state.at(0.78, 0)
    c.line((x, top), (x, top + 18), (delay.x, top + 18), delay.top, meaning="hidden")
    c.weights("W", delay.bottom, (delay.x, bottom - 18), (x, bottom - 18), (x, bottom), side="below")


@figure("rnn36")
def static_map_and_system():
    """A static map against a system in time."""
    c = Canvas(600, 304)
    heights = (72, 150, 220)
    c.title(16, 284, "Static map", "a")
    x, f, y = (
        c.box(80, h, words, m)
        for h, words, m in zip(heights, ("$X$", "$f$", "$Y$"), ("input", None, "output"), strict=True)
    )
    c.arrow(x, f, meaning="input")
    c.arrow(f, y, meaning="output")
    c.text(80, 251, "$Y = f(X)$")

    c.title(180, 284, "System in time", "b")
    columns = {"1": 232, "2": 358, "n": 512}
    outputs = ["$Y_1 = f_1(X_1)$", "$Y_2 = f_2(X_1, X_2)$", "$Y_n = f_n(X_1, …, X_n)$"]
    inputs = [c.box(x, heights[0], f"$X_{i}$", "input") for i, x in columns.items()]
    functions = [
        c.box(x, heights[1], f"$f_{i}$", None, 54 + 14 * k) for k, (i, x) in enumerate(columns.items())
    ]
    high, low, entry = 117, 104, functions[0].bottom[1]
    (first, _), (second, _) = (past.at(0.76, 1) for past in inputs[:2])
    for start, bus, end in ((first, high, columns["n"] - 26), (second, low, columns["n"] - 13)):
        c.arrow((start, 89), (start, bus), (end, bus), (end, entry), meaning="input", radius=6)
    c.dot(columns["2"] - 18, high, meaning="input")
    c.arrow((columns["2"] - 18, high), (columns["2"] - 18, entry), meaning="input")
    for source, function, words, i in zip(inputs, functions, outputs, columns, strict=True):
        c.arrow(source, function, meaning="input", over=True)
        c.arrow(function, c.box(function.x, heights[2], f"$Y_{i}$", "output"), meaning="output")
        c.text(function.x, 251, words)
    for height in heights:
        c.dots(435, height)
    c.time_axis(232, 548, 24)
    return c.figure


@figure("rnn1")
def two_steps_and_loop():
    """Two hidden layers one step apart, and the same network as a loop with its delay."""
    c = Canvas(600, 404)
    c.title(16, 384, "Two steps of time", "a")
    rows = [64, 156, 248, 340]
    steps = []
    for x, side, shift, step in ((110, -1, 0, "i"), (272, 1, 1, "i+1")):
        ha = "right" if side < 0 else "left"
        layers = [c.layer(x, y, m) for y, m in zip(rows[shift:], FLOW, strict=False)]
        for letter, y in zip("XZY", rows[shift:], strict=False):
            c.text(x + side * 54, y, f"${letter}_{{{step}}}$", ha=ha)
        for k, letter in enumerate("UV"):
            c.web(layers[k], layers[k + 1], KINDS[letter])
            c.text(x + side * 54, rows[shift + k] + 46, f"${letter}$", BIG, KINDS[letter], ha)
        steps.append(layers)
    c.web(steps[0][1], steps[1][1], "hidden")
    c.text(210, 164, "$W$", BIG, "hidden")
    c.time_axis(90, 330, 22)

    c.title(416, 384, "The loop", "b")
    x, z, y = (
        c.box(470, h, f"${letter}_i$", m) for h, letter, m in zip((110, 202, 294), "XZY", FLOW, strict=True)
    )
    c.weights("U", x, z, side="left", size=BIG)
    c.weights("V", z, y, side="left", size=BIG)
    loop(c, z)
    return c.figure


@figure("rnn1c")
def loop_unfolded():
    """Unfolding: the loop, and the same network drawn once for each step of time."""
    c = Canvas(600, 280)
    heights = (66, 138, 210)
    c.title(16, 260, "The loop", "a")
    x, z, y = (c.box(54, h, f"${v}$", m) for h, v, m in zip(heights, "XZY", FLOW, strict=True))
    c.weights("U", x, z, side="left")
    c.weights("V", z, y, side="left")
    loop(c, z)
    c.arrow((158, 138), (210, 138), label="unfold", meaning=None, lw=3, head=14, size=SMALL)

    c.title(232, 260, "Unfolded in time", "b")
    before = (236, 138)
    for column, step in ((304, "i"), (404, "i+1"), (504, "i+2")):
        x, z, y = (
            c.box(column, h, f"${v}_{{{step}}}$", m) for h, v, m in zip(heights, "XZY", FLOW, strict=True)
        )
        c.weights("U", x, z)
        c.weights("V", z, y)
        c.weights("W", before, z)
        before = z
    c.weights("W", before, (572, 138))
    c.time_axis(277, 558, 22)
    return c.figure


STEPS = ("t-2", "t-1", "t")
"""The steps of an unrolled figure."""


@figure("neuron_unrolled")
def neuron_along_time():
    """One neuron that feeds its output back, and the same neuron along the time axis."""
    c = Canvas(600, 348)
    c.title(16, 328, "One neuron", "a")
    fed_back(c, 84, neuron, "w")
    c.title(216, 328, "Unrolled through time", "b")
    along_time(c, (296, 406, 516), neuron, "w")
    return c.figure


@figure("layer_unrolled")
def layer_along_time():
    """A layer of neurons whose whole output vector is fed back, and the same layer along the time axis."""
    c = Canvas(600, 298)
    c.title(16, 278, "A layer", "a")
    fed_back(c, 74, layer, "W")
    c.title(196, 278, "Unrolled through time", "b")
    along_time(c, (270, 398, 526), layer, "W")
    return c.figure


def neuron(c, x, step):
    """An input, one neuron and its output, from the bottom up; where the feedback enters and leaves."""
    total, squash = c.node(x, 142, r"$\Sigma$", "hidden", 17, 12), c.tanh(x, 198)
    c.arrow(c.box(x, 62, f"$x{step}$", "input"), total, label="$w_x$", meaning="input")
    c.arrow((x - 33, 109), total)
    c.text(x - 38, 103, "$b$")
    c.arrow(total, squash, meaning="hidden")
    c.arrow(squash, c.box(x, 276, f"$y{step}$", "output"), meaning="hidden")
    return total, c.dot(x, 236, meaning="hidden")


def layer(c, x, step):
    """An input vector, a layer of five neurons and their output vector, from the bottom up; as `neuron`."""
    inputs, units = c.layer(x, 66, "input", 3, 15, 5), c.layer(x, 154, "hidden", 5, 15, 5)
    c.web(inputs, units, "input", 0.6, 5)
    c.text(x + 36, 110, "$W_x$", meaning="input", ha="left")
    strip = c.cells(x, 234, [False] * 5, "output", 15, 15)
    c.arrow((x, 165), strip, meaning="hidden")
    c.text(x, 38, f"$x{step}$")
    c.text(x + 44, 234, f"$y{step}$", ha="left")
    return Shape(x, 154, 79, 22), c.dot(x, 196, meaning="hidden")


def fed_back(c, x, draw, weights):
    """The loop: the output goes through a delay of one step and comes in again."""
    unit, leaves = draw(c, x, "")
    delay = c.delay(x + 80, (unit.y + leaves.y) / 2)
    c.line(leaves, (delay.x, leaves.y), delay.top, meaning="hidden")
    c.arrow(delay.bottom, (delay.x, unit.y), unit, meaning="hidden")
    c.text(unit.right[0] + 28, unit.y - 13, f"${weights}_y$", meaning="hidden")


def along_time(c, columns, draw, weights):
    """A copy for each step, each fed with the output of the one before."""
    copies = [draw(c, x, f"_{{{step}}}") for x, step in zip(columns, STEPS, strict=True)]
    before = None
    for unit, leaves in copies:
        turn = unit.left[0] - 34
        way = ((before, (turn, before.y)) if before else ()) + ((turn, unit.y), unit)
        c.arrow(*way, meaning="hidden")
        c.text(unit.left[0] - 17, unit.y + 12, f"${weights}_y$", meaning="hidden")
        before = leaves
    c.arrow(before, (before.x + 50, before.y), meaning="hidden")
    c.time_axis(columns[0] - 34, columns[-1] + 44, 16)


@figure("simple_rnn_and_rnn")
def with_and_without_output_layer():
    """SimpleRNN answers with its state; the model's Dense adds the output layer that an RNN has itself."""
    c = Canvas(600, 508)
    c.title(16, 488, "SimpleRNN, then Dense", "a")
    reads_and_answers(
        c, 142, "28", ((62, 244, "SimpleRNN:\nat every step"), (268, 400, "Dense: after\nthe last step"))
    )
    c.text(148, 256, "$h_{28}$", meaning="hidden", ha="left")
    c.title(316, 488, "RNN", "b")
    reads_and_answers(c, 446, "t", ((62, 400, "RNN:\nat every step"),))
    return c.figure


def reads_and_answers(c, x, last, layers):
    """A step from its input to its answer, above each other at x, over the frames of the layers that do it.

    `last` is the index of the output; a layer is the bottom and the top of its frame, and what it is.
    """
    for low, high, words in layers:
        c.frame(x + 4, (low + high) / 2, 268, high - low)
        c.text(x - 120, high - 10, words, SMALL, None, "left", "top")
    source, plus, squash = c.box(x, 34, "$x_t$", "input"), c.operator(x, 114, "+"), c.tanh(x, 164)
    state, shift = c.box(x, 216, "$h_t$"), c.operator(x, 318, "+")
    output, answer = c.box(x, 372, f"$o_{{{last}}}$", "output"), c.box(x, 438, "softmax", "output", 84)
    c.weights("U", source, plus)
    c.arrow(plus, squash, meaning="hidden")
    c.arrow(squash, state, meaning="hidden")
    delay = c.delay(x + 80, 165)
    c.line(state.right, (delay.x, state.y), delay.top, meaning="hidden")
    c.weights("W", delay.bottom, (delay.x, plus.y), plus, side="below")
    c.text(delay.x + 6, 140, "$h_{t-1}$", meaning="hidden", ha="left")
    c.arrow(state, shift, meaning="output")
    c.text(x + 5, 287, "$V$", meaning="output", ha="left")
    c.arrow(shift, output, meaning="output")
    c.arrow(output, answer, meaning="output")
    for bias, adder in (("$b$", plus), ("$c$", shift)):
        c.arrow(c.word(x - 46, adder.y, bias), adder)


@figure("rnn48")
def stacked_layers():
    """Stacked layers: each passes its whole sequence up, the last one only its final state."""
    c = Canvas(600, 446)
    columns = {"1": 190, "2": 322, "R": 536}
    below = {i: c.box(x, 66, f"$X_{i}$", "input") for i, x in columns.items()}
    c.dots(429, 66)
    c.text(16, 66, "input sequence", SMALL, None, ha="left")
    for k in (1, 2, 3, 4):
        y = 66 + 74 * k
        layer = {i: c.box(x, y, f"$Z^{{({k})}}_{i}$") for i, x in columns.items()}
        for i in columns:
            c.weights(f"U^{{({k})}}", below[i], layer[i], size=SMALL)
        for before, after in ((layer["1"], layer["2"]), (layer["2"], (408, y)), ((450, y), layer["R"])):
            c.weights(f"W^{{({k})}}", before, after, size=SMALL)
        c.dots(429, y)
        words = f"layer {k} returns\n" + ("its sequence" if k < 4 else "its last state")
        c.text(16, y, words, SMALL, None, ha="left")
        below = layer
    c.arrow(below["R"], (536, 412), meaning="output")
    c.text(536, 424, "to Dense(1)", SMALL, "output")
    c.time_axis(163, 563, 24)
    return c.figure


@figure("rnn38")
def two_directions():
    """Two hidden layers that read the sequence in opposite directions."""
    c = Canvas(600, 650)
    for base, mark, title in (
        (360, "a", "An output at every step"),
        (0, "b", "One output from the two last states"),
    ):
        c.title(16, base + (270 if mark == "a" else 324), title, mark)
        columns, lanes = (176, 336, 496), (base + 114, base + 164)
        inputs = [c.box(x, base + 58, f"$X_{k}$", "input", 84) for k, x in enumerate(columns, 1)]
        forward, backward = (
            [c.box(x + dx, lane, rf"$\{arrow}{{Z}}_{k}$", w=46, h=34) for k, x in enumerate(columns, 1)]
            for dx, lane, arrow in zip((-27, 27), lanes, ("overrightarrow", "overleftarrow"), strict=True)
        )
        c.text(16, lanes[0], "forward", SMALL, None, ha="left")
        c.text(16, lanes[1], "backward", SMALL, None, ha="left")
        for k in (0, 1):
            c.arrow(forward[k], forward[k + 1], meaning="hidden")
            c.arrow(backward[k + 1], backward[k], meaning="hidden")
        for source, up, down in zip(inputs, forward, backward, strict=True):
            c.arrow((up.x, source.top[1]), up, meaning="input")
            c.arrow((down.x, source.top[1]), down, meaning="input", over=True)
        c.time_axis(134, 548, base + 20)
        (both_ends if mark == "b" else every_step)(c, base + 226, columns, forward, backward)
    return c.figure


def every_step(c, height, columns, forward, backward):
    """An output for each pair of states."""
    for k, x in enumerate(columns):
        output = c.box(x, height, f"$Y_{k + 1}$", "output", 84)
        c.arrow(forward[k], (forward[k].x, output.bottom[1]), meaning="output", over=True)
        c.arrow(backward[k], (backward[k].x, output.bottom[1]), meaning="output")


def both_ends(c, height, columns, forward, backward):
    """One output for the last state of each direction, put end to end."""
    joined = c.box(columns[1], height, "concatenate", "hidden", 104)
    for last in (backward[0], forward[2]):
        c.arrow(last, (last.x, height), joined, meaning="hidden", over=True)
    c.arrow(joined, c.box(columns[1], height + 60, "$Y$", "output"), meaning="output")
    c.text(columns[1] + 8, height + 30, r"$V$, 65 weights with bias, then $\sigma$", SMALL, "output", "left")
