"""Published against measured, as tables: made from the claims and the records, never typed."""

from collections import Counter

import numpy as np
from IPython.display import display

from .. import published
from . import archive, measured, rules

OUTCOMES = {"holds": "hold", "differs": "differ", "undecided": "undecided", "not tested": "not tested"}
"""The outcomes that a summary counts, and how it names several; "new" is no outcome of a test."""

HEADER = ("claim", "published", "this run", "Keras 2", "all seeds", "verdict", "by")

CHANCE = 0.05
"""How often a true claim differs by chance alone, at most: every half-width is a 95 % one."""


def rows(lesson, records, run=None):
    """One dict for each claim of a lesson: `HEADER`'s texts, and `id`, `kind`, `outcome`, `cause`.

    Also `judged`, the claim, `values` and `old`, what was measured in Keras 3 and in Keras 2, a number by
    seed, of a curve a list, and the verdict's `difference` and `half_width`.

    `records`: those of all lessons; `run`: the record whose values stand under "this run", or None.
    Backends are never pooled: "all seeds" are those of TensorFlow.
    """
    return [_row(claim, records, run) for claim in published.claims(lesson).values()]


def _row(claim, records, run):
    verdict = rules.judge(claim, measured.sample(claim, records))
    ours, old = (measured.by_seed(claim, records, column) for column in ("tensorflow", "keras 2"))
    place = claim["place"] if claim["source"] == "—" else f"{claim['source']}, {claim['place']}"
    mine = {} if run is None else measured.by_seed(claim, _beside(records, run), measured.library(run))
    return {
        "id": claim["id"],
        "kind": claim["kind"],
        "outcome": verdict.outcome,
        "cause": _cause(claim) if verdict.outcome == "differs" else "",
        "claim": f"{claim['says']} ({place})",
        "published": claim.get("shown") or told(claim, [claim["value"]] if "value" in claim else []),
        "this run": "" if run is None else told(claim, [mine[run["seed"]]] if run["seed"] in mine else []),
        "Keras 2": told(claim, old.values()),
        "all seeds": told(claim, ours.values()),
        "verdict": f"{verdict.outcome} ({verdict.note})" if verdict.note else verdict.outcome,
        "by": verdict.by,
        "judged": claim,
        "values": ours,
        "old": old,
        "difference": verdict.difference,
        "half_width": verdict.half_width,
    }


def _beside(records, run):
    """The records that this run may be held against: none if it was made on a sample."""
    return _with(records, run) if run["evidence"] else [run]


def _with(records, run):
    """The records with that of this run in the place of an older one."""
    return [one for one in records if archive.name_of(one) != archive.name_of(run)] + [run]


def _cause(claim):
    known = published.lesson(claim["lesson"])["cause"]
    cause = claim.get("cause", "unexplained")
    return known[cause]["says"] if cause in known else "unexplained"


def told(claim, values):
    """What was measured for a claim, a value a seed, as a reader wants it: the mean with its unit, and of how
    many seeds; an ordering is a difference and has its sign."""
    values = list(values)
    if not values:
        return ""
    seeds = f", {len(values)} seeds" if len(values) > 1 else ""
    if claim["kind"] == "curve":
        return f"{len(values[0])} epochs{seeds}"
    unit = claim.get("unit", "")
    pair = claim["kind"] == "ordering" or isinstance(measured.how(claim).get("training"), list)
    text = difference if pair else number
    return text(float(np.mean(values)), unit) + seeds


def difference(value, unit):
    """A difference of two numbers with its sign and unit: "−3.00 points", "+19 epochs"."""
    shown = f"{100 * value:+.2f}" if unit == "points" else f"{value:+,.4g}"
    return f"{shown} {unit}".strip().replace("-", "\u2212")


def number(value, unit=""):
    """A number with its unit: 0.8514 in points is "85.14 %", 5,000 parameters have their thousands apart."""
    if unit == "points":
        shown = f"{100 * value:.2f} %"
    else:
        shown = f"{value:,.0f} {unit}" if float(value).is_integer() else f"{value:,.4g} {unit}"
    return ("\u2212" + shown[1:] if shown.startswith("-") else shown).strip()


def summary(table):
    """How many claims there are, what became of them, and how many would differ by chance, in one line."""
    counts = Counter(row["outcome"] for row in table if row["kind"] != "new")
    told = [f"{counts[outcome]} {plural}" for outcome, plural in OUTCOMES.items() if counts[outcome]]
    chance = sum(
        1 for row in table if row["kind"] not in ("exact", "new") and row["outcome"] in ("holds", "differs")
    )
    tail = f"; of the {chance} decided against chance, {CHANCE * chance:.1f} would differ by chance alone"
    return f"{sum(counts[outcome] for outcome in OUTCOMES)} claims: {', '.join(told)}" + tail * (chance > 0)


def as_markdown(table):
    """The rows as a Markdown table, the summary below it."""
    lines = [HEADER, ["---"] * len(HEADER), *([row[key] for key in HEADER] for row in table)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + f"\n\n{summary(table)}"


def as_text(table):
    """The rows as a plain-text table, the summary below it."""
    lines = [HEADER, *([row[key] for key in HEADER] for row in table)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    texts = [" | ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)).rstrip() for cells in lines]
    return "\n".join([texts[0], "-+-".join("-" * width for width in widths), *texts[1:], "", summary(table)])


def bundle(table):
    """A table as the data of a notebook's output: what `show` displays and `scripts/report` renews."""
    return {"text/markdown": as_markdown(table), "text/plain": as_text(table)}


def show(run):
    """Show published against measured for the run of a lesson under way, a `record.Run`.

    The seeds are those of the committed records; a run that is evidence takes the place of its own.
    """
    mine, records = run.as_dict(), archive.load()
    if mine["evidence"]:
        records = _with(records, mine)
    display(bundle(rows(run.lesson, records, mine)), raw=True)
