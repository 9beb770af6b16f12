"""Charts of what was measured, in one style, each with its alt text.

A label on the screen begins with the name of a model, which sets its colour (`style.MODELS`), or with
"source" or "chance", which are grey. What a source published on real data is not drawn beside a run on the
built-in sample.
"""

import io
import re
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from ..data import SAMPLE
from . import style

plt.style.use(style.SHEET)

MARKS = "os^DvPX*"
"""The markers of the curves of one chart, in turn."""

LONG = 30
"""From so many epochs on, the epochs stand on a logarithmic axis: what is decided is decided early."""


def figure(columns=1, rows=1, height=2.9, **options):
    """A figure 6 inches wide in the project's style, and its axes, as from `matplotlib.pyplot.subplots`.

    `height` is in inches; `options` go to `subplots`.
    """
    return plt.subplots(rows, columns, figsize=(6, height), **options)


def show(figure, alt, data=None):
    """Show `figure` as this cell's picture, described by `alt`, and close it.

    `data`, the source of the data (`Reviews.source`), is drawn into its corner and told with `alt`.
    """
    if data is not None:
        figure.suptitle(data, fontsize=9, color=style.GREY, x=0.995, ha="right")
        alt = f"{alt} Data: {data}."
    png = io.BytesIO()
    figure.savefig(png, format="png")
    plt.close(figure)
    style.show(png.getvalue(), _signs(alt))


def percent(axis, which="y"):
    """Write the ticks of an axis that holds shares as percentages: "85 %", on a logarithmic axis "2 %"."""
    axis = getattr(axis, f"{which}axis")
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.10g} %".replace("-", "\u2212")))
    if axis.get_scale() == "log":
        axis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
        axis.set_minor_locator(NullLocator())
    else:
        axis.set_major_locator(MaxNLocator(6, steps=(1, 2, 5, 10)))


def epochs(axis, number):
    """Prepare an axis for curves over `number` epochs, counted from 1; many stand on a logarithmic scale."""
    axis.set_xlabel("epoch")
    if number >= LONG:
        axis.set_xscale("log")
        axis.set_xticks(ticks := [n for n in (1, 2, 3, 5, 10, 20, 50, 100, 200) if n <= number], ticks)
        axis.xaxis.set_minor_locator(NullLocator())
    else:
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def best(values, lowest=False):
    """The epoch, counted from 1, of the best of `values`, and its value."""
    at = int(np.argmin(values) if lowest else np.argmax(values))
    return at + 1, values[at]


def learning_curves(label, history, data, published=None):
    """Accuracy and loss over the epochs of the model `label`, over the published ones.

    `history`: lists `acc`, `loss`, `val_acc`, `val_loss`, one value an epoch; `published`: the same from a
    source's log, drawn thinner, or None; `data`: their source. A ring marks each best validation value.
    """
    fig, axes = figure(columns=2)
    curves = _comparable({label: history} | ({"source": published} if published else {}), data)
    for axis, metric, title in zip(axes, ("acc", "loss"), ("Accuracy", "Loss"), strict=True):
        epochs(axis, max(len(curve["acc"]) for curve in curves.values()))
        for name, curve in reversed(curves.items()):
            steps = range(1, len(curve[metric]) + 1)
            look = {"color": style.colour(name), "lw": 1.1 if name == "source" else None}
            axis.plot(steps, curve[metric], ls=":", label=f"{name}, training", **look)
            axis.plot(steps, curve[f"val_{metric}"], label=f"{name}, validation", **look)
            ring = best(curve[f"val_{metric}"], lowest=metric == "loss")
            axis.plot(*ring, "o", ms=7, mfc="none", **look)
        axis.set_title(title)
    percent(axes[0])
    handles, labels = axes[0].get_legend_handles_labels()
    _legend(fig, handles[::-1], labels[::-1], most=2)
    show(fig, " ".join(_course(name, curve) for name, curve in curves.items()), data)


def _legend(fig, handles, labels, most):
    """Put a legend below a figure, in as many columns as fit, `most` at most."""
    for columns in range(min(most, len(labels)), 0, -1):
        legend = fig.legend(handles, labels, loc="outside lower center", ncols=columns, columnspacing=1.5)
        if columns == 1 or legend.get_window_extent().width <= fig.bbox.width:
            return
        legend.remove()


def _course(label, curve):
    """What the two panels of `learning_curves` show of one training, in words."""
    (top, accuracy), (bottom, loss) = best(curve["val_acc"]), best(curve["val_loss"], lowest=True)
    return (
        f"{_start(label)}: validation accuracy is best in epoch {top} with {accuracy:.1%} and ends at "
        f"{curve['val_acc'][-1]:.1%} after {len(curve['acc'])} epochs; validation loss is lowest in epoch "
        f"{bottom} with {loss:.2f} and ends at {curve['val_loss'][-1]:.2f}; training accuracy ends at "
        f"{curve['acc'][-1]:.1%}."
    )


def over_epochs(series, data, title="Validation accuracy", chance=None, log=False, ylim=None):
    """One curve over the epochs for each of several trainings, of shares of examples.

    `series`: a dict from label to a list of values, one an epoch, or to a dict of such lists by seed, drawn
    in tints. `title` names the values; `log` makes their axis logarithmic, as errors want it; `chance` is
    drawn as a dashed line; `ylim` are the limits of their axis.
    """
    fig, axis = figure(height=3.4)
    series = _comparable(series, data)
    seeds = {label: one if isinstance(one, dict) else {None: one} for label, one in series.items()}
    epochs(axis, max(len(values) for one in seeds.values() for values in one.values()))
    axis.set(title=title, yscale="log" if log else "linear")
    handles = []
    for (label, one), mark in zip(seeds.items(), cycle(MARKS), strict=False):
        shades, lines = style.tints(style.colour(label), len(one)), []
        for shade, values in zip(shades, one.values(), strict=True):
            steps, every = range(1, len(values) + 1), max(1, len(values) // 12)
            lines += axis.plot(steps, values, color=shade, marker=mark, ms=4, markevery=every)
        handles.append(lines[0])
    labels = [f"{label}, {len(one)} seeds" if len(one) > 1 else label for label, one in seeds.items()]
    if chance is not None:
        handles.append(axis.axhline(chance, color=style.GREY, ls="--", lw=1))
        labels.append("chance")
    axis.set_ylim(ylim)
    percent(axis)
    _legend(fig, handles, labels, most=4)
    courses = "; ".join(_reach(label, one, log) for label, one in seeds.items())
    even = "" if chance is None else f"; chance is {chance:.0%}"
    show(fig, f"{title} over the epochs: {courses}{even}.", data)


def _reach(label, seeds, lowest):
    """What a label's curves reach, and where, in words."""
    reached = [best(values, lowest) for values in seeds.values()]
    if len(reached) == 1:
        [(epoch, value)], [values] = reached, seeds.values()
        return f"{label} is best in epoch {epoch} with {value:.1%} and ends at {values[-1]:.1%}"
    at, values = sorted(epoch for epoch, _ in reached), sorted(value for _, value in reached)
    return (
        f"{label} is best, over {len(reached)} seeds, with {values[0]:.1%} to {values[-1]:.1%} in epochs "
        f"{at[0]} to {at[-1]}"
    )


def _comparable(series, data):
    """Those of the curves that were measured on data like these: a sample is no film review."""
    return {label: one for label, one in series.items() if data != SAMPLE or not label.startswith("source")}


def _signs(text):
    """`text` with a minus sign where a number is negative, and none where it is rounded to zero."""
    return re.sub(r"(?<![\w-])-(?=[\d.])", "\u2212", re.sub(r"(?<![\w-])-(?=0(\.0*)?(?![\d.]))", "", text))


def _start(text):
    return text[0].upper() + text[1:]
