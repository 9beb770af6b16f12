"""How a recurrent network learns: forward, backward, in segments, and what becomes of its gradients."""

from itertools import pairwise

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from unrolled import gradients

from drawing.vocabulary import NORMAL, SMALL, TINY, Canvas, figure, shade


@figure("rnn41")
def forward_pass():
    """The forward pass through R stages to logits and softmax."""
    c = Canvas(600, 300)
    columns = {"1": 62, "2": 192, "R": 396}
    stages = [c.box(x, 146, f"$Z_{i}$") for i, x in columns.items()]
    for stage, i in zip(stages, columns, strict=True):
        c.arrow(c.box(stage.x, 68, f"$X_{i}$", "input"), stage, label="$U$")
    for before, after in ((stages[0], stages[1]), (stages[1], (272, 146)), ((316, 146), stages[2])):
        c.arrow(before, after, label="$W$")
    for height in (68, 146):
        c.dots(294, height)
    logits = c.box(520, 146, "$A_{R+1}$", "output", 64)
    c.arrow(stages[-1], logits, label="$V$")
    c.arrow(logits, c.box(520, 222, "$Y$", "output", 64))
    for x, y, words in (
        (62, 186, "$Z_1 = f(U X_1)$"),
        (214, 186, "$Z_2 = f(W Z_1 + U X_2)$"),
        (400, 186, "$Z_R = f(W Z_{R-1} + U X_R)$"),
        (520, 108, "$A_{R+1} = V Z_R$"),
        (520, 262, r"$Y = \mathrm{softmax}(A_{R+1})$"),
    ):
        c.text(x, y, words, SMALL)
    c.time_axis(62, 552, 24)
    return c.figure


@figure("rnn42")
def backward_pass():
    """The backward pass through three stages: where each gradient comes from."""
    c = Canvas(600, 440)
    columns = (70, 215, 360, 515)
    stages = [
        c.box(x, 234, f"${words}$", m)
        for x, words, m in zip(
            columns, ("Z_1", "Z_2", "Z_3", "A_4"), ("hidden",) * 3 + ("output",), strict=True
        )
    ]
    deltas = [c.box(x, 340, rf"$\Delta_{k}$", "gradient") for k, x in enumerate(columns, 1)]
    answer = c.box(515, 150, "$Y$", "output")
    c.arrow(stages[3], answer, label="softmax", side="left", size=SMALL)
    for k, (before, after) in enumerate(pairwise(stages), 1):
        c.arrow(before, after, label="$W$" if k < 3 else "$V$")
        c.text((before.x + after.x) / 2, 216, rf"$Z_{k}^T \Delta_{k + 1}$", SMALL, "gradient")
        weight = "W" if k < 3 else "V"
        c.arrow(
            deltas[k],
            deltas[k - 1],
            label=rf"$f'(A_{k}) \odot {weight}^T \Delta_{k + 1}$",
            meaning="gradient",
            dashed=True,
            size=TINY,
        )
    for k, stage in enumerate(stages[:3], 1):
        c.arrow(c.box(stage.x, 150, f"$X_{k}$", "input"), stage, label="$U$")
        c.text(stage.x - 6, 192, rf"$X_{k}^T \Delta_{k}$", SMALL, "gradient", "right")
    for stage, delta in zip(stages, deltas, strict=True):
        c.line(delta.bottom, stage.top, meaning="gradient", lw=0.9, dashed=True)
    c.text(515, 378, r"$\Delta_4 = Y - T$", NORMAL, "gradient")
    c.text(16, 410, "gradients, from the last stage back to the first", SMALL, None, ha="left")
    sums = (
        ("U", r"X_1^T \Delta_1 + X_2^T \Delta_2 + X_3^T \Delta_3"),
        ("W", r"Z_1^T \Delta_2 + Z_2^T \Delta_3"),
        ("V", r"Z_3^T \Delta_4"),
    )
    for k, (weight, terms) in enumerate(sums):
        c.text(
            70, 96 - 32 * k, rf"$\frac{{\partial L}}{{\partial {weight}}} = {terms}$", 12, "gradient", "left"
        )
    c.text(340, 64, "each weight matrix gathers\nthe gradients of all its uses", SMALL, None, ha="left")
    return c.figure


@figure("rnn20")
def two_segments():
    """Six stages cut into two segments: the state is handed on, the gradient is not."""
    c = Canvas(600, 520)
    c.title(16, 500, "Six stages, trained as one", "a")
    six_stages(c, 272, [range(6)])
    c.title(16, 240, "Segment 1", "b")
    c.title(316, 240, "Segment 2", "c")
    six_stages(c, 20, [range(3), range(3, 6)])
    c.text(300, 16, "$Z_3$ is handed on as a starting value; no gradient comes back", SMALL, None)
    return c.figure


def six_stages(c, base, segments):
    """Stages with an input and an output each; gradients run back within a segment."""
    columns = [52 + 99.2 * k for k in range(6)]
    stages = [c.box(x, base + 104, f"$Z_{k}$", w=48, h=34) for k, x in enumerate(columns, 1)]
    for k, stage in enumerate(stages, 1):
        c.arrow(c.box(stage.x, base + 40, f"$X_{k}$", "input", 48, 30), stage)
        c.arrow(stage, c.box(stage.x, base + 172, f"$Y_{k}$", "output", 48, 30))
    first = {segment[0] for segment in segments[1:]}
    for k, (before, after) in enumerate(pairwise(stages), 1):
        y = base + 104 + (8 if k not in first else 0)
        c.arrow((before.right[0], y), (after.left[0], y), meaning="hidden", lw=2 if k in first else 1.4)
        if k not in first:
            c.arrow((after.left[0], y - 16), (before.right[0], y - 16), meaning="gradient", dashed=True)
    for segment in segments:
        left, right = columns[segment[0]], columns[segment[-1]]
        c.frame((left + right) / 2, base + 106, right - left + 68, 182)


@figure("delayed_cost")
def cost_of_last_outputs():
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


DASHES = {0.8: "--", 1.0: "-", 1.25: ":"}
"""The largest eigenvalue of the recurrent weights, and how its gradient is drawn."""


@figure("rnn43")
def gradient_over_stages():
    """What happens to a gradient over three stages and over many."""
    c = Canvas(600, 330)
    for left, stages, mark, title in ((0, 3, "a", "Three stages"), (300, 40, "b", "Forty stages")):
        c.title(left + 16, 310, title, mark)
        axes = c.axes(left + 66, 50, 212, 230, xlabel="stage $t$", xlim=(0.8, stages + 0.05 * stages))
        for eigenvalue, dash in DASHES.items():
            lengths = gradients.lengths(eigenvalue, stages)
            axes.plot(
                range(1, stages + 1),
                lengths,
                dash,
                color=shade("gradient"),
                label=f"{eigenvalue:g}",
                **({"marker": "o"} if stages == 3 else {}),
            )
        if stages == 3:
            axes.set(
                xticks=(1, 2, 3),
                ylim=(0, 2),
                yticks=(0, 0.5, 1, 1.5, 2),
                ylabel=r"length of $\Delta_t$ (last stage: 1)",
            )
            axes.legend(
                title="largest eigenvalue",
                title_fontsize=9,
                handlelength=2.6,
                loc="lower right",
                reverse=True,
            )
        else:
            axes.set(yscale="log", ylim=(1e-5, 1e5), xticks=(1, 10, 20, 30, 40))
            for x, y, words in (
                (17, 1.5e3, "explodes"),
                (4, 0.25, "keeps its length"),
                (19, 4e-4, "vanishes"),
            ):
                axes.text(x, y, words, size=SMALL, color=shade("gradient"))
    return c.figure


DESCENT = {"start": (5.4, -1.8), "steps": 12, "rate": 3}
LIMIT = 0.15
"""Gradient descent that meets the cliff, and the length to which its gradient is clipped."""


@figure("rnn4")
def loss_cliff():
    """A loss cliff: gradient descent with and without clipping."""
    c = Canvas(600, 310)
    greys = LinearSegmentedColormap.from_list("height", ("#fbfbfb", "#8f8f8f"))
    w, edge = np.meshgrid(np.linspace(3.5, 6.1, 60), np.linspace(-2.7, 1.3, 401))
    b = edge - w / 2
    surface = c.axes(2, -4, 330, 294, projection="3d", computed_zorder=False, facecolor="none")
    surface.plot_surface(
        w, b, gradients.cliff_loss(w, b), cmap=greys, rstride=4, cstride=2, lw=0.15, edgecolor="#777777"
    )
    surface.set(xticks=(), yticks=(), zticks=())
    for axis, words in ((surface.xaxis, "$w$"), (surface.yaxis, "$b$"), (surface.zaxis, "loss")):
        axis.set_label_text(words)
        axis.labelpad = -12
    surface.view_init(34, 60)
    limits = (3.4, 5.9, -4.6, -1.2)
    above = c.axes(372, 50, 212, 224, xlabel="$w$", ylabel="$b$")
    w, b = np.meshgrid(np.linspace(*limits[:2], 400), np.linspace(*limits[2:], 400))
    above.imshow(
        gradients.cliff_loss(w, b),
        cmap=greys,
        extent=limits,
        origin="lower",
        aspect="auto",
        interpolation="bilinear",
    )
    for limit, words, dash, meaning in (
        (np.inf, "not clipped", "-", "gradient"),
        (LIMIT, "clipped", "--", "measured"),
    ):
        path = gradients.cliff_descent(**DESCENT, limit=limit)
        for axes, points in ((above, path.T), (surface, (*path.T, gradients.cliff_loss(*path.T)))):
            axes.plot(*points, dash, color=shade(meaning), marker="o", ms=3.5, lw=1.4, zorder=5, label=words)
    above.legend(loc="upper left")
    above.grid(visible=False)
    c.title(16, 290, "The loss as a surface", "a")
    c.title(340, 290, "The same from above", "b")
    return c.figure
