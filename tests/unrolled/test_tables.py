"""Tables of published against measured: every cell with its unit, nothing claimed beyond the records."""

import pytest
import records
from unrolled import published
from unrolled.evidence import tables

LESSON = "dropout_rnn_imdb"


def row(name, ones, run=None):
    return next(row for row in tables.rows(LESSON, ones, run) if row["id"] == name)


def trained(seed, best=0.85, **changes):
    return records.made_up(seed=seed, trainings={"as_printed": records.training([0.6, best])}, **changes)


def test_a_row_has_units_everywhere():
    run = trained(0, 0.801)
    one = row("best_val_accuracy", [run, trained(1, 0.803), trained(0, 0.84, library="keras 2")], run)
    assert one["published"] == "85.14 %"
    assert (one["this run"], one["Keras 2"], one["all seeds"]) == ("80.10 %", "84.00 %", "80.20 %, 2 seeds")
    assert one["verdict"] == "undecided (2 of 5)"
    assert one["by"].startswith("−4.9") and one["by"].endswith("points")
    assert row("best_epoch", [run], run)["this run"] == "2 epochs"


def test_five_seeds_decide():
    ones = [trained(seed, 0.85 + seed / 1000) for seed in range(5)]
    assert row("best_val_accuracy", ones)["verdict"] == "holds"
    ones = [trained(seed, 0.70 + seed / 1000) for seed in range(5)]
    one = row("best_val_accuracy", ones)
    assert one["outcome"] == "differs"
    assert one["cause"] == published.lesson(LESSON)["cause"]["mask"]["says"]


def test_a_difference_without_a_cause_is_unexplained(monkeypatch):
    claim = published.claims(LESSON)["best_val_accuracy"] | {"cause": "unexplained"}
    assert tables._cause(claim) == tables._cause({**claim, "cause": "none"}) == "unexplained"


def test_what_was_not_measured_was_not_tested():
    one = row("cost", [trained(0)])
    assert (one["all seeds"], one["verdict"], one["by"]) == ("", "not tested", "")


def test_this_run_takes_the_place_of_its_older_record():
    old, new = trained(0, 0.7), trained(0, 0.8)
    assert tables._with([old, trained(1)], new) == [trained(1), new]


def test_a_run_on_a_sample_is_not_held_against_the_records():
    other = records.made_up("lstm_imdb", trainings={"lstm_28": records.training()})
    gru, name = (
        records.made_up("gru_imdb", trainings={"gru_28": records.training([0.7])}),
        "accuracy_difference",
    )
    for evidence, shown in ((True, "−10.00 points"), (False, "")):
        rows = tables.rows("gru_imdb", [other], gru | {"evidence": evidence})
        assert next(row for row in rows if row["id"] == name)["this run"] == shown


def test_an_ordering_is_a_difference_also_where_the_lesson_measures_it():
    claim = {"kind": "ordering", "unit": "points"}
    assert tables.told(claim, [0.02, 0.04]) == "+3.00 points, 2 seeds"
    assert tables.told(claim | {"kind": "statistic"}, [0.02]) == "2.00 %"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.85138, "points", "85.14 %"),
        (5000, "parameters", "5,000 parameters"),
        (1.4321, "times", "1.432 times"),
        (-0.1136, "bits", "−0.1136 bits"),
        (2.9e-17, "times", "2.9e-17 times"),
        (1, "", "1"),
    ],
)
def test_numbers(value, unit, text):
    assert tables.number(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(-0.03, "points", "−3.00 points"), (19, "epochs", "+19 epochs")]
)
def test_differences_have_a_sign(value, unit, text):
    assert tables.difference(value, unit) == text


def test_the_summary_counts_and_says_what_chance_would_do():
    ones = [trained(seed) for seed in range(5)]
    line = tables.summary(tables.rows(LESSON, ones))
    assert line.startswith("20 claims: ") and "by chance alone" in line


def test_the_table_of_a_run_is_in_both_forms():
    data = tables.bundle(tables.rows(LESSON, [trained(0)], trained(0)))
    assert set(data) == {"text/markdown", "text/plain"}
    assert all("best validation accuracy in the log" in text for text in data.values())
