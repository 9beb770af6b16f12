"""What a run writes down, and where: only a full run on the real data is evidence."""

import json
from types import SimpleNamespace

import pytest
from unrolled import UnrolledError, data, machine, profile, record, training

LESSON = "01_simple_rnn_imdb"
REAL = "IMDB, full"


class Model:
    """As much of a model as a training asks for before it is entered."""

    optimizer = SimpleNamespace(get_config=dict)

    def count_params(self):
        return 322_113

    def get_config(self):
        return {"layers": []}


@pytest.fixture
def project(monkeypatch, tmp_path):
    """An empty project in which a full run takes place."""
    monkeypatch.setattr(profile, "ROOT", tmp_path)
    monkeypatch.setattr(profile, "results", tmp_path / "notebooks" / "results")
    monkeypatch.setattr(profile, "quick", False)
    monkeypatch.setattr(profile, "name", "full")
    return tmp_path


def trained(run, interrupted=False):
    """A training of two epochs in `run`, with something in its folder."""
    one = run.training("simple_rnn", Model(), epochs=2)
    one.folder.mkdir(parents=True)
    (one.folder / "history.jsonl").write_text("kept")
    one._rows = [
        {"epoch": 1, "seconds": 2.5, "acc": 0.51234567, "val_acc": 0.6},
        {"epoch": 2, "seconds": 1.5, "acc": 0.75, "val_acc": 0.7},
    ]
    one.interrupted = interrupted
    return one


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_record_is_written_and_read(project, capsys):
    run = record.Run(LESSON, REAL)
    kept = trained(run)
    run.measure(parameters=322_113, best_val_accuracy=[0.8612345, 0.85])
    assert capsys.readouterr().out == "parameters = 322113\nbest_val_accuracy = 0.861235, 0.85\n"
    run.save()

    name = f"notebooks/results/{LESSON}.{machine.backend}.seed{profile.seed}.json"
    assert files(project) == [name]
    assert capsys.readouterr().out == f"recorded in {name}\n"
    assert not kept.folder.exists()

    (read,) = record.load()
    assert read == run.as_dict() == json.loads((project / name).read_text(encoding="utf-8"))
    assert (read["lesson"], read["profile"], read["seed"]) == (LESSON, "full", profile.seed)
    assert (read["backend"], read["data"]) == (machine.backend, REAL)
    assert set(read["versions"]) == {"python", "keras", "numpy", machine.backend}
    assert read["measured"] == {"parameters": [322_113], "best_val_accuracy": [0.8612345, 0.85]}
    assert read["trainings"]["simple_rnn"] == {
        "parameters": 322_113,
        "epochs": 2,
        "resumed_after": 0,
        "seconds": [2.5, 1.5],
        "history": {"acc": [0.512346, 0.75], "val_acc": [0.6, 0.7]},
    }
    assert record.committed(LESSON) == read


def test_a_second_run_replaces_the_first(project):
    for value in (0.8, 0.9):
        run = record.Run(LESSON, REAL)
        run.measure(best_val_accuracy=value)
        run.save()
    assert [one["measured"] for one in record.load()] == [{"best_val_accuracy": [0.9]}]


def test_unknown_lesson():
    with pytest.raises(UnrolledError, match="no claims are listed for '99_nothing'"):
        record.Run("99_nothing", REAL)


def test_unknown_claim():
    run = record.Run(LESSON, REAL)
    with pytest.raises(
        UnrolledError, match="has no published claim 'best_accuracy'; it has .*best_val_accuracy"
    ):
        run.measure(best_accuracy=0.8)
    assert run.measured == {}


@pytest.mark.parametrize("value", (float("nan"), -float("inf"), [], [0.8, float("nan")]), ids=str)
def test_a_measured_value_is_finite(value):
    run = record.Run(LESSON, REAL)
    with pytest.raises(UnrolledError, match="finite numbers are needed"):
        run.measure(best_val_accuracy=value)
    assert run.measured == {}


def test_an_interrupted_run_is_no_record(project, capsys):
    run = record.Run(LESSON, REAL)
    kept = trained(run, interrupted=True)
    run.measure(best_val_accuracy=0.8)
    run.save()
    assert "Interrupted in simple_rnn: no record is written" in capsys.readouterr().out
    assert files(project) == [(kept.folder / "history.jsonl").relative_to(project).as_posix()]


@pytest.mark.parametrize(
    ("quick", "source"),
    ((True, REAL), (True, data.SAMPLE), (False, data.SAMPLE)),
    ids=("quick", "quick, sample", "sample"),
)
def test_what_is_no_evidence_stays_in_the_build_folder(project, monkeypatch, quick, source):
    monkeypatch.setattr(profile, "quick", quick)
    if quick:
        monkeypatch.setattr(profile, "results", project / "build" / "results")
    monkeypatch.setattr(training.tempfile, "mkdtemp", lambda prefix: str(project / "temporary"))
    run = record.Run(LESSON, source)
    assert not run.evidence
    trained(run)
    run.measure(best_val_accuracy=0.8)
    run.save()
    assert not (project / "notebooks").exists()
    assert f"build/results/{run.stem}.json" in files(project)
    assert record.load() == []
    with pytest.raises(UnrolledError, match="has no record of 01_simple_rnn_imdb"):
        record.committed(LESSON)


def test_a_folder_that_cannot_be_written(project, capsys):
    (project / "notebooks").write_text("a file stands in its place")
    run = record.Run(LESSON, REAL)
    trained(run)
    assert "cannot be written" in capsys.readouterr().out
    with pytest.raises(UnrolledError, match=r"json cannot be written \(.*\): nothing is recorded") as error:
        run.save()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", (b"", b'{"lesson": "01', b"[]", b"7", b'{"lesson": "01"}', b"\xff\xfe"))
def test_a_broken_record(tmp_path, text):
    (tmp_path / "broken.json").write_bytes(text)
    with pytest.raises(UnrolledError, match=r"broken\.json is no record of a run: remove it"):
        record.load(tmp_path)


def test_records_of_other_backends_and_seeds(project, monkeypatch):
    """Another lesson is compared with the record that is most like this run."""
    monkeypatch.setattr(machine, "versions", dict)
    for backend, seed in (("jax", 0), ("tensorflow", 0), ("tensorflow", 3)):
        monkeypatch.setattr(machine, "backend", backend)
        monkeypatch.setattr(profile, "seed", seed)
        record.Run(LESSON, REAL).save()
    monkeypatch.setattr(machine, "backend", "tensorflow")
    for seed, expected in ((3, 3), (0, 0), (9, 0)):
        monkeypatch.setattr(profile, "seed", seed)
        found = record.committed(LESSON)
        assert (found["backend"], found["seed"]) == ("tensorflow", expected)
