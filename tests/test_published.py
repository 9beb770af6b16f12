"""The sources' own numbers: complete, in form, and where they say they are."""

import json

import pytest
from environment import ROOT
from unrolled import UnrolledError, published

NEEDED = {
    "exact": {"value"},
    "statistic": {"value", "n"},
    "range": {"low", "high", "shown"},
    "ordering": {"shown"},
    "curve": {"tolerance", "shown"},
    "new": set(),
}


@pytest.mark.parametrize("claim", published.claims(), ids=lambda claim: f"{claim['lesson']}-{claim['id']}")
def test_a_claim_is_complete(claim):
    assert claim["says"] and claim["place"] and claim["source"]
    assert claim["kind"] in published.KINDS
    assert NEEDED[claim["kind"]] <= set(claim)
    assert (claim["kind"] == "new") == (claim["source"] == "—")
    assert claim["source"] in published.sources() or claim["kind"] == "new"
    if claim["kind"] == "statistic":
        assert 0 < claim["value"] < 1 and claim["n"] >= 1_000
    if claim["kind"] == "range":
        assert claim["low"] <= claim["high"]


def test_every_lesson_with_claims_has_a_notebook_and_the_other_way_round():
    notebooks = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {claim["lesson"] for claim in published.claims()} == notebooks


def test_every_claim_was_measured_in_a_full_run():
    for claim in published.claims():
        records = [
            json.loads(path.read_text()) for path in (ROOT / "notebooks/results").glob(f"{claim['lesson']}.*")
        ]
        assert any(one["evidence"] and claim["id"] in one["measured"] for one in records), claim["id"]


@pytest.mark.parametrize(
    ("name", "epoch", "row"),
    [
        ("simple_rnn_imdb", 10, (21, 0.0769, 0.9739, 0.4772, 0.8678)),
        ("simple_rnn_imdb", 43, (21, 4.4946e-04, 0.9999, 1.4366, 0.7574)),
        ("simple_rnn_imdb", 100, (22, 1.7456e-04, 0.9999, 2.3985, 0.7356)),
        ("dropout_rnn_imdb", 18, (30, 0.3119, 0.8773, 0.4268, 0.8514)),
        ("dropout_rnn_imdb", 100, (31, 0.0963, 0.9669, 0.7995, 0.7976)),
    ],
)
def test_a_log_is_what_the_source_prints(name, epoch, row):
    log = published.log(name)
    assert log["epoch"] == list(range(1, 101))
    at = epoch - 1
    assert tuple(log[key][at] for key in ("seconds", "loss", "acc", "val_loss", "val_acc")) == row


def test_errata_name_a_source_and_a_cell():
    notebooks = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert published.errata()
    for one in published.errata():
        assert one["source"] in published.sources()
        lesson, heading = one["shown"].split(", ", 1)
        assert f"## {heading}" in notebooks[lesson], one["shown"]


def test_unknown_names_are_told_in_one_line():
    for call in (lambda: published.claims("99_nothing"), lambda: published.log("nothing")):
        with pytest.raises(UnrolledError) as caught:
            call()
        assert "\n" not in str(caught.value) and "nothing" in str(caught.value)
