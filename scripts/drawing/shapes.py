"""Recurrent neurons and layers unrolled, sequences of every shape, and which outputs count."""

from itertools import pairwise

from drawing.vocabulary import SMALL, TINY, Canvas, Shape, figure

STEPS = ("t-2", "t-1", "t")
"""The steps of an unrolled figure."""


@figure
def neuron_unrolled():
    """One neuron that feeds its output back, and the same neuron along the time axis."""
    c = Canvas(600, 280)
    c.title(16, 260, "One neuron", "a")
    recurrent(c, 84, neuron, "w")
    c.title(216, 260, "Unrolled through time", "b")
    unrolled(c, (296, 406, 516), neuron, "w")
    return c.figure


@figure
def layer_unrolled():
    """A layer of neurons whose whole output vector is fed back, and the same layer along the time axis."""
    c = Canvas(600, 280)
    c.title(16, 260, "A layer", "a")
    recurrent(c, 74, layer, "W")
    c.title(196, 260, "Unrolled through time", "b")
    unrolled(c, (270, 398, 526), layer, "W")
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


def recurrent(c, x, draw, weights):
    """The loop: the output goes through a delay of one step and comes in again."""
    unit = draw(c, x, "")
    c.text(x + (5 if draw is neuron else 34), 91, f"${weights}_x$", ha="left")
    c.dot(x, 172)
    delay = c.delay(x + 78, 152)
    c.line((x, 172), (x + 78, 172), delay.top, radius=5)
    c.arrow(delay.bottom, (x + 78, 132), unit, radius=5)
    c.text(x + 60, 118, f"${weights}_y$")


def unrolled(c, columns, draw, weights):
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


@figure
def sequence_shapes():
    """One to one, one to many, many to one, many to many after reading, many to many in step."""
    c = Canvas(600, 300)
    shapes = (
        ("one\nto one", "an image:\nits class", (0,), (0,)),
        ("one\nto many", "an image:\nits caption", (0,), (0, 1, 2)),
        ("many\nto one", "a review:\ngood or bad", (0, 1, 2), (2,)),
        ("many to many,\nafter reading", "a sentence:\nits translation", (0, 1, 2), (2, 3, 4)),
        ("many to many,\nin step", "a video:\na label a frame", (0, 1, 2), (0, 1, 2)),
    )
    for middle, (words, example, inputs, outputs) in zip((38, 134, 246, 394, 542), shapes, strict=True):
        steps = max(inputs + outputs) + 1
        stages = [c.box(middle + 36 * (k - (steps - 1) / 2), 152, "", "hidden", 20, 40) for k in range(steps)]
        for before, after in pairwise(stages):
            c.arrow(before, after, head=7)
        for k in inputs:
            c.arrow(c.box(stages[k].x, 88, "", "input", 20, 40), stages[k], head=7)
        for k in outputs:
            c.arrow(stages[k], c.box(stages[k].x, 216, "", "output", 20, 40), head=7)
        c.text(middle, 270, words, SMALL)
        c.text(middle, 38, example, TINY, None)
    return c.figure


@figure
def delayed_cost():
    """A cost that looks only at the last outputs, and the way its gradients take back."""
    c = Canvas(600, 350)
    columns = [64 + 118 * k for k in range(5)]
    cost = c.box(columns[3], 318, "cost $C(Y_2, Y_3, Y_4)$", "ink", 290)
    stages = [c.box(x, 136, f"$h_{k}$") for k, x in enumerate(columns)]
    for k, (x, stage) in enumerate(zip(columns, stages, strict=True)):
        counts = k >= 2
        c.arrow(c.box(x, 60, f"$X_{k}$", "input"), stage)
        output = c.box(x, 226, f"$Y_{k}$", "output" if counts else None, dashed=not counts)
        if not counts:
            c.arrow(stage, output)
            c.text(x, 256, "ignored", SMALL, None)
            continue
        for below, above in ((stage, output), (output, cost)):
            c.arrow((x - 9, below.top[1]), (x - 9, above.bottom[1]))
            c.arrow((x + 9, above.bottom[1]), (x + 9, below.top[1]), meaning="gradient", dashed=True)
    for before, after in pairwise(stages):
        c.arrow((before.right[0], 143), (after.left[0], 143))
        c.arrow((after.left[0], 129), (before.right[0], 129), meaning="gradient", dashed=True)
    c.time_axis(64, 563, 22)
    c.arrow((40, 330), (80, 330))
    c.text(90, 330, "forward pass", SMALL, ha="left")
    c.arrow((80, 306), (40, 306), meaning="gradient", dashed=True)
    c.text(90, 306, "gradients", SMALL, "gradient", ha="left")
    return c.figure
