"""Charts of what was measured, in one style, each with its alt text."""

import io

import matplotlib.pyplot as plt
import numpy as np

from . import style

plt.style.use(style.SHEET)

OURS, THEIRS = style.COLOURS["measured"], style.COLOURS["published"]
COLOURS = [
    style.COLOURS[meaning] for meaning in ("measured", "output", "hidden", "gate", "gradient", "input")
]
MARKS = "os^DvPX*"


def figure(columns=1, rows=1, height=2.9, **options):
    """A figure 6 inches wide in the project's style, and its axes, as from `matplotlib.pyplot.subplots`.

    `height` is in inches; `options` go to `subplots`.
    """
    return plt.subplots(rows, columns, figsize=(6, height), **options)


def show(figure, alt):
    """Show `figure` as this cell's picture, described by `alt`, and close it."""
    png = io.BytesIO()
    figure.savefig(png, format="png")
    plt.close(figure)
    style.show(png.getvalue(), alt)


def learning_curves(history, source, published=None):
    """Accuracy and loss over the epochs, ours over the published ones.

    `history`: lists `acc`, `loss`, `val_acc`, `val_loss`, one value an epoch; `published`: the same from a
    source's log, or None; `source`: that of the data, drawn into the title.
    """
    fig, axes = figure(columns=2)
    for axis, metric, name in zip(axes, ("acc", "loss"), ("Accuracy", "Loss"), strict=True):
        if published:
            epochs = range(1, len(published[metric]) + 1)
            axis.plot(epochs, published[metric], color=THEIRS, lw=1.1, ls=":", label="source, training")
            axis.plot(epochs, published[f"val_{metric}"], color=THEIRS, lw=1.1, label="source, validation")
        epochs = range(1, len(history[metric]) + 1)
        marker = "o" if len(epochs) < 15 else None
        axis.plot(epochs, history[metric], color=OURS, ls=":", marker=marker, ms=3, label="ours, training")
        axis.plot(epochs, history[f"val_{metric}"], color=OURS, marker=marker, ms=3, label="ours, validation")
        axis.set(title=name, xlabel="epoch")
        axis.xaxis.get_major_locator().set_params(integer=True)
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, columnspacing=1.2)
    _name_the_data(fig, source)
    show(fig, _describe(history, published, source))


def _name_the_data(fig, source):
    fig.suptitle(source, fontsize=8, color=THEIRS, x=0.995, ha="right")


def _describe(history, published, source):
    """What the two panels of `learning_curves` show, in words."""

    def course(who, curve):
        training, validation = curve["acc"], curve["val_acc"]
        best, lowest = int(np.argmax(validation)), int(np.argmin(curve["val_loss"]))
        return (
            f"{who}: training accuracy goes from {training[0]:.2f} to {training[-1]:.2f} in {len(training)} "
            f"epochs; validation accuracy is best in epoch {best + 1} with {validation[best]:.2f} and ends "
            f"at {validation[-1]:.2f}; validation loss is lowest in epoch {lowest + 1}."
        )

    courses = [course("Ours", history)] + ([course("The source", published)] if published else [])
    return f"Accuracy and loss of training and validation over the epochs ({source}). " + " ".join(courses)


def over_epochs(series, source, metric="validation accuracy", log=False):
    """One curve over the epochs for each of several trainings.

    `series`: a dict from label to a list of values, one an epoch; a label that begins with "source" is drawn
    as published. `metric` names the values; `log` makes the vertical axis logarithmic; `source`: that of
    the data.
    """
    fig, axis = figure()
    for number, (label, values) in enumerate(series.items()):
        colour = THEIRS if label.startswith("source") else COLOURS[number % len(COLOURS)]
        epochs, every = range(1, len(values) + 1), max(1, len(values) // 12)
        axis.plot(epochs, values, color=colour, marker=MARKS[number], ms=4, markevery=every, label=label)
    axis.set(title=metric[0].upper() + metric[1:], xlabel="epoch", yscale="log" if log else "linear")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    _name_the_data(fig, source)
    ends = "; ".join(
        f"{label} goes from {values[0]:.3g} to {values[-1]:.3g}" for label, values in series.items()
    )
    show(fig, f"{metric} over the epochs ({source}): {ends}.")
