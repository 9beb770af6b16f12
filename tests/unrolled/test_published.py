"""The sources' own numbers: complete, in form, and where they say they are."""

import pytest
from unrolled import UnrolledError, published, settings

CLAIMS = [claim for lesson in published.lessons() for claim in published.claims(lesson).values()]


def test_every_notebook_has_its_entry_and_the_other_way_round():
    assert published.lessons() == list(settings.lessons())


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim['lesson']}-{claim['id']}")
def test_a_claim_is_complete(claim):
    assert claim["says"] and claim["place"] and claim["source"]
    assert (claim["kind"] == "new") == (claim["source"] == "—")
    assert claim["source"] in published.sources() or claim["kind"] == "new"
    assert "value" in claim or "shown" in claim or claim["kind"] == "new", "what is published is not shown"


def entry(**changes):
    """A lesson's entry, as a dict; None for a key leaves it out."""
    claim = {"says": "s", "kind": "exact", "value": 1, "source": "000", "place": "p"}
    known = {"title": "T", "headline": "a", "claim": {"a": claim}} | changes
    return {key: value for key, value in known.items() if value is not None}


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (entry(titel="T"), "unknown keys: titel"),
        (entry(title=None), "lacks title"),
        (entry(headline="b"), "lacks the claim of its headline"),
        (entry(claim={"a": {"says": "s", "kind": "exakt", "value": 1}}), "there is no kind 'exakt'"),
        (entry(claim={"a": {"says": "s", "kind": "exact"}}), "needs value"),
        (entry(claim={"a": {"kind": "exact", "value": 1, "cause": "luck"}}), "names the cause 'luck'"),
    ],
)
def test_a_mistake_in_an_entry_is_told_in_one_line(known, words, monkeypatch, complaint):
    monkeypatch.setattr(published, "_table", lambda path: known)
    assert words in complaint(published.lesson, "dropout_rnn_imdb")


def test_a_file_that_is_no_toml(tmp_path, complaint):
    (tmp_path / "a.toml").write_text("title = ")
    assert "a.toml cannot be read" in complaint(published._table.__wrapped__, tmp_path / "a.toml")


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


def test_errata_name_a_source_and_a_heading():
    notebooks = {name: path.read_text(encoding="utf-8") for name, path in settings.lessons().items()}
    assert published.errata()
    for one in published.errata():
        assert one["source"] in published.sources()
        lesson, heading = one["shown"].split(", ", 1)
        assert f"## {heading}" in notebooks[lesson], one["shown"]


@pytest.mark.parametrize("lesson", published.lessons())
def test_causes_name_a_heading(lesson):
    text = settings.lessons()[lesson].read_text(encoding="utf-8")
    for cause in published.lesson(lesson)["cause"].values():
        assert cause["says"] and f"## {cause['shown']}" in text, cause["shown"]


def test_unknown_names_are_told_in_one_line():
    for call in (lambda: published.claims("nothing"), lambda: published.log("nothing")):
        with pytest.raises(UnrolledError) as caught:
            call()
        assert "\n" not in str(caught.value) and "nothing" in str(caught.value)
