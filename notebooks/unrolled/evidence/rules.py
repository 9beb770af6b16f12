"""Published against measured: the rule of each kind of claim, the difference and its half-width.

The unit of chance is one training: a source trained once, we train with k seeds, and every half-width H is
the 95 % one, from the scatter s between the seeds. The outcomes have one order: a difference beyond H
"differs", however wide H is; then an H within the margin that would matter "holds"; else "undecided".

`KINDS` is the one table of kinds: `check` and `judge` look everything up there. The rules take trials on
leading axes, too, so that their error rates can be simulated.
"""

import difflib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from scipy import stats

from .. import UnrolledError

SEEDS = 5
"""The fewest trainings that decide a claim about anything trained."""

PROCESSES = 6
"""The fewest processes that decide a claim about time."""

MORE = 10
"""How many seeds or processes an undecided claim may be given next."""

ONE_RUN = 0.42
"""The scatter s, as a share of the margin, above which one published run cannot decide: it has that scatter
itself, so H is 2.37 s with ten seeds and with no number of them below 1.96 s."""

EPOCHS = (1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 63, 80, 100)
"""The epochs at which curves are compared: even on a logarithmic scale."""

COMMON = {
    "id": "its name within the lesson",
    "lesson": "the lesson that tests it",
    "says": "the claim in our words",
    "kind": "its kind, one of `KINDS`",
    "source": "the number of the source, or — where no source states it",
    "place": "where it stands there",
    "shown": "how to print what is published, where that is not a number",
    "unit": "points (shares of 1, shown in per cent), epochs, parameters, times, …",
    "trained": "false where no training is involved, so that one run decides",
    "measured_by": "how it follows from what is recorded anyway, see `evidence.measured`; left out where the "
    "lesson measures it itself",
    "cause": "why it differs: the name of one of the lesson's causes",
    "margin_reason": "why this margin, where it is not the usual one",
}
"""The keys that a claim of any kind may have, and what they mean."""

NORMAL = stats.norm.ppf(0.975)


@dataclass(frozen=True, eq=False)
class Sample:
    """What was measured for one claim.

    `values`: floats (k,), one a seed; ordering: the k paired differences, A less B; curve: (k, epochs);
    timing: the logarithm of the ratio, one a process. `right`, for ordering: int8 (k, n), for each seed and
    example A right less B right (-1, 0 or 1), or None. `published`, for curve: floats (epochs,).
    """

    values: np.ndarray
    right: np.ndarray | None = None
    published: np.ndarray | None = None


@dataclass(frozen=True)
class Verdict:
    """`outcome`: "holds", "differs", "undecided", "new" or "not tested"; `by`: the difference as text, with
    half-width and unit; `note`: why it is undecided, or "".

    `difference`: ours less the published; of a range the distance to it, of an ordering A less B, of a curve
    the root-mean-square distance, of a timing the logarithm of the ratio. `half_width`: its 95 % half-width.
    Both are floats in the unit of the values (shares for "points"), or None where there is none.
    """

    outcome: str
    by: str = ""
    difference: float | None = None
    half_width: float | None = None
    note: str = ""


class Decision(NamedTuple):
    """What a rule finds, arrays over the trials; `s` and `margin` where one published run is held against
    the scatter of ours."""

    outcome: np.ndarray
    difference: np.ndarray | None = None
    half_width: np.ndarray | None = None
    s: np.ndarray | None = None
    margin: np.ndarray | float | None = None


# The parts of a half-width.


def quantile(k):
    """t(k - 1), two-sided 95 %; its square is F(1, k - 1). For one value see `deviation`."""
    return stats.t.ppf(0.975, max(k - 1, 1))


def deviation(values):
    """The standard deviation s over the last axis, the seeds; 0 for one value."""
    return values.std(axis=-1, ddof=1) if values.shape[-1] > 1 else np.zeros(values.shape[:-1])


def split(claim, *shares):
    """v, the variance that the choice of the n examples adds: p(1 - p)/n for each share.

    Runs on the "same" examples share that noise: there it drops out, and adding it would take all power away.
    """
    return (claim["examples"] == "other") * sum(p * (1 - p) for p in shares) / claim["n"]


def example_variance(right):
    """The variance that the choice of examples gives the mean of `right` (..., k, n).

    Each example counts once, with its mean over the seeds: seeds mostly err on the same examples, so pairs
    counted over all seeds would be far from independent.
    """
    return right.mean(axis=-2).var(axis=-1, ddof=1) / right.shape[-1]


def one_more_run(s, v, k):
    """H of the difference between one run and the mean of k: H² = (t(k - 1) s)² (1 + 1/k) + 1.96² v."""
    return np.sqrt((quantile(k) * s) ** 2 * (1 + 1 / k) + NORMAL**2 * v)


def mean_and_half_width(values, k):
    """The mean over the last axis and the half-width of its t interval, t(k - 1) s/√k."""
    return values.mean(axis=-1), quantile(k) * deviation(values) / math.sqrt(k)


def _outside(value, low, high):
    return np.minimum(value - low, 0) + np.maximum(value - high, 0)


def _outcome(differs, holds):
    return np.where(differs, "differs", np.where(holds, "holds", "undecided"))


# The rules. `k` is the number of seeds in the sample, or more: what would they decide, with the same scatter?


def exact(claim, sample, k):
    """Holds where every value is the published one; the difference is that of the farthest value."""
    off = sample.values - claim["value"]
    farthest = off[abs(off).argmax()]
    return Decision(_outcome(farthest != 0, farthest == 0), farthest)


def statistic(claim, sample, k):
    """The published share is one more run."""
    mean, s = sample.values.mean(axis=-1), deviation(sample.values)
    difference, margin = mean - claim["value"], claim["margin"]
    half_width = one_more_run(s, split(claim, claim["value"], mean), k)
    outcome = _outcome(abs(difference) > half_width, half_width <= margin)
    return Decision(outcome, difference, half_width, s, margin)


def ordering(claim, sample, k):
    """A above B on the same examples: H² = (t(k - 1) s)²/k + 1.96² (variance from the choice of examples)."""
    difference, half_width = mean_and_half_width(sample.values, k)
    if sample.right is not None:
        half_width = np.sqrt(half_width**2 + NORMAL**2 * example_variance(sample.right))
    return Decision(_outcome(difference < -half_width, difference > half_width), difference, half_width)


def range_(claim, sample, k):
    """Differs where the mean's interval misses the range; holds where the mean is in it and H ≤ margin."""
    mean, half_width = mean_and_half_width(sample.values, k)
    outside = _outside(mean, claim["low"], claim["high"])
    holds = (outside == 0) & (half_width <= claim["margin"])
    return Decision(_outcome(abs(outside) > half_width, holds), outside, half_width)


def curve(claim, sample, k):
    """The published curve is one more run; distances are root mean squares over `EPOCHS`.

    The scatter has the degrees of freedom of one number, since the epochs of a run hang together. The margin
    is the distance of the best constant from our mean curve, so no flat line can hold.
    """
    at = [epoch - 1 for epoch in EPOCHS if epoch <= sample.values.shape[-1]]
    ours, published = sample.values[..., at], sample.published[..., at]
    mean = ours.mean(axis=-2)
    apart, margin = np.sqrt(((published - mean) ** 2).mean(axis=-1)), mean.std(axis=-1)
    s = np.sqrt((deviation(ours.swapaxes(-1, -2)) ** 2).mean(axis=-1))
    v = np.mean(split(claim, published, mean), axis=-1)
    allowed = one_more_run(s, v, k)
    return Decision(_outcome(apart > allowed, allowed < margin), apart, allowed, s, margin)


def timing(claim, sample, k):
    """The t interval of the logarithm of a ratio, against a range as in `range_`, or against one bound: then
    it holds where the whole interval lies on the claimed side."""
    mean, half_width = mean_and_half_width(sample.values, k)
    low = math.log(claim["low"]) if "low" in claim else -math.inf
    high = math.log(claim["high"]) if "high" in claim else math.inf
    if "margin" in claim:
        holds = (low <= mean) & (mean <= high) & (half_width <= math.log(claim["margin"]))
    else:
        holds = (mean - half_width > low) & (mean + half_width < high)
    return Decision(_outcome(abs(_outside(mean, low, high)) > half_width, holds), mean, half_width)


def new(claim, sample, k):
    """No source states it: there is nothing to hold it against."""
    return Decision(np.asarray("new"))


# The text of a difference; the numbers are in the unit shown, None where there is none.


def _number(value, size, sign=""):
    """`value` with the decimals that give `size` two significant digits, and a real minus sign."""
    decimals = max(0, 1 - int(f"{size:.1e}".partition("e")[2]))
    return f"{value:{sign}z,.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def _plus_minus(value, half_width, unit, sign=""):
    """`−3.0 ± 1.4 points`, or `−3.0 points` where no half-width is known."""
    if half_width is None:
        return f"{_number(value, value, sign)} {unit}".rstrip()
    size = half_width or value
    return f"{_number(value, size, sign)} ± {_number(half_width, size)} {unit}".rstrip()


def _no_text(difference, half_width, margin, unit):
    return ""


def _exact_text(difference, half_width, margin, unit):
    size = 10 if difference % 1 == 0 else difference  # a count has no decimals
    return f"{_number(difference, size, '+')} {unit}".rstrip() if difference else "equal"


def _signed_text(difference, half_width, margin, unit):
    return _plus_minus(difference, half_width, unit, "+")


def _range_text(difference, half_width, margin, unit):
    if difference:
        side = "below" if difference < 0 else "above"
        return f"{_plus_minus(abs(difference), half_width, unit)} {side} the range"
    if half_width is None:
        return "within the range"
    return f"within the range, ± {_number(half_width, half_width)} {unit}".rstrip()


def _curve_text(difference, half_width, margin, unit):
    size = half_width or difference
    chance = "" if half_width is None else f"{_number(half_width, size)} allowed by chance, "
    apart = f"{_number(difference, size)} {unit}".rstrip()
    return f"{apart} apart, {chance}{_number(margin, size)} for a flat line"


def _timing_text(difference, half_width, margin, unit):
    ratio = math.exp(difference)
    if half_width is None:
        return f"{_number(ratio, ratio)} times"
    low, high = math.exp(difference - half_width), math.exp(difference + half_width)
    size = (high - low) / 2 or ratio
    return f"{_number(ratio, size)} times ({_number(low, size)} to {_number(high, size)})"


# What claims and samples must look like; the functions return what is wrong, or "".


class Form(NamedTuple):
    """What the value of a key must be, in words and as a test."""

    says: str
    fits: Callable[[object], bool]


def _real(value):
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _one_of(*words):
    return Form(" or ".join(f'"{word}"' for word in words), lambda value: value in words)


NUMBER = Form("a number", _real)
POSITIVE = Form("a number above 0", lambda value: _real(value) and value > 0)
FACTOR = Form("a ratio above 1", lambda value: _real(value) and value > 1)
SHARE = Form("a share from 0 to 1", lambda value: _real(value) and 0 <= value <= 1)
COUNT = Form("a whole number above 0", lambda value: POSITIVE.fits(value) and isinstance(value, Integral))
TEXT = Form("a text", lambda value: isinstance(value, str))
FLAG = Form("true or false", lambda value: isinstance(value, bool))


def _timing_keys(claim):
    given = {"low", "high"} & claim.keys()
    if not given:
        return "give low, high or both, as ratios"
    if (len(given) == 2) != ("margin" in claim):
        return "margin is needed with both low and high, and has no use with one of them"
    return ""


def _list(claim, sample):
    return "" if sample.values.ndim == 1 else "values must be a list, one number a seed"


def _shares(claim, sample):
    inside = sample.values.min() >= 0 and sample.values.max() <= 1
    return _list(claim, sample) or ("" if inside else "values must be shares, from 0 to 1")


def _pairs(claim, sample):
    values, right, none = sample.values, sample.right, claim.get("examples") == "none"
    if values.ndim != 1:
        return _list(claim, sample)
    if right is None:
        lacks = claim.get("trained", True) and not none
        return 'give right for each seed and example, or the claim examples = "none"' if lacks else ""
    if none:
        return 'the claim says examples = "none" and the sample has some: take one of them out'
    if right.ndim != 2 or len(right) != len(values) or right.shape[1] < 2:
        return f"right must be of {len(values)} seeds by at least 2 examples"
    return "" if np.isin(right, (-1, 0, 1)).all() else "right must be -1, 0 or 1"


def _curves(claim, sample):
    values, published = sample.values, sample.published
    if values.ndim != 2 or not 2 <= values.shape[1] <= EPOCHS[-1]:
        return f"values must be of seeds by epochs, 2 to {EPOCHS[-1]}"
    if published is None or published.shape != values.shape[1:]:
        return f"published must have one number for each of the {values.shape[1]} epochs"
    both = np.vstack([values, published])
    return "" if both.min() >= 0 and both.max() <= 1 else "curves must be shares, from 0 to 1"


# The table, and the two functions that read it.


@dataclass(frozen=True)
class Kind:
    """A kind of claim.

    `rule(claim, sample, k)` returns a `Decision`; `says` is the rule in one line; `counts`: "seeds" or
    "processes", whichever it needs enough of, or "" where one run decides; `drawn`: whether it is one number
    with an interval, which the picture of all claims shows; `text(difference, half_width, margin, unit)`: the
    difference in words; `needs` and `may` are the keys that it needs and may have;
    `keys(claim)` and `fits(claim, sample)`: what is wrong with the keys together and with the sample, or "".
    """

    rule: Callable
    says: str
    counts: str
    drawn: bool
    text: Callable
    needs: dict[str, Form] = field(default_factory=dict)
    may: dict[str, Form] = field(default_factory=dict)
    keys: Callable = lambda claim: ""
    fits: Callable = _list


KINDS = {
    "exact": Kind(
        exact,
        "holds if every measured value is the published one",
        counts="",
        drawn=False,
        text=_exact_text,
        needs={"value": NUMBER},
    ),
    "statistic": Kind(
        statistic,
        "differs beyond the 95 % half-width of one more run; else holds if that is within the margin",
        counts="seeds",
        drawn=True,
        text=_signed_text,
        needs={"value": SHARE, "margin": POSITIVE, "n": COUNT, "examples": _one_of("same", "other")},
        fits=_shares,
    ),
    "ordering": Kind(
        ordering,
        "holds if the paired difference is above its 95 % half-width, differs if it is below minus that",
        counts="seeds",
        drawn=True,
        text=_signed_text,
        may={"examples": _one_of("none")},
        fits=_pairs,
    ),
    "range": Kind(
        range_,
        "differs if the 95 % interval of the mean misses the range; "
        "holds if the mean is in it and the half-width within the margin",
        counts="seeds",
        drawn=True,
        text=_range_text,
        needs={"low": NUMBER, "high": NUMBER, "margin": POSITIVE},
    ),
    "curve": Kind(
        curve,
        "differs if farther from our mean curve than chance allows in 95 %; "
        "else holds if the best flat line is farther than that",
        counts="seeds",
        drawn=False,
        text=_curve_text,
        needs={"n": COUNT, "examples": _one_of("same", "other")},
        fits=_curves,
    ),
    "timing": Kind(
        timing,
        "differs if the 95 % interval of the ratio misses the range; holds if it lies on the right side of "
        "the one bound, or if the ratio is between the two and its half-width within the margin",
        counts="processes",
        drawn=True,
        text=_timing_text,
        may={"low": POSITIVE, "high": POSITIVE, "margin": FACTOR},
        keys=_timing_keys,
    ),
    "new": Kind(new, "no source states it", counts="", drawn=False, text=_no_text),
}
"""Every kind of claim; one more is one entry here, its rule, and in its tests a claim and its error rates."""


def check(claim, common=COMMON):
    """Raise `UnrolledError`, in one line, unless `claim` (a dict) is one that `judge` can judge.

    `common` are the keys that a claim of any kind may have; each other key must be one of its kind's.
    """
    kind = _kind(claim)
    forms = {"id": TEXT, **kind.needs, **kind.may}
    if missing := [key for key in ("id", *kind.needs) if key not in claim]:
        raise wrong(claim, f"a claim of kind {claim['kind']} needs {', '.join(missing)}")
    if strange := [key for key in claim if key not in forms and key not in common]:
        raise wrong(claim, f"a claim of kind {claim['kind']} has no {', '.join(strange)}: correct or remove")
    for key, form in {"unit": TEXT, "trained": FLAG, **forms}.items():
        if key in claim and not form.fits(claim[key]):
            raise wrong(claim, f"{key} is {claim[key]!r}; it must be {form.says}")
    if "low" in claim and "high" in claim and claim["low"] >= claim["high"]:
        raise wrong(claim, f"low is {claim['low']} and high {claim['high']}; low must be below high")
    if complaint := kind.keys(claim):
        raise wrong(claim, complaint)


def needs_seeds(claim):
    """Whether it takes several seeds to decide a claim."""
    return _kind(claim).counts == "seeds" and claim.get("trained", True)


def judge(claim, sample):
    """The `Verdict` on `claim`, which has passed `check`, from `sample` (a `Sample`, or None).

    "not tested" without values. Undecided with the note "3 of 5" below `SEEDS`, unless the claim has `trained
    = false` or its kind counts none, and below `PROCESSES` for a timing.
    Raises `UnrolledError` for an unknown kind, and for values not finite or not of the kind's shape or range.
    """
    kind, sample = _kind(claim), _arrays(claim, sample)
    if sample is None or sample.values.size == 0:
        return Verdict("not tested")
    if complaint := kind.fits(claim, sample):
        raise wrong(claim, complaint)
    k, unit, seeds = len(sample.values), claim.get("unit", ""), SEEDS if claim.get("trained", True) else 0
    least = {"seeds": seeds, "processes": PROCESSES, "": 0}[kind.counts]
    decision = kind.rule(claim, sample, k)
    outcome, note = str(decision.outcome), ""
    if k < least:
        outcome, note = "undecided", f"{k} of {least}"
    elif outcome == "undecided":
        note = _why(claim, kind, sample, decision)
    known = k > 1 or (k >= least and decision.half_width)  # of one training the scatter is unknown
    numbers = decision.difference, decision.half_width if known else None, decision.margin
    difference, half_width, margin = (None if one is None else float(one) for one in numbers)
    scale = 100 if unit == "points" else 1
    shown = (None if one is None else scale * one for one in (difference, half_width, margin))
    return Verdict(outcome, kind.text(*shown, unit), difference, half_width, note)


def _why(claim, kind, sample, decision):
    """Why enough seeds leave a claim undecided, where that is known."""
    if decision.s is not None and decision.s > ONE_RUN * decision.margin:
        return "one published run cannot decide this"
    if len(sample.values) < MORE and kind.rule(claim, sample, MORE).outcome != "undecided":
        return f"ten {kind.counts} would decide"
    return ""


def _kind(claim):
    name = str(claim.get("kind"))
    if name not in KINDS:
        near = difflib.get_close_matches(name, KINDS, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise wrong(claim, f"there is no kind {name!r}; {hint}The kinds are {', '.join(KINDS)}")
    return KINDS[name]


def _arrays(claim, sample):
    """The sample with its parts as finite arrays, or None."""
    if sample is None:
        return None
    parts = (sample.values, sample.right, sample.published)
    try:
        arrays = [None if one is None else np.asarray(one) for one in parts]
        finite = all(np.isfinite(one).all() for one in arrays if one is not None)
    except (TypeError, ValueError):
        finite = False
    if not finite:
        raise wrong(claim, "the sample must be arrays of finite numbers; measure again")
    return Sample(*arrays)


def wrong(claim, complaint):
    """The error that says what is wrong with a claim, and of which lesson it is."""
    of = f"{claim['lesson']}, " if "lesson" in claim else ""
    return UnrolledError(f"{of}claim {claim.get('id', 'without an id')}: {complaint}")
