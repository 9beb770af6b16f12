"""What the records of all lessons say together: one table as CSV, one picture, the scatter between seeds.

A row is what `unrolled.evidence.tables.rows` says of a claim, and the number of its lesson, `lesson`.
"""

import csv
import io
import math
import statistics
from collections import defaultdict

import numpy as np
from matplotlib import pyplot as plt
from unrolled.evidence import measured, rules, tables
from unrolled.show import style

VERDICTS = {"holds": style.GREEN, "differs": style.RED, "undecided": style.BLUE, "not tested": style.GREY}
"""The colour of each verdict; its word stands beside it."""

COLUMNS = (
    "lesson", "id", "claim", "source", "place", "kind", "unit", "published", "value", "low", "high", "margin",
    "keras 2 by seed", "keras 3 by seed", "difference", "half width", "verdict", "note", "cause",
)  # fmt: skip
"""Of the CSV. Numbers are as recorded: shares where the unit is points; by seed as in "0: 0.8; 1: 0.9"."""

PANELS = {
    "accuracies": ("accuracy, %", 100),
    "high accuracies": ("accuracy, %", 100),
    "differences": ("difference, points", 100),
    "epochs": ("epochs", 1),
    "times": ("times as long", 1),
}
"""The panels of the picture, what stands at their axis, and by what a value is multiplied."""


def rows(records, notebooks):
    """The rows of all lessons in reading order: of each claim, and `lesson`, its notebook's number."""
    return [
        row | {"lesson": path.stem[:2]}
        for name, path in notebooks.items()
        for row in tables.rows(name, records)
    ]


def as_csv(table):
    """All claims as text in CSV, a line a claim, with `COLUMNS`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n", restval="")
    writer.writeheader()
    for row in table:
        claim = row["judged"]
        note = row["verdict"].removeprefix(row["outcome"]).strip(" ()")
        numbers = {"difference": row["difference"], "half width": row["half_width"]}
        writer.writerow(
            claim
            | {key: f"{number:.6g}" for key, number in numbers.items() if number is not None}
            | {"lesson": row["lesson"], "claim": claim["says"], "published": row["published"]}
            | {"keras 2 by seed": by_seed(row["old"]), "keras 3 by seed": by_seed(row["values"])}
            | {"verdict": row["outcome"], "note": note, "cause": row["cause"]}
        )
    return text.getvalue()


def by_seed(values):
    """Numbers by seed in one text; of curves, which the records hold, how many epochs they have."""
    parts = (
        (seed, f"{len(value)} epochs" if isinstance(value, list) else f"{value:.6g}")
        for seed, value in values.items()
    )
    return "; ".join(f"{seed}: {value}" for seed, value in parts)


def with_accuracy(record):
    """The trainings of a record that have a validation accuracy: a list of (label, training)."""
    return [(label, one) for label, one in record["trainings"].items() if "val_acc" in one["history"]]


def scatter(records, notebooks):
    """What one run is worth: a row for each training with several seeds, texts as `SCATTER` names them."""
    found = []
    for name, path in notebooks.items():
        seeds = defaultdict(dict)
        for one in records:
            if one["lesson"] == name and measured.library(one) == "tensorflow":
                for label, training in with_accuracy(one):
                    seeds[label][one["seed"]] = training
        for label, runs in seeds.items():
            if len(runs) > 1:
                best = [max(training["history"]["val_acc"]) for training in runs.values()]
                tests = [measured.OF_A_TRAINING["test"](one) for one in runs.values() if "test" in one]
                number = str(len(runs))
                found.append([path.stem[:2], f"`{label}`", number, mean_and_sd(best), mean_and_sd(tests)])
    return found


SCATTER = ("lesson", "training", "seeds", "best validation accuracy", "test accuracy")


def mean_and_sd(shares):
    """ "84.21 % ± 0.83": the mean and the standard deviation between the seeds, or "" for less than two."""
    if len(shares) < 2:
        return ""
    return f"{100 * statistics.mean(shares):.2f} % ± {100 * statistics.stdev(shares):.2f}"


BACKENDS = ("lesson", "training", "TensorFlow", "JAX", "seeds of both")


def backends(records, notebooks):
    """TensorFlow against JAX: a row for each training that both have, texts as `BACKENDS` names them.

    What is compared is the mean best validation accuracy over the seeds that both have.
    """
    found = []
    for name, path in notebooks.items():
        best = defaultdict(lambda: defaultdict(dict))
        for one in records:
            if one["lesson"] == name:
                for label, training in with_accuracy(one):
                    value = max(training["history"]["val_acc"])
                    best[label][measured.library(one)][one["seed"]] = value
        for label, by in best.items():
            if both := sorted(by["tensorflow"].keys() & by["jax"].keys()):
                means = [statistics.mean(by[which][seed] for seed in both) for which in ("tensorflow", "jax")]
                texts = [f"{100 * mean:.2f} %" for mean in means]
                found.append([path.stem[:2], f"`{label}`", *texts, ", ".join(map(str, both))])
    return found


def panel(row):
    """The panel of `PANELS` in which a claim is drawn, or None: of a count or a curve no one number tells."""
    claim = row["judged"]
    if not rules.KINDS[claim["kind"]].drawn:
        return None
    if claim["kind"] == "timing":
        return "times"
    if claim.get("unit") == "points":
        published_at = claim.get("value", claim.get("low", 0))
        if published_at <= 0:
            return "differences"
        return "accuracies" if published_at < HIGH else "high accuracies"
    return claim["unit"] if claim.get("unit") in PANELS else None


def picture(table):
    """All claims of one number in one picture, published, Keras 2, ours: a PNG's bytes and its alt text."""
    parts = {name: [row for row in table if panel(row) == name] for name in PANELS}
    parts = {name: part for name, part in parts.items() if part}
    png = io.BytesIO()
    with plt.style.context(["default", style.SHEET]):
        fig = _drawn(parts)
        fig.savefig(png, format="png", dpi=150)
        plt.close(fig)
    return png.getvalue(), _told(table)


def _drawn(parts):
    """The figure: a panel for each of `parts`, a dict from its name to its rows, as high as it needs."""
    heights = [len(part) + 1.5 for part in parts.values()]
    size, ratios = (8, 0.24 * sum(heights) + 0.5), {"height_ratios": heights}
    fig, axes = plt.subplots(len(parts), figsize=size, gridspec_kw=ratios, squeeze=False)
    for axis, (name, part) in zip(axes[:, 0], parts.items(), strict=True):
        _panel(axis, part, *PANELS[name])
    _legend(fig)
    return fig


def _panel(axis, part, unit, scale):
    """One panel: a line a claim, from the top."""
    labels = []
    for at, row in enumerate(part):
        claim, colour = row["judged"], VERDICTS[row["outcome"]]
        _published(axis, claim, at, scale)
        axis.plot([scale * value for value in row["old"].values()], [at] * len(row["old"]), "s", **OLD)
        if values := [scale * value for value in row["values"].values()]:
            mean = math.exp(np.mean(np.log(values))) if claim["kind"] == "timing" else np.mean(values)
            axis.plot(values, [at] * len(values), "|", color=colour, ms=6, mew=0.8, alpha=0.6)
            axis.plot(_interval(claim, row, mean, scale), [at, at], "-", color=colour, lw=2)
            axis.plot(mean, at, "o", color=colour, ms=5)
        labels.append(f"{claim['says']}  {row['lesson']}")
        axis.annotate(
            row["outcome"],
            (1.01, at),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=8,
            color=colour,
        )
    axis.set_yticks(range(len(part)), [short(label) for label in labels], fontsize=8)
    axis.set_ylim(len(part) - 0.4, -0.6)
    axis.set_xlabel(unit)
    axis.grid(axis="y", visible=False)
    if unit == "epochs":
        axis.set_xlim(left=0)
    if unit.startswith("difference"):
        axis.axvline(0, color=style.INK, lw=0.8, zorder=0)
    if unit.startswith("times"):
        axis.set_xscale("log")
        axis.set_xticks(ticks := (0.5, 1, 2, 3, 5), [f"{tick:g}" for tick in ticks])
        axis.minorticks_off()
        axis.axvline(1, color=style.INK, lw=0.8, zorder=0)


HIGH = 0.95
"""From so much on, an accuracy is drawn among its like: there a tenth of a point can be seen."""

OLD = {"mfc": "none", "mec": style.ORANGE, "ms": 5}
"""How Keras 2's values look."""


def _published(axis, claim, at, scale):
    """What the source states: a diamond, a band, or the side on which the value should lie."""
    if "value" in claim:
        axis.plot(scale * claim["value"], at, "D", color=style.GREY, ms=5, zorder=1)
    low, high = claim.get("low"), claim.get("high")
    if low is not None and high is not None:
        axis.barh(at, scale * (high - low), 0.7, scale * low, color=style.GREY, alpha=0.3, zorder=0)


def _interval(claim, row, mean, scale):
    """The ends of the 95 % interval around the mean, in the panel's unit; none is known of one seed."""
    half = row["half_width"] or 0
    if claim["kind"] == "timing":
        return mean / math.exp(half), mean * math.exp(half)
    return mean - scale * half, mean + scale * half


def short(text, most=74):
    """`text` cut to what fits beside a panel, its last word, the lesson's number, kept."""
    words, number = text.rsplit(maxsplit=1)
    return text if len(text) <= most else f"{words[: most - 5].rstrip(' ,:')} …  {number}"


def _legend(fig):
    """What the marks mean; the verdicts stand in words."""
    grey = {"color": style.GREY, "ls": "none", "ms": 5}
    handles = [
        plt.Line2D([], [], marker="D", **grey),
        plt.Rectangle((0, 0), 1, 1, color=style.GREY, alpha=0.3),
        plt.Line2D([], [], marker="s", ls="none", **OLD),
        plt.Line2D([], [], marker="o", color=style.INK, ms=5, lw=2),
        plt.Line2D([], [], marker="|", color=style.INK, ls="none", ms=6),
    ]
    labels = ["published", "published as a range", "Keras 2", "Keras 3: mean and 95 % interval", "each seed"]
    fig.legend(handles, labels, loc="outside upper center", ncols=5, fontsize=8, columnspacing=1.2)


def _told(table):
    """The picture in words."""
    drawn = [row for row in table if panel(row)]
    parts = [
        f"{verdict}: " + ", ".join(f"{row['judged']['says']} ({row['lesson']})" for row in found)
        for verdict in VERDICTS
        if (found := [row for row in drawn if row["outcome"] == verdict])
    ]
    return f"{len(drawn)} claims, published against measured. {'; '.join(parts)}."
