"""Published against measured: holds, differs, undecided, new or not tested, and by how much.

The rule of each kind of claim, given one measured value for each seed:

- exact: every measured value is the published one.
- statistic: a share of `n` examples. The difference between the published value and the measured
  mean is at most twice its standard error. The error joins the sampling error of both shares,
  p(1 - p)/n each, with the scatter between seeds, s²(1 + 1/k) for k seeds (none is known from one).
- range: the measured mean lies from `low` to `high`, the range that the source's words name.
- ordering: a difference that the source says is positive. It holds above twice its standard error, differs
  below minus that, and is undecided between: the error of two shares near `near` of `n` examples, or 0
  where no `n` is given (as for seconds and counts).
- curve: the mean distance between the two curves, over the epochs, is at most `tolerance`.
- new: what no source reports; there is nothing to hold it against.

Only full runs on real data are evidence; what no such run measured was not tested, whatever a quick run
measured on the sample.
"""

from statistics import mean, variance

from IPython.display import display

from . import published

VERDICTS = ("holds", "differs", "undecided", "new", "not tested")


def judge(claim, values):
    """The verdict on `claim` from the measured `values` (floats, one a seed), and the difference as text."""
    if not values:
        return "not tested", ""
    average, kind = mean(values), claim["kind"]
    if kind == "new":
        return "new", ""
    if kind == "exact":
        return _holds(all(value == claim["value"] for value in values)), _signed(average - claim["value"])
    if kind == "range":
        outside = min(average - claim["low"], 0) or max(average - claim["high"], 0)
        return _holds(outside == 0), _signed(outside)
    if kind == "curve":
        return _holds(
            average <= claim["tolerance"]
        ), f"{average:.3g} on average, {claim['tolerance']:.3g} allowed"
    scatter = variance(values) if len(values) > 1 else 0
    if kind == "ordering":
        share = claim.get("near", 0)
        error = (2 * share * (1 - share) / claim.get("n", 1) / len(values) + scatter / len(values)) ** 0.5
        sure = _holds(average > 0) if abs(average) > 2 * error else "undecided"
        return sure, f"{_signed(average)} (± {2 * error:.2g})" if error else _signed(average)
    sampling = sum(share * (1 - share) / claim["n"] for share in (claim["value"], average))
    error = (sampling + scatter * (1 + 1 / len(values))) ** 0.5
    difference = average - claim["value"]
    return _holds(abs(difference) <= 2 * error), f"{_signed(difference)} (± {2 * error:.2g})"


def rows(records, lesson=None):
    """One dict for each claim (of `lesson`, or of all): `lesson`, `id`, `says`, `where`, `published`,
    `measured`, `seeds`, `verdict`, `by`; all text but `seeds`, an int."""
    table = []
    for claim in published.claims(lesson):
        measured, tested = [], []
        for one in records:
            if one["lesson"] == claim["lesson"]:
                measured += one["measured"].get(claim["id"], [])
                tested += one["measured"].get(claim["id"], []) if one["evidence"] else []
        outcome, by = judge(claim, tested)
        values = tested or measured
        table.append(
            {
                "lesson": claim["lesson"],
                "id": claim["id"],
                "says": claim["says"],
                "where": claim["place"] if claim["kind"] == "new" else f"{claim['source']}, {claim['place']}",
                "published": claim.get("shown", _number(claim["value"]) if "value" in claim else ""),
                "measured": _number(mean(values)) if values else "",
                "seeds": len(values),
                "verdict": outcome,
                "by": by,
            }
        )
    return table


def as_text(table):
    """The rows as a plain-text table."""
    return _layout(_cells(table), " | ".join, "-+-")


def as_markdown(table):
    """The rows as a Markdown table."""
    header, *lines = _cells(table)
    rule = ["---"] * len(header)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, rule, *lines])


def table(run):
    """Show published against measured for the run of a lesson (`record.Run`) as a table."""
    lines = rows([run.as_dict()], run.lesson)
    display({"text/markdown": as_markdown(lines), "text/plain": as_text(lines)}, raw=True)


def _cells(table):
    header = ["claim", "published", "measured", "seeds", "verdict", "by"]
    return [header] + [
        [
            f"{row['says']} ({row['where']})",
            row["published"],
            row["measured"],
            str(row["seeds"] or ""),
            row["verdict"],
            row["by"],
        ]
        for row in table
    ]


def _layout(cells, join, rule):
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    return "\n".join([lines[0], rule.join("-" * width for width in widths), *lines[1:]])


def _holds(condition):
    return "holds" if condition else "differs"


def _number(value):
    """A number as a reader wants it: counts with thousands separated, others to four digits."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def _signed(value):
    return "0" if value == 0 else f"{value:+,.3g}"
