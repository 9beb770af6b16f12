"""How a recurrent network learns: forward, backward, in segments, and what becomes of its gradients."""

from itertools import pairwise

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from mpl_toolkits.mplot3d.proj3d import proj_transform
from unrolled import gradients

from drawing.vocabulary import SMALL, Canvas, figure, shade


def key(c, x, y):
    """How the two passes are drawn."""
    c.arrow((x, y), (x + 40, y))
    c.text(x + 50, y, "forward", SMALL, ha="left")
    c.arrow((x + 172, y), (x + 132, y), meaning="gradient", dashed=True)
    c.text(x + 182, y, "gradient", SMALL, "gradient", ha="left")


def both_ways(c, one, then, meaning):
    """Forward from one shape to the next, and the gradient back beside it."""
    if one.y == then.y:
        ways = [((one.right[0], one.y + d), (then.left[0], one.y + d)) for d in (8, -8)]
    else:
        ways = [((one.x + d, one.top[1]), (one.x + d, then.bottom[1])) for d in (-9, 9)]
    c.arrow(*ways[0], meaning=meaning)
    c.arrow(*ways[1][::-1], meaning="gradient", dashed=True)


@figure("rnn41")
def forward_pass():
    """The forward pass through R stages to logits and softmax."""
    c = Canvas(600, 330)
    c.title(16, 310, "Forward pass through $R$ stages")
    c.text(16, 282, "$f$: tanh, sigmoid or ReLU of each number;  $Z_0 = 0$", SMALL, ha="left")
    columns = {"1": 62, "2": 204, "R": 404}
    stages = [c.box(x, 142, f"$Z_{i}$") for i, x in columns.items()]
    for stage, i in zip(stages, columns, strict=True):
        c.weights("U", c.box(stage.x, 64, f"$X_{i}$", "input"), stage)
    for before, after in ((stages[0], stages[1]), (stages[1], (276, 142)), ((332, 142), stages[2])):
        c.weights("W", before, after)
    for height in (64, 142):
        c.dots(304, height)
    logits, answer = c.box(532, 142, "$A_{R+1}$", "output", 64), c.box(532, 222, "$Y$", "output", 64)
    c.weights("V", stages[-1], logits)
    c.arrow(logits, answer, meaning="output")
    for x, words in (
        (62, ("$Z_1 = f(A_1)$", "$A_1 = U X_1 + b$")),
        (204, ("$Z_2 = f(A_2)$", "$A_2 = W Z_1 + U X_2 + b$")),
        (404, ("$Z_R = f(A_R)$", "$A_R = W Z_{R-1} + U X_R + b$")),
    ):
        for y, line in zip((202, 180), words, strict=True):
            c.text(x, y, line, SMALL)
    c.text(532, 106, "$A_{R+1} = V Z_R + c$", SMALL)
    c.text(526, 260, r"$Y = \mathrm{softmax}(A_{R+1})$", SMALL)
    c.time_axis(62, 564, 22)
    return c.figure


@figure("rnn42")
def backward_pass():
    """The backward pass through three stages: where each gradient comes from."""
    c = Canvas(600, 574)
    c.title(16, 558, "Backward pass through three stages")
    c.text(
        16,
        530,
        "$A_r = W Z_{r-1} + U X_r + b$,   $Z_r = f(A_r)$,   $Z_0 = 0$,   $A_4 = V Z_3 + c$",
        SMALL,
        ha="left",
    )
    c.text(
        16,
        508,
        r"$\Delta_r = \partial L / \partial A_r$:  the gradient of the loss $L$",
        SMALL,
        "gradient",
        "left",
    )
    columns, (inputs, states, answers, back) = (76, 220, 364, 508), (220, 312, 378, 438)
    stages = [c.box(x, states, f"$Z_{k}$") for k, x in enumerate(columns[:3], 1)]
    stages.append(c.box(columns[3], states, "$A_4$", "output"))
    deltas = [c.box(x, back, rf"$\Delta_{k}$", "gradient") for k, x in enumerate(columns, 1)]
    for k, (before, after) in enumerate(pairwise(stages), 1):
        weight = "W" if k < 3 else "V"
        c.weights(weight, before, after)
        c.text((before.x + after.x) / 2, states - 18, rf"$\Delta_{k + 1} Z_{k}^T$", SMALL, "gradient")
        c.arrow(
            deltas[k], deltas[k - 1], label=f"${weight}^T$", side="below", meaning="gradient", dashed=True
        )
        equation = rf"$\Delta_{k} = f'(A_{k}) \odot {weight}^T \Delta_{k + 1}$"
        c.text(columns[k - 1], back + 30, equation, SMALL, "gradient")
        c.line(deltas[k - 1].bottom, before.top, meaning="gradient", lw=0.9, dashed=True)
        c.weights("U", c.box(before.x, inputs, f"$X_{k}$", "input"), before)
        c.text(before.x - 6, (inputs + states) / 2, rf"$\Delta_{k} X_{k}^T$", SMALL, "gradient", "right")
    answer, truth = c.box(columns[3], answers, "$Y$", "output"), c.box(570, answers, "$T$", None, 34)
    c.arrow(stages[3], answer, meaning="output")
    c.arrow(answer, deltas[3], meaning="gradient", dashed=True)
    c.arrow(truth, (truth.x, back), deltas[3], meaning="gradient", dashed=True)
    c.text(columns[3], back + 30, r"$\Delta_4 = Y - T$", SMALL, "gradient")
    sums = (
        ("U", r"\Delta_1 X_1^T + \Delta_2 X_2^T + \Delta_3 X_3^T", r"P \times N"),
        ("W", r"\Delta_2 Z_1^T + \Delta_3 Z_2^T", r"P \times P"),
        ("V", r"\Delta_4 Z_3^T", r"K \times P"),
        ("b", r"\Delta_1 + \Delta_2 + \Delta_3", "P"),
        ("c", r"\Delta_4", "K"),
    )
    for k, (weight, terms, shape) in enumerate(sums):
        y = 140 - 29 * k
        c.text(16, y, rf"$\partial L / \partial {weight}$", meaning="gradient", ha="left")
        c.text(66, y, rf"$= {terms}$", meaning="gradient", ha="left")
        c.text(290, y, rf"${shape}$")
    c.text(290, 168, "size", SMALL, None)
    c.text(
        350,
        140,
        "Each matrix gathers the gradients of\nall its uses: a column times a row.",
        SMALL,
        ha="left",
        va="top",
    )
    for k, words in enumerate(
        (
            "$X_r$: $N$ numbers",
            r"$Z_r$, $A_r$, $\Delta_r$: $P$ numbers",
            r"$A_4$, $Y$, $T$, $\Delta_4$: $K$ numbers",
        )
    ):
        c.text(350, 82 - 29 * k, words, SMALL, ha="left")
    return c.figure


@figure("rnn20")
def two_segments():
    """Six stages cut into two segments: the state is handed on, the gradient is not."""
    c = Canvas(600, 530)
    c.title(16, 510, "Six stages, trained as one", "a")
    key(c, 344, 506)
    six_stages(c, 280, [range(6)])
    c.title(16, 246, "Segment 1", "b")
    c.title(316, 246, "Segment 2", "c")
    six_stages(c, 20, [range(3), range(3, 6)])
    c.text(300, 14, "$Z_3$ is handed on as a starting value; no gradient comes back", SMALL, None)
    return c.figure


def six_stages(c, base, segments):
    """Stages with an input and an output each; gradients run back within a segment."""
    columns = [52 + 99.2 * k for k in range(6)]
    stages = [c.box(x, base + 104, f"$Z_{k}$", w=48, h=34) for k, x in enumerate(columns, 1)]
    for k, stage in enumerate(stages, 1):
        c.arrow(c.box(stage.x, base + 36, f"$X_{k}$", "input", 48, 30), stage, meaning="input")
        both_ways(c, stage, c.box(stage.x, base + 176, f"$Y_{k}$", "output", 48, 30), "output")
    first = {segment[0] for segment in segments[1:]}
    for k, (before, after) in enumerate(pairwise(stages), 1):
        if k in first:
            c.arrow(before, after, meaning="hidden", lw=2)
        else:
            both_ways(c, before, after, "hidden")
    for segment in segments:
        left, right = columns[segment[0]], columns[segment[-1]]
        c.frame((left + right) / 2, base + 106, right - left + 68, 190)


@figure("delayed_cost")
def cost_of_last_outputs():
    """A cost that looks only at the last outputs, and the way its gradients take back."""
    c = Canvas(600, 350)
    key(c, 16, 326)
    columns = [64 + 118 * k for k in range(5)]
    cost = c.box(columns[3], 318, "cost $C(Y_2, Y_3, Y_4)$", "ink", 290)
    stages = [c.box(x, 136, f"$h_{k}$") for k, x in enumerate(columns)]
    for k, (x, stage) in enumerate(zip(columns, stages, strict=True)):
        counts = k >= 2
        c.arrow(c.box(x, 60, f"$X_{k}$", "input"), stage, meaning="input")
        output = c.box(x, 226, f"$Y_{k}$", "output" if counts else None, dashed=not counts)
        if not counts:
            c.arrow(stage, output, meaning="output")
            c.text(x, 256, "ignored", SMALL, None)
            continue
        both_ways(c, stage, output, "output")
        both_ways(c, output, cost, "output")
    for before, after in pairwise(stages):
        both_ways(c, before, after, "hidden")
    c.time_axis(64, 563, 22)
    return c.figure


EIGENVALUES = {1.25: (":", 9), 1.0: ("-", 0), 0.8: ("--", -9)}
"""The largest eigenvalue of the recurrent weights: its gradient's dashes, its name's place above the line."""


@figure("rnn43")
def gradient_over_stages():
    """What happens to a gradient over three stages and over many."""
    c = Canvas(600, 372)
    c.sheet.set_zorder(1)
    for left, stages, mark, title in ((0, 3, "a", "Three stages"), (300, 40, "b", "Forty stages")):
        few = stages == 3
        c.title(left + 16, 356, title, mark)
        axes = c.axes(left + 66, 50, 222, 248, xlabel="stage $t$", yscale="log", ylim=(1e-5, 1e5))
        axes.set_xlim(1 - 0.46 * (stages - 1), stages + 0.06 * (stages - 1))
        axes.set_xticks((1, 2, 3) if few else (1, 10, 20, 30, 40))
        for eigenvalue, (dash, aside) in EIGENVALUES.items():
            lengths = gradients.lengths(eigenvalue, stages)
            look = {"color": shade("gradient"), "marker": "o" if few else None, "ms": 4}
            axes.plot(range(1, stages + 1), lengths, dash, **look)
            x, y = axes.transData.transform((1, lengths[0]))
            name = rf"$\lambda = {eigenvalue:g}$"
            c.text(x - 8, y + few * aside, name, SMALL, "gradient", "right")
        ways = [(axes.transData.transform((stage, 1))[0], 308) for stage in (stages, 1)]
        c.arrow(*ways, label="backpropagation", meaning="gradient", dashed=True, size=SMALL)
        if few:
            axes.set_ylabel(r"length of $\Delta_t$ (last stage: 1)")
            note = "$\\lambda$: the largest eigenvalue\nof $W$; every unit is on"
            c.text(left + 78, 98, note, SMALL, ha="left", bbox={"fc": "white", "ec": "none", "pad": 3})
    return c.figure


DESCENT = {"start": (5.0, -3.2), "steps": 10, "rate": 3}
LIMIT = 0.15
"""Gradient descent that meets the cliff, and the length to which its gradient is clipped."""


@figure("rnn4")
def loss_cliff():
    """A loss cliff: gradient descent with and without clipping."""
    c = Canvas(600, 336)
    c.sheet.set_zorder(1)
    c.title(16, 320, "The loss as a surface", "a")
    c.title(340, 320, "The same from above", "b")
    greys = LinearSegmentedColormap.from_list("height", ("#fbfbfb", "#a8a8a8"))
    limits = (3.6, 6.1, -3.9, -0.2)
    w, edge = np.meshgrid(np.linspace(*limits[:2], 60), np.linspace(-1.9, 2.7, 401))
    b = edge - w / 2
    surface = c.axes(6, -3, 330, 330, projection="3d", computed_zorder=False, facecolor="none")
    surface.plot_surface(
        w, b, gradients.cliff_loss(w, b), cmap=greys, rstride=8, cstride=2, lw=0.15, edgecolor="#8a8a8a"
    )
    surface.set(xticks=(), yticks=(), zticks=())
    for axis, words in ((surface.xaxis, "$w$"), (surface.yaxis, "$b$"), (surface.zaxis, "loss")):
        axis.set_label_text(words)
        axis.labelpad = -10
    surface.view_init(42, -80)
    surface.set_box_aspect((1.5, 1.8, 1), zoom=1.02)
    above = c.axes(384, 50, 200, 242, xlabel="$w$", ylabel="$b$")
    w, b = np.meshgrid(np.linspace(*limits[:2], 400), np.linspace(*limits[2:], 400))
    look = {"cmap": greys, "origin": "lower", "aspect": "auto", "interpolation": "bilinear"}
    above.imshow(gradients.cliff_loss(w, b), extent=limits, **look)
    above.grid(visible=False)
    c.figure.draw_without_rendering()
    two_descents(c, surface, {"start": (6, -14)}, {"low": (3.25, -3.4), "high": (3.3, 0.4)})
    names = {"start": (12, 0), "not clipped": (-12, 0), "clipped": (-8, 4)}
    two_descents(c, above, names, {"low": (4.1, -3.4), "high": (4.1, -0.9)})
    return c.figure


def two_descents(c, axes, names, heights):
    """Gradient descent with and without clipping, from the start together, then each its own way.

    `names` says how far the words stand from what they name, the start and the end of either way; `heights`
    says where the loss is called low and high.
    """
    free, clipped = (gradients.cliff_descent(**DESCENT, limit=limit) for limit in (np.inf, LIMIT))
    alike = int((free == clipped).all(axis=1).sum())
    for name, path, meaning, dashed in (
        ("clipped", clipped[alike - 1 :], "measured", True),
        ("not clipped", free[alike - 1 :], "gradient", False),
        ("start", free[:alike], "ink", False),
    ):
        points = on_canvas(axes, *path.T)
        for one, then in pairwise(points):
            step = np.hypot(*np.subtract(then, one))
            c.arrow(one, then, meaning=meaning, dashed=dashed, head=min(8, 0.7 * step))
        for x, y in points:
            c.dot(x, y, meaning=meaning)
        if name in names:
            (x, y), (dx, dy) = points[0 if name == "start" else -1], names[name]
            ground = {"fc": "white", "ec": "none", "pad": 1} if axes.name == "3d" else None
            c.text(x + dx, y + dy, name, SMALL, meaning, "left" if dx > 0 else "right", bbox=ground)
    for words, place in heights.items():
        c.text(*on_canvas(axes, *place), words, SMALL)


def on_canvas(axes, w, b):
    """Where points of the loss lie on the canvas, from above or on the surface: a list of (x, y), or one."""
    if axes.name == "3d":
        w, b, _ = proj_transform(w, b, gradients.cliff_loss(w, b), axes.get_proj())
    places = axes.transData.transform(np.transpose((w, b)))
    return [tuple(place) for place in places] if places.ndim == 2 else tuple(places)
