"""The rules of the verdicts: small cases computed by hand, bad input, and their error rates, simulated."""

import math
from functools import partial

import numpy as np
import pytest
from unrolled import UnrolledError
from unrolled.evidence import rules
from unrolled.evidence.rules import Sample, check, judge

# Means 0.85 and 10, standard deviations 0.0158114 and 1.58114; t(4) = 2.776445, t(9) = 2.262157.
SHARES = [0.83, 0.84, 0.85, 0.86, 0.87]
EPOCHS = [8, 9, 10, 11, 12]

EXACT = {"id": "parameters", "kind": "exact", "value": 2080, "unit": "parameters"}
STATISTIC = {
    "id": "best",
    "kind": "statistic",
    "value": 0.86,
    "n": 100,
    "margin": 0.06,
    "examples": "same",
    "unit": "points",
}
ORDERING = {"id": "gain", "kind": "ordering", "unit": "points"}
RANGE = {"id": "epoch", "kind": "range", "low": 8, "high": 12, "margin": 5, "unit": "epochs"}
CURVE = {"id": "curve", "kind": "curve", "n": 100, "examples": "same"}
TIMING = {"id": "cost", "kind": "timing", "low": 1.2, "high": 1.7, "margin": 1.2, "unit": "times"}
NEW = {"id": "added", "kind": "new"}
CLAIMS = [EXACT, STATISTIC, ORDERING, RANGE, CURVE, TIMING, NEW]

RIGHT = np.array([[1, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0]], np.int8)
PAIRS = Sample(RIGHT.mean(axis=1), RIGHT)
RISING = np.array([0.2, 0.5, 0.8])
RUNS = RISING + np.array([[-0.02], [-0.01], [0], [0.01], [0.02]])
RATIOS = math.log(1.43) + np.array([-0.1, -0.05, 0, 0, 0.05, 0.1])


def verdict(claim, values, right=None, published=None, **changes):
    claim = claim | changes
    check(claim)
    return judge(claim, Sample(values, right, published))


# Cases computed by hand.


def test_exact_holds_only_if_every_value_is_the_published_one():
    assert verdict(EXACT, [2080, 2080.0]) == rules.Verdict("holds", "equal", 0)
    assert verdict(EXACT, [2080, 2164]) == rules.Verdict("differs", "+84 parameters", 84)
    assert verdict(EXACT, [80, 2081]).by == "−2,000 parameters"
    assert verdict(EXACT, [0.5], value=0.25).by == "+0.25 parameters"


@pytest.mark.parametrize(
    ("changes", "outcome", "by", "half_width", "note"),
    [
        ({}, "holds", "−1.0 ± 4.8 points", 0.048089, ""),
        ({"value": 0.95}, "differs", "−10.0 ± 4.8 points", 0.048089, ""),
        ({"value": 0.95, "margin": 0.001}, "differs", "−10.0 ± 4.8 points", 0.048089, ""),
        ({"margin": 0.04}, "undecided", "−1.0 ± 4.8 points", 0.048089, "ten seeds would decide"),
        (
            {"margin": 0.03},
            "undecided",
            "−1.0 ± 4.8 points",
            0.048089,
            "one published run cannot decide this",
        ),
        ({"examples": "other", "margin": 0.11}, "holds", "−1 ± 11 points", 0.108791, ""),
        ({"examples": "other"}, "undecided", "−1 ± 11 points", 0.108791, ""),
        ({"unit": ""}, "holds", "−0.010 ± 0.048", 0.048089, ""),
    ],
)
def test_statistic(changes, outcome, by, half_width, note):
    found = verdict(STATISTIC, SHARES, **changes)
    assert (found.outcome, found.by, found.note) == (outcome, by, note)
    assert found.half_width == pytest.approx(half_width, abs=1e-6)
    assert found.difference == pytest.approx(0.85 - changes.get("value", 0.86))


def test_ordering_joins_the_seeds_and_the_examples():
    found = verdict(ORDERING, PAIRS.values, RIGHT)
    assert (found.outcome, found.by) == ("undecided", "+35 ± 49 points")
    assert found.half_width == pytest.approx(math.hypot(0.170022, 0.463122), abs=1e-6)


def test_ordering_without_examples_has_the_seeds_alone():
    found = verdict(ORDERING, PAIRS.values, examples="none", unit="epochs")
    assert (found.outcome, found.by) == ("holds", "+0.35 ± 0.17 epochs")
    assert found.half_width == pytest.approx(0.170022, abs=1e-6)
    assert verdict(ORDERING, -PAIRS.values, examples="none").outcome == "differs"
    assert verdict(ORDERING, [0] * 5, examples="none").outcome == "undecided"
    close = verdict(ORDERING, [0, 0, 1, 1, 2], examples="none", unit="epochs")
    assert (close.outcome, close.by, close.note) == (
        "undecided",
        "+0.8 ± 1.0 epochs",
        "ten seeds would decide",
    )


@pytest.mark.parametrize(
    ("changes", "outcome", "by", "note"),
    [
        ({}, "holds", "within the range, ± 2.0 epochs", ""),
        ({"margin": 1.5}, "undecided", "within the range, ± 2.0 epochs", "ten seeds would decide"),
        ({"margin": 1}, "undecided", "within the range, ± 2.0 epochs", ""),
        ({"low": 13, "high": 14}, "differs", "3.0 ± 2.0 epochs below the range", ""),
        ({"low": 2, "high": 7}, "differs", "3.0 ± 2.0 epochs above the range", ""),
        ({"low": 2, "high": 9}, "undecided", "1.0 ± 2.0 epochs above the range", ""),
        (
            {"low": 2, "high": 8.5},
            "undecided",
            "1.5 ± 2.0 epochs above the range",
            "ten seeds would decide",
        ),
        ({"unit": ""}, "holds", "within the range, ± 2.0", ""),
    ],
)
def test_range(changes, outcome, by, note):
    found = verdict(RANGE, EPOCHS, **changes)
    assert (found.outcome, found.by, found.note) == (outcome, by, note)
    assert found.half_width == pytest.approx(1.963243, abs=1e-6)


def test_curve():
    found = verdict(CURVE, RUNS, published=RISING + 0.01)
    assert (found.outcome, found.by) == (
        "holds",
        "0.010 apart, 0.048 allowed by chance, 0.245 for a flat line",
    )
    assert (found.difference, found.half_width) == pytest.approx((0.01, 0.048089), abs=1e-6)
    shown = verdict(CURVE, RUNS, published=RISING + 0.01, unit="points").by
    assert shown == "1.0 points apart, 4.8 allowed by chance, 24.5 for a flat line"
    other = verdict(CURVE, RUNS, published=RISING + 0.01, examples="other")
    noise = [p * (1 - p) for p in (*RISING, *(RISING + 0.01))]
    assert other.half_width == pytest.approx(
        math.hypot(0.048089, 1.959964 * (sum(noise) / 300) ** 0.5), abs=1e-6
    )


@pytest.mark.parametrize("level", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("height", [0.003, 0.03, 0.3])
def test_no_flat_line_holds_against_a_curve(level, height):
    ours = 0.5 + height * (RUNS - 0.5)
    scattered = ours + np.linspace(-0.1, 0.1, 5)[:, None]
    for runs in (ours, scattered):
        assert verdict(CURVE, runs, published=np.full(3, level)).outcome != "holds"
    found = verdict(CURVE, scattered, published=ours.mean(axis=0))
    if found.half_width < height * 0.244949:
        assert found.outcome == "holds"
    else:
        assert (found.outcome, found.note) == ("undecided", "one published run cannot decide this")


def test_curves_are_compared_at_epochs_even_on_a_logarithmic_scale():
    runs = np.linspace(0.2, 0.8, 100) + np.linspace(-0.02, 0.02, 5)[:, None]
    published = runs.mean(axis=0)
    between = published.copy()
    between[[6, 8, 98]] = 0
    assert verdict(CURVE, runs, published=between).difference == pytest.approx(0, abs=1e-12)
    at = published.copy()
    at[99] -= 0.18
    assert verdict(CURVE, runs, published=at).difference == pytest.approx(0.18 / 18**0.5)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "holds"),
        ({"margin": 1.05}, "undecided"),
        ({"low": 1.5}, "undecided"),
        ({"low": 1.6}, "differs"),
        ({"low": 1.1, "high": 1.3}, "differs"),
        ({"low": 1.3, "high": None, "margin": None}, "holds"),
        ({"low": 1.4, "high": None, "margin": None}, "undecided"),
        ({"low": 1.6, "high": None, "margin": None}, "differs"),
        ({"low": None, "high": 1.6, "margin": None}, "holds"),
        ({"low": None, "high": 1.3, "margin": None}, "differs"),
    ],
)
def test_timing(changes, outcome):
    claim = {key: value for key, value in (TIMING | changes).items() if value is not None}
    found = verdict(claim, RATIOS)
    assert (found.outcome, found.by) == (outcome, "1.43 times (1.33 to 1.54)")
    assert (found.difference, found.half_width) == pytest.approx((math.log(1.43), 0.074206), abs=1e-6)


def test_new_and_not_tested():
    assert verdict(NEW, [0.5, 0.6]) == rules.Verdict("new")
    for claim in CLAIMS:
        assert judge(claim, None) == judge(claim, Sample([])) == rules.Verdict("not tested")


# Too few seeds.


@pytest.mark.parametrize(
    ("claim", "sample", "one", "two"),
    [
        (STATISTIC, Sample(SHARES), "−3.0 points", "−3 ± 11 points"),
        (STATISTIC | {"examples": "other"}, Sample(SHARES), "−3.0 points", "−3 ± 15 points"),
        (ORDERING, PAIRS, "+50 points", "+38 ± 166 points"),
        (RANGE, Sample(EPOCHS), "within the range", "within the range, ± 6.4 epochs"),
        (
            RANGE | {"low": 9},
            Sample(EPOCHS),
            "1.0 epochs below the range",
            "0.5 ± 6.4 epochs below the range",
        ),
        (
            CURVE,
            Sample(RUNS, published=RISING),
            "0.020 apart, 0.245 for a flat line",
            "0.02 apart, 0.11 allowed by chance, 0.24 for a flat line",
        ),
        (TIMING, Sample(RATIOS), "1.3 times", "1.33 times (0.97 to 1.82)"),
    ],
)
def test_too_few_seeds_decide_nothing(claim, sample, one, two):
    least = 6 if claim is TIMING else 5
    for k in range(1, least):
        right = None if sample.right is None else sample.right[:k]
        found = judge(claim, Sample(sample.values[:k], right, sample.published))
        assert (found.outcome, found.note) == ("undecided", f"{k} of {least}")
        assert (found.half_width is None) == (k == 1)
        assert k > 2 or found.by == (one, two)[k - 1]
    enough = judge(claim, Sample(sample.values[:least], sample.right, sample.published))
    assert enough.note != f"{least} of {least}"


def test_what_is_not_trained_needs_no_seeds():
    assert verdict(RANGE, [9], trained=False) == rules.Verdict("holds", "within the range", 0)
    assert verdict(RANGE, [13], trained=False).outcome == "differs"
    assert verdict(STATISTIC, [0.85], trained=False).by == "−1.0 points"
    other = verdict(STATISTIC, [0.85], trained=False, examples="other", margin=0.2)
    assert (other.outcome, other.by) == ("holds", "−1.0 ± 9.8 points")
    assert verdict(ORDERING, [3], trained=False, unit="parameters").by == "+3.0 parameters"
    assert verdict(TIMING, RATIOS[:5], trained=False).note == "5 of 6"


# Bad input.


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        ({"id": "best"}, "claim best: there is no kind 'None'; The kinds are exact, statistic, ordering"),
        (STATISTIC | {"kind": "statistc"}, "'statistc'; did you mean statistic?"),
        ({"kind": "new"}, "without an id: a claim of kind new needs id"),
        ({"id": "best", "kind": "statistic", "value": 0.5}, "needs margin, n, examples"),
        ({"id": "epoch", "kind": "range", "low": 1, "high": 2}, "needs margin"),
        (STATISTIC | {"tolerance": 0.05}, "a claim of kind statistic has no tolerance"),
        (ORDERING | {"n": 5000}, "has no n"),
        (STATISTIC | {"value": 86}, "value is 86; it must be a share from 0 to 1"),
        (STATISTIC | {"value": "0.86"}, "value is '0.86'"),
        (EXACT | {"value": math.nan}, "value is nan; it must be a number"),
        (EXACT | {"value": True}, "value is True"),
        (STATISTIC | {"n": 0}, "n is 0; it must be a whole number above 0"),
        (STATISTIC | {"n": 100.5}, "n is 100.5"),
        (STATISTIC | {"margin": 0}, "margin is 0; it must be a number above 0"),
        (STATISTIC | {"examples": "equal"}, 'examples is \'equal\'; it must be "same" or "other"'),
        (ORDERING | {"examples": "same"}, 'it must be "none"'),
        (RANGE | {"low": 12}, "low must be below high"),
        (TIMING | {"low": 2}, "low must be below high"),
        (TIMING | {"margin": 0.2}, "margin is 0.2; it must be a ratio above 1"),
        (TIMING | {"low": 0}, "low is 0; it must be a number above 0"),
        ({"id": "cost", "kind": "timing"}, "give low, high or both"),
        ({"id": "cost", "kind": "timing", "low": 1, "high": 2}, "margin is needed"),
        ({"id": "cost", "kind": "timing", "low": 1, "margin": 2}, "no use"),
        (NEW | {"trained": "no"}, "trained is 'no'; it must be true or false"),
        (NEW | {"unit": 1}, "unit is 1; it must be a text"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_refused(claim, says):
    with pytest.raises(UnrolledError) as error:
        check(claim)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("claim", CLAIMS)
def test_sound_claims_pass(claim):
    check(claim)
    check(claim | {"says": "…", "source": "000", "trained": True})
    check(claim | {"headline": True}, common={*rules.COMMON, "headline"})


@pytest.mark.parametrize(
    ("claim", "sample", "says"),
    [
        (RANGE | {"kind": "statistc"}, Sample(EPOCHS), "did you mean statistic?"),
        (STATISTIC, Sample([*SHARES, math.nan]), "finite numbers"),
        (RANGE, Sample([*EPOCHS, math.inf]), "finite numbers"),
        (RANGE, Sample(["8", "9"]), "finite numbers"),
        (RANGE, Sample([[8, 9], [8]]), "finite numbers"),
        (STATISTIC, Sample([86, 87]), "values must be shares"),
        (STATISTIC, Sample([SHARES]), "values must be a list"),
        (RANGE, Sample(9), "values must be a list"),
        (EXACT, Sample([[2080]]), "values must be a list"),
        (ORDERING, Sample(0.5, RIGHT), "values must be a list"),
        (ORDERING, Sample(PAIRS.values), "give right for each seed"),
        (ORDERING, Sample(PAIRS.values[:4], RIGHT), "4 seeds by at least 2 examples"),
        (ORDERING, Sample(PAIRS.values, RIGHT[:, 0]), "5 seeds by at least 2 examples"),
        (ORDERING, Sample(PAIRS.values, RIGHT * 2), "-1, 0 or 1"),
        (ORDERING | {"examples": "none"}, PAIRS, "take one of them out"),
        (CURVE, Sample(SHARES, published=SHARES), "seeds by epochs"),
        (CURVE, Sample(np.full((5, 101), 0.5), published=np.full(101, 0.5)), "2 to 100"),
        (CURVE, Sample(RUNS), "each of the 3 epochs"),
        (CURVE, Sample(RUNS, published=RISING[:2]), "each of the 3 epochs"),
        (CURVE, Sample(RUNS, published=RISING + 1), "curves must be shares"),
        (CURVE, Sample(RUNS, published=RISING * math.nan), "finite numbers"),
    ],
)
def test_a_sample_that_does_not_fit_is_refused(claim, sample, says):
    with pytest.raises(UnrolledError) as error:
        judge(claim, sample)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_one_more_kind_is_one_entry(monkeypatch):
    needs = {"value": rules.NUMBER}
    entry = rules.Kind(rules.exact, "as exact", counts="", drawn=False, text=lambda *_: "", needs=needs)
    monkeypatch.setitem(rules.KINDS, "count", entry)
    claim = {"id": "words", "kind": "count", "value": 3}
    check(claim)
    assert judge(claim, Sample([3])) == rules.Verdict("holds", "", 0)
    with pytest.raises(UnrolledError, match="has no n"):
        check(claim | {"n": 1})


@pytest.mark.parametrize("name", rules.KINDS)
def test_a_kind_tells_its_rule_and_is_tested(name):
    kind = rules.KINDS[name]
    assert kind.says and "\n" not in kind.says, f"{name}: say its rule in one line"
    assert kind.counts in ("", "seeds", "processes")
    assert kind.counts or name in ("exact", "new"), f"{name}: say whether it counts seeds or processes"
    assert name in [claim["kind"] for claim in CLAIMS], f"add a claim of the kind {name} to CLAIMS"
    if kind.counts:  # chance has a part in it
        bounded = {outcome for of, _, few, *_ in CASES.values() if of == name for outcome in few}
        for outcome in ("holds", "differs"):
            assert outcome in bounded, f"CASES needs a case of the kind {name} with bounds for {outcome!r}"
        betrayed = [CASES[case][0] for case in SCATTER]
        assert name in betrayed, f"SCATTER needs a case of the kind {name}, wrong where scatter is ignored"


# Error rates. Each draw makes many trials of one claim: the source's run and `k` of ours are draws of the
# same training noise; runs on the same examples share the noise of their choice.

TRIALS = 20_000


def a_statistic(rng, k, off=0, sd=0.011, p=0.86, n=5_000, margin=0.04, examples="same", shared=False):
    """`off`: what the source's accuracy is above ours; `shared`: whether the examples really are the same."""
    choice = (p * (1 - p) / n) ** 0.5
    ours, theirs = choice * rng.standard_normal((2, TRIALS))
    if shared or examples == "same":
        theirs = ours
    values = p + ours[:, None] + sd * rng.standard_normal((TRIALS, k))
    value = p + off + theirs + sd * rng.standard_normal(TRIALS)
    return {"value": value, "n": n, "margin": margin, "examples": examples}, Sample(values)


mnist = partial(a_statistic, sd=0.0007, p=0.98, n=10_000, margin=0.006)


def an_ordering(rng, k, gain=0.0, training=0.0, n=500):
    """A score for each seed and example, mostly the example's own: A alone is right where it is high, B where
    it is low. `gain` and `training` move whole runs: by the same, and by chance."""
    shape = (TRIALS // 10, k, n)
    own = rng.standard_normal((shape[0], 1, n), dtype=np.float32)
    score = 0.95 * own + 0.31 * rng.standard_normal(shape, dtype=np.float32)
    score += gain + training * rng.standard_normal((*shape[:2], 1), dtype=np.float32)
    right = (score > 1.3).astype(np.int8) - (score < -1.3)
    return {}, Sample(right.mean(axis=-1), right)


def a_range(rng, k, mean=10.0, sd=0.5):
    return {"low": 8, "high": 12, "margin": 2}, Sample(mean + sd * rng.standard_normal((TRIALS, k)))


def a_timing(rng, k, ratio=1.4, **claim):
    return claim, Sample(math.log(ratio) + 0.08 * rng.standard_normal((TRIALS, k)))


def a_curve(rng, k, speed=8.0, theirs=8.0, sd=0.01, n=20_000, examples="same"):
    """Accuracy rising at a speed; a run lies above or below it as a whole, and is a little rough."""
    trials, epochs = TRIALS // 10, np.arange(100)
    choice = (0.05 / n) ** 0.5 * rng.standard_normal((2, trials))
    ours = 1 - 0.45 * np.exp(-epochs / speed) + sd * rng.standard_normal((trials, k, 1))
    published = 1 - 0.45 * np.exp(-epochs / theirs) + sd * rng.standard_normal((trials, 1))
    if examples == "other":
        ours, published = ours + choice[0][:, None, None], published + choice[1][:, None]
    rough = 0.003 * rng.standard_normal((trials, k + 1, 100))
    claim = {"n": n, "examples": examples}
    return claim, Sample(ours + rough[:, 1:], published=published + rough[:, 0])


BOTH = {"low": 1.2, "high": 1.7, "margin": 1.2}
TRUE = {"differs": (0, 0.056)}
EDGE = {"differs": (0, 0.035)}
EQUAL = {"differs": (0, 0.035), "holds": (0, 0.035)}
SURE = {"differs": (0, 0.056), "holds": (0.94, 1)}
FOUND = {"differs": (0.95, 1), "holds": (0, 0.02)}

# For each case its kind, its draw and the bounds of the shares of outcomes: with few seeds, and with many if
# others than these.
CASES = {
    "same examples, true": (
        "statistic",
        a_statistic,
        TRUE | {"holds": (0.70, 0.76), "undecided": (0.19, 0.25)},
        TRUE | {"holds": (0.92, 0.96), "undecided": (0, 0.03)},
    ),
    "other examples, true": (
        "statistic",
        partial(a_statistic, examples="other"),
        TRUE | {"holds": (0.65, 0.73), "undecided": (0.25, 0.31)},
        TRUE | {"holds": (0.91, 0.96), "undecided": (0.01, 0.05)},
    ),
    "same examples held to be other, true": (
        "statistic",
        partial(a_statistic, examples="other", shared=True),
        TRUE | {"holds": (0.67, 0.73), "undecided": (0.25, 0.31)},
        TRUE | {"holds": (0.93, 0.97), "undecided": (0.01, 0.05)},
    ),
    "other examples, little training noise, true": ("statistic", partial(mnist, examples="other"), SURE),
    "two margins off": ("statistic", partial(a_statistic, off=0.08), FOUND),
    "two margins off, other examples": ("statistic", partial(a_statistic, off=0.08, examples="other"), FOUND),
    "three quarters of a margin off, little noise": ("statistic", partial(mnist, off=-0.0045), FOUND),
    "no gain, little training noise": ("ordering", an_ordering, EQUAL),
    "no gain, much training noise": ("ordering", partial(an_ordering, training=0.4), EQUAL),
    "a gain": ("ordering", partial(an_ordering, gain=0.25), {"holds": (0.95, 1), "differs": (0, 0)}),
    "a loss": ("ordering", partial(an_ordering, gain=-0.25), FOUND),
    "at the range's edge": ("range", partial(a_range, mean=12), EDGE),
    "in the range": ("range", a_range, SURE),
    "in the range, much noise": (
        "range",
        partial(a_range, sd=2.2),
        {"holds": (0.24, 0.32), "differs": (0, 0.01)},
        {"holds": (0.85, 0.93), "differs": (0, 0.01)},
    ),
    "a margin above the range": ("range", partial(a_range, mean=14), FOUND),
    "rises as published": ("curve", a_curve, SURE),
    "rises as published, other examples": (
        "curve",
        partial(a_curve, examples="other", sd=0.002, n=2_000),
        SURE,
    ),
    "rises more slowly": ("curve", partial(a_curve, theirs=20), FOUND),
    "published flat": ("curve", partial(a_curve, theirs=1e9), FOUND),
    "flat from the start": (
        "curve",
        partial(a_curve, speed=0.3, theirs=0.3, sd=0.1),
        TRUE | {"holds": (0, 0.05)},
    ),
    "at the ratio's bound": ("timing", partial(a_timing, ratio=1.2, **BOTH), EDGE),
    "between the bounds": ("timing", partial(a_timing, **BOTH), SURE),
    "far above both bounds": ("timing", partial(a_timing, ratio=2.2, **BOTH), FOUND),
    "as fast": ("timing", partial(a_timing, ratio=1, low=1), EQUAL),
    "slower, as claimed": ("timing", partial(a_timing, low=1), SURE),
    "slower, against the claim": ("timing", partial(a_timing, high=1), FOUND),
}


def amiss(name, many):
    """The outcomes of a case whose shares of the trials lie outside their bounds, with these shares."""
    kind, draw, *bounds = CASES[name]
    k = 10 if many else rules.PROCESSES if kind == "timing" else rules.SEEDS
    claim, sample = draw(np.random.default_rng(k), k)
    outcomes = rules.KINDS[kind].rule(claim, sample, k).outcome
    bounds = bounds[-1] if many else bounds[0]
    shares = {outcome: np.mean(outcomes == outcome) for outcome in bounds}
    return {one: share for one, share in shares.items() if not within(share, *bounds[one])}


def within(share, low, high):
    return low <= share <= high


@pytest.mark.parametrize("many", [False, True], ids=["few", "many"])
@pytest.mark.parametrize("name", CASES)
def test_error_rates(name, many):
    assert not amiss(name, many)


# Wrong rules, and the cases whose share of "differs" betrays them.

split, one_more_run = rules.split, rules.one_more_run
SCATTER = [
    "same examples, true",
    "no gain, much training noise",
    "at the range's edge",
    "rises as published",
    "at the ratio's bound",
]
MUTANTS = {
    "scatter ignored": ("deviation", lambda values: np.zeros(values.shape[:-1]), SCATTER),
    "normal in place of t": ("quantile", lambda k: 1.96, SCATTER),
    "pairs pooled over the seeds": (
        "example_variance",
        lambda right: right.var(axis=(-2, -1)) / (right.shape[-2] * right.shape[-1]),
        ["no gain, little training noise"],
    ),
    "shared noise added": (
        "split",
        lambda claim, *shares: split(claim | {"examples": "other"}, *shares),
        ["three quarters of a margin off, little noise"],
    ),
    "noise of other examples left out": (
        "split",
        lambda claim, *shares: split(claim | {"examples": "same"}, *shares),
        ["other examples, little training noise, true", "rises as published, other examples"],
    ),
    "published taken for the truth": (
        "one_more_run",
        lambda s, v, k: one_more_run(s / (k + 1) ** 0.5, v, k),
        ["same examples, true", "rises as published"],
    ),
}


@pytest.mark.parametrize(
    ("mutant", "name"), [(mutant, name) for mutant, (*_, names) in MUTANTS.items() for name in names]
)
def test_the_error_rates_betray_a_wrong_rule(monkeypatch, mutant, name):
    monkeypatch.setattr(rules, *MUTANTS[mutant][:2])
    assert "differs" in amiss(name, many=False)
