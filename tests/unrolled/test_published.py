"""The sources' own numbers: complete, in form, and where they say they are."""

import pytest
from unrolled import UnrolledError, published, settings

SOURCES = settings.ROOT.parent / "shared" / "sources"
"""The text of the sources, for those who have it beside the project."""


def test_every_notebook_has_its_entry_and_the_other_way_round():
    for name in settings.lessons():
        assert name in published.lessons(), f"write published/{name}.toml"
    for name in published.lessons():
        assert name in settings.lessons(), f"published/{name}.toml is there, and no notebooks/NN_{name}.ipynb"
    assert published.lessons() == list(settings.lessons())


@pytest.mark.parametrize("lesson", settings.lessons())
def test_a_lesson_s_entry_is_complete(lesson):
    """And every claim in it: see the mistakes below."""
    assert published.claims(lesson)


CLAIM = {"says": "s", "kind": "exact", "value": 1, "source": "000", "place": "p"}
ORDERING = CLAIM | {"kind": "ordering", "value": None, "unit": "points", "shown": "1 %"}
CURVE = ORDERING | {"kind": "curve", "n": 1, "examples": "same"}


def entry(claim=CLAIM, **changes):
    """A lesson's entry, as a dict; None for a key leaves it out, also for one of its claim."""
    claim = {key: value for key, value in claim.items() if value is not None}
    known = {"title": "T", "question": "Q?", "headline": "a", "claim": {"a": claim}} | changes
    return {key: value for key, value in known.items() if value is not None}


def by(**how):
    return entry(ORDERING | {"measured_by": how})


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (entry(titel="T"), "unknown keys: titel"),
        (entry(title=None), "lacks title"),
        (entry(headline="b"), "lacks the claim of its headline"),
        (entry(test="t"), "test names 't', of which no claim takes the test"),
        (entry(CLAIM | {"kind": "exakt"}), "there is no kind 'exakt'"),
        (entry(CLAIM | {"value": None}), "needs value"),
        (
            entry(CLAIM | {"cause": "luck"}),
            "which is not there: write [cause.luck]",
        ),
        (entry(CLAIM | {"says": None, "place": ""}), "toml: a lacks says, place"),
        (entry(ORDERING | {"unit": None}), "a lacks unit"),
        (entry(ORDERING | {"shown": None}), "a lacks shown"),
        (entry(CLAIM | {"source": "00"}), "a names the source '00'; sources.toml has 000, 001"),
        (entry(CLAIM | {"source": "—"}), 'both the kind "new" and the source "—"'),
        (entry(ORDERING | {"kind": "new"}), 'both the kind "new" and the source "—"'),
        (by(training="t", take="best"), "a takes 'best'; it can take max, last"),
        (by(training="t", take="max"), "a needs metric in measured_by"),
        (by(take="test"), "a needs training in measured_by"),
        (by(timed="cost"), "a needs ratio in measured_by"),
        (by(training="t", take="test", epoch=3), "no use for epoch"),
        (entry(ORDERING | {"measured_by": "t"}), "a needs measured_by as { training = …, take = … }"),
        (by(training=32, take="test"), "a has 32 as training in measured_by; it must be a text or a list"),
        (by(training="t", take="max", metric="acc", epochs="ten"), "'ten' as epochs in measured_by; it must"),
        (by(training=["t", "gru_imdb/u"], take="test"), "a reads gru_imdb/u: add gru_imdb to needs"),
        (entry(CURVE), "a is a curve, and the lesson names no log"),
        (entry(CURVE, log="luck"), "no log 'luck'; there are dropout_rnn_imdb"),
        (
            entry(CURVE, log="dropout_rnn_imdb"),
            'take = "curve" and a metric of the log: epoch',
        ),
    ],
)
def test_a_mistake_in_an_entry_is_told_in_one_line(known, words, monkeypatch, complaint):
    table = published._table
    monkeypatch.setattr(
        published, "_table", lambda path: known if path.stem == "dropout_rnn_imdb" else table(path)
    )
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


@pytest.mark.parametrize("lesson", settings.lessons())
def test_causes_name_a_heading(lesson):
    text = settings.lessons()[lesson].read_text(encoding="utf-8")
    for cause in published.lesson(lesson)["cause"].values():
        assert cause["says"] and f"## {cause['shown']}" in text, cause["shown"]


def test_coverage_leaves_no_item_out():
    rows = published.coverage()
    places = [(row["source"], row["line"], row["item"]) for row in rows]
    assert len(set(places)) == len(rows) == 334
    assert [place[:2] for place in places] == sorted(place[:2] for place in places)
    assert {row["source"] for row in rows} == set(published.sources())
    for row in rows:
        where = f"coverage.tsv, {row['source']}, line {row['line']}, {row['item']}"
        assert row["lesson"] in settings.lessons(), f"{where}: there is no {row['lesson']}"
        assert row["cell"], f"{where}: name the cell of {row['lesson']}, and words from it"


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the sources do not lie beside the project")
def test_coverage_names_lines_of_the_sources():
    for row in published.coverage():
        (path,) = SOURCES.glob(f"{row['source']}_*.txt")
        lines = path.read_text(encoding="utf-8").split("\n")
        assert 0 < row["line"] <= len(lines) and lines[row["line"] - 1].strip(), row


HEAD = "source\tline\titem\tlesson\tcell\twords"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "does not begin with the columns source, line, item, lesson, cell, words"),
        (f"{HEAD}\n000\t8\titem\tgru_imdb", "line 2: has 4 columns, not 6"),
        (f"{HEAD}\n00\t8\titem\tgru_imdb\t\t", "line 2: names the source '00'; sources.toml has 000, 001"),
        (f"{HEAD}\n000\tviii\titem\tgru_imdb\t\t", "line 2: has 'viii' where the number of a line should"),
        (f"{HEAD}\n000\t8\t\tgru_imdb\t\t", "line 2: lacks its item or its lesson"),
        (f"{HEAD}\n000\t8\titem\tgru_imdb\tgates\t", "line 2: needs a cell and words from it, or neither"),
        (f"{HEAD}\n000\t8\titem\tgru_imdb\tgates\tonly three words", "line 2: quotes 3 words; 5 are needed"),
    ],
)
def test_a_mistake_in_the_coverage_is_told_in_one_line(text, words, tmp_path, monkeypatch, complaint):
    (tmp_path / "coverage.tsv").write_text(text)
    known = published.sources()
    monkeypatch.setattr(published, "FOLDER", tmp_path)
    monkeypatch.setattr(published, "sources", lambda: known)
    assert words in complaint(published.coverage)


def test_a_coverage_that_is_not_there(tmp_path, monkeypatch, complaint):
    monkeypatch.setattr(published, "FOLDER", tmp_path)
    assert "coverage.tsv cannot be read" in complaint(published.coverage)


def test_unknown_names_are_told_in_one_line():
    for call in (lambda: published.claims("nothing"), lambda: published.log("nothing")):
        with pytest.raises(UnrolledError) as caught:
            call()
        assert "\n" not in str(caught.value) and "nothing" in str(caught.value)
