"""The rules by which published is held against measured."""

import pytest
from unrolled import verdict

STATISTIC = {"kind": "statistic", "value": 0.98, "n": 10_000}
ORDERING = {"kind": "ordering", "n": 5_000, "near": 0.86}


@pytest.mark.parametrize(
    ("claim", "values", "expected"),
    [
        ({"kind": "exact", "value": 2080}, [2080, 2080], "holds"),
        ({"kind": "exact", "value": 2080}, [2080, 2081], "differs"),
        ({"kind": "range", "low": 8, "high": 10}, [8, 10], "holds"),
        ({"kind": "range", "low": 8, "high": 10}, [10, 11], "differs"),
        ({"kind": "range", "low": 8, "high": 10}, [3], "differs"),
        ({"kind": "curve", "tolerance": 0.05}, [0.05], "holds"),
        ({"kind": "curve", "tolerance": 0.05}, [0.051], "differs"),
        (STATISTIC, [0.979], "holds"),
        (STATISTIC, [0.97], "differs"),
        (STATISTIC, [0.99], "differs"),
        (ORDERING, [0.02], "holds"),
        (ORDERING, [-0.02], "differs"),
        (ORDERING, [0.005], "undecided"),
        ({"kind": "ordering"}, [0.001], "holds"),
        ({"kind": "ordering"}, [-0.001], "differs"),
        ({"kind": "new"}, [0.5], "new"),
        ({"kind": "exact", "value": 1}, [], "not tested"),
    ],
)
def test_rule(claim, values, expected):
    outcome, _ = verdict.judge(claim, values)
    assert outcome == expected
    assert outcome in verdict.VERDICTS


def test_the_allowance_is_twice_the_sampling_error_of_both_shares():
    error = 2 * (2 * 0.5 * 0.5 / 10_000) ** 0.5
    claim = {"kind": "statistic", "value": 0.5, "n": 10_000}
    assert verdict.judge(claim, [0.5 + 0.99 * error])[0] == "holds"
    assert verdict.judge(claim, [0.5 + 1.01 * error])[0] == "differs"


def test_scatter_between_seeds_widens_what_a_statistic_allows():
    assert verdict.judge(STATISTIC, [0.970, 0.970, 0.970])[0] == "differs"
    assert verdict.judge(STATISTIC, [0.960, 0.970, 0.980])[0] == "holds"


def a_record(evidence=True, **measured):
    return {"lesson": "01_simple_rnn_imdb", "evidence": evidence, "measured": measured}


def test_rows_gather_the_seeds_of_all_records():
    records = [a_record(parameters=[322_113]), a_record(parameters=[322_113])]
    row = next(row for row in verdict.rows(records, "01_simple_rnn_imdb") if row["id"] == "parameters")
    assert (row["published"], row["measured"], row["seeds"], row["verdict"]) == (
        "322,113",
        "322,113",
        2,
        "holds",
    )


def test_a_quick_run_is_no_evidence():
    rows = verdict.rows([a_record(evidence=False, parameters=[322_113])], "01_simple_rnn_imdb")
    assert {row["verdict"] for row in rows} == {"not tested"}
    assert [row["measured"] for row in rows if row["id"] == "parameters"] == ["322,113"]


def test_evidence_goes_before_a_quick_run():
    records = [a_record(evidence=False, parameters=[1]), a_record(parameters=[322_113])]
    row = next(row for row in verdict.rows(records, "01_simple_rnn_imdb") if row["id"] == "parameters")
    assert (row["measured"], row["seeds"], row["verdict"]) == ("322,113", 1, "holds")


def test_another_lessons_numbers_do_not_count():
    rows = verdict.rows([a_record(parameters=[322_113])], "04_dropout_rnn_imdb")
    assert {row["verdict"] for row in rows} == {"not tested"}


def test_tables_have_a_line_for_each_claim():
    rows = verdict.rows([a_record(parameters=[322_113])], "01_simple_rnn_imdb")
    text, markdown = verdict.as_text(rows).splitlines(), verdict.as_markdown(rows).splitlines()
    assert len(text) == len(markdown) == len(rows) + 2
    assert len({line.count(" | ") for line in markdown}) == 1
    assert all(row["says"] in line for row, line in zip(rows, markdown[2:], strict=True))
