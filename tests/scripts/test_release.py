"""What a release brings along: the weights are those of the recorded trainings, and load as they were."""

import io
import re
import zipfile

import miniature
import numpy as np
import pytest
import records
from environment import ROOT
from unrolled import settings
from unrolled.evidence import archive
from unrolled.store import Store

RELEASE = miniature.script("release")
LESSON = "simple_rnn_imdb"
WEIGHTS = [np.arange(6, dtype="float32").reshape(2, 3), np.ones(3, "float32"), np.float32(7)]


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder of trainings, in which `keep` puts one of so many epochs; two epochs are recorded."""
    one = records.training([0.6, 0.7], parameters=10)
    archive.write(records.made_up(LESSON, trainings={"simple_rnn": one}), tmp_path / "results")
    monkeypatch.setattr(settings, "RESULTS", tmp_path / "results")

    def keep(fingerprint=one["fingerprint"], epochs=2, **parts):
        store = Store(tmp_path / "kept" / f"{LESSON}.tensorflow.0.1a2b3c4d" / f"simple_rnn.{fingerprint}")
        store.commit(
            [{"epoch": epoch + 1} for epoch in range(epochs)],
            **(parts or {"best": WEIGHTS, "state": WEIGHTS}),
        )
        return tmp_path / "kept"

    return keep


@pytest.mark.parametrize(
    "parts",
    [
        {"best": WEIGHTS, "state": [array + 1 for array in WEIGHTS]},
        {"state": [*WEIGHTS, np.zeros(()), np.zeros(3)]},  # the optimizer's come last
    ],
)
def test_the_weights_of_what_is_recorded(kept, parts):
    found = RELEASE.kept_weights(LESSON, kept(**parts))
    assert list(found) == [f"{LESSON}/simple_rnn"]
    for array, wanted in zip(found[f"{LESSON}/simple_rnn"], WEIGHTS, strict=True):
        np.testing.assert_array_equal(array, wanted)


@pytest.mark.parametrize("other", [{"fingerprint": "ba9876543210"}, {"epochs": 1}])
def test_another_training_and_an_unfinished_one_are_left_out(kept, other):
    assert RELEASE.kept_weights(LESSON, kept(**other)) == {}


def test_weights_load_in_their_order(tmp_path):
    many = [np.full(2, number) for number in range(12)]
    RELEASE.write({f"{LESSON}/simple_rnn": many}, tmp_path / "weights.zip")
    with zipfile.ZipFile(tmp_path / "weights.zip") as archive:
        data = io.BytesIO(archive.read(f"{LESSON}/simple_rnn.npz"))
    np.testing.assert_array_equal([*np.load(data).values()], many)


def test_nothing_kept_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(RELEASE.main.__globals__, "ensure", lambda: None)
    monkeypatch.setattr(settings, "trainings", tmp_path)
    with pytest.raises(SystemExit):
        RELEASE.main([])
    line = f"no recorded training of {LESSON} is kept here: run scripts/reproduce --again --only {LESSON}\n"
    assert capsys.readouterr().err == line


def test_only_the_releasing_job_may_write():
    text = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    before, job = text.split("\njobs:\n")
    assert "contents: read" in before and re.findall(r"([\w-]+): write$", job, re.MULTILINE) == ["contents"]
    assert all(re.search(r"@[0-9a-f]{40} # v", use) for use in re.findall(r"uses: (.*)", text))
