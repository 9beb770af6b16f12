"""What a run writes down, and where; a record that is changed, damaged or in the wrong place is refused."""

import copy
import json
import subprocess
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import records
from unrolled import UnrolledError, data, machine, published, settings, timing, training
from unrolled.evidence import archive, record

LESSON = "dropout_rnn_imdb"
REAL = SimpleNamespace(source="IMDB, all reviews", evidence=True, sha256={"x_train": "1" * 64})
SAMPLE = SimpleNamespace(source="built-in sample", evidence=False, sha256={"x_train": "2" * 64})
STEP_MS = 12.5


@pytest.fixture
def project(monkeypatch, tmp_path):
    """An empty project in which a full run takes place."""
    monkeypatch.setattr(settings, "BUILD", tmp_path / "build")
    monkeypatch.setattr(settings, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(settings, "trainings", tmp_path / "trainings")
    monkeypatch.setattr(settings, "quick", False)
    monkeypatch.setattr(settings, "profile", "full")
    monkeypatch.setattr(timing, "reference", lambda: STEP_MS)
    monkeypatch.delenv("UNROLLED_RESULTS", raising=False)
    record._lock.cache_clear()
    return tmp_path


def tiny():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="sgd", loss="binary_crossentropy", metrics=["acc"])
    return model


def trained(run, name="as_printed", interrupted=False):
    """A training of two epochs in `run`, without a fit."""
    train = data.Batches(np.zeros((8, 3), "float32"), np.zeros(8, "int64"), 4)
    one = run.training(name, tiny(), train, epochs=2)
    one._rows = [
        {"epoch": epoch, "seconds": 1.5, "day": "2026-11-21", "acc": accuracy, "val_acc": accuracy}
        for epoch, accuracy in ((1, 0.51234567), (2, 0.75))
    ]
    one.interrupted = interrupted
    return one


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.json"))


def test_a_record_is_written_and_read(project, capsys):
    run = record.Run(LESSON, REAL)
    one = trained(run)
    run.test("as_printed", [True, False, True, True])
    run.measure(masks_in_a_sequence=1)
    assert capsys.readouterr().out == (
        "as printed: 75.00% of 4 test examples are right\n"
        f"{published.claims(LESSON)['masks_in_a_sequence']['says']}: 1\n"
    )
    run.save()
    name = f"{LESSON}/{machine.backend}.{settings.seed}.json"
    assert files(project / "results") == [name]
    assert capsys.readouterr().out == (
        f"recorded: {LESSON}, {machine.backend}, seed {settings.seed}\n"
        f"as_printed  trained  {one.fingerprint}\n"
    )
    (read,) = archive.load(project / "results")
    assert read == archive.sealed(run.as_dict() | {"step_ms": STEP_MS}) == record.committed(LESSON)
    assert (read["lesson"], read["profile"], read["evidence"]) == (LESSON, "full", True)
    assert read["data"] == {"source": REAL.source, "sha256": REAL.sha256}
    kept = read["trainings"]["as_printed"]
    assert kept["history"]["acc"] == [0.512346, 0.75]
    assert kept["seconds"] == [1.5, 1.5] and kept["epochs"] == 2
    assert archive.unpacked(kept["test"]).tolist() == [True, False, True, True]


@pytest.mark.parametrize("n", (1, 7, 8, 9, 1000))
def test_bits_come_back(n):
    right = np.random.default_rng(n).random(n) < 0.5
    assert (archive.unpacked(archive.packed(right)) == right).all()


def test_a_second_run_replaces_the_first(project):
    for value in (1, 2):
        run = record.Run(LESSON, REAL)
        run.measure(masks_in_a_sequence=value)
        run.save()
    assert [one["measured"] for one in archive.load(project / "results")] == [{"masks_in_a_sequence": 2}]


def test_unknown_lesson(complaint):
    assert "no claims are listed for 'nothing'" in complaint(record.Run, "nothing", REAL)


def test_measure_takes_only_what_does_not_follow_anyway(project, complaint):
    run = record.Run(LESSON, REAL)
    for name, words in (("masks", "has no claim 'masks'; it has masks_in"), ("best_epoch", "follows from")):
        assert words in complaint(lambda name=name: run.measure(**{name: 0.8}))
    for value in (float("nan"), -float("inf")):
        assert "a finite number is needed" in complaint(lambda v=value: run.measure(masks_in_a_sequence=v))
    assert run.measured == {}


def test_test_takes_one_boolean_an_example(project, complaint):
    run = record.Run(LESSON, REAL)
    assert "one boolean an example" in complaint(run.test, "as_printed", [True])
    trained(run)
    assert "one boolean an example" in complaint(run.test, "as_printed", [[True]])


def test_an_interrupted_run_is_no_record(project, capsys):
    run = record.Run(LESSON, REAL)
    trained(run, interrupted=True)
    run.save()
    assert "Interrupted in as_printed: no record is written" in capsys.readouterr().out
    assert files(project) == []


def test_what_is_no_evidence_stays_in_the_build_folder(project, monkeypatch, complaint):
    for quick, source in ((True, REAL), (True, SAMPLE), (False, SAMPLE), (True, data.COMPUTED)):
        monkeypatch.setattr(settings, "quick", quick)
        run = record.Run(LESSON, source)
        assert not run.evidence
        trained(run)
        run.save()
        name = f"build/results/{LESSON}/{machine.backend}.{settings.seed}.json"
        assert files(project) == [name] and "step_ms" not in archive.read(project / name)
    assert "run dropout_rnn_imdb with this seed" in complaint(record.committed, LESSON)


def test_a_chart_of_seeds_is_of_this_run_and_of_all_recorded_ones(project, monkeypatch):
    monkeypatch.setattr(settings, "seed", 1)
    run = record.Run(LESSON, REAL)
    trained(run)
    mine = {1: [0.51234567, 0.75]}
    assert run.seeds("as_printed", "val_acc") == mine
    recorded = {"as_printed": records.training([0.6, 0.7])}
    for seed in (0, 1, 4):
        archive.write(records.made_up(LESSON, seed, trainings=recorded), settings.RESULTS)
    others = (
        records.made_up(LESSON, 5, trainings={"fresh": records.training()}),
        records.made_up(LESSON, 6, trainings=recorded, backend="jax"),
        records.made_up(LESSON, 7, trainings=recorded, library="keras 2"),
        records.made_up("gru_imdb", 8, trainings=recorded),
    )
    for one in others:
        archive.write(one, settings.RESULTS)
    found = run.seeds("as_printed", "val_acc")
    assert found == mine | {0: [0.6, 0.7], 4: [0.6, 0.7]} and list(found) == [1, 0, 4]
    assert run.seeds("as_printed", "acc")[4] == recorded["as_printed"]["history"]["acc"]


def test_a_chart_of_seeds_mixes_no_sample_with_real_data(project, monkeypatch):
    archive.write(records.made_up(LESSON, 4), settings.RESULTS)
    monkeypatch.setattr(settings, "quick", True)
    run = record.Run(LESSON, SAMPLE)
    trained(run)
    assert list(run.seeds("as_printed", "val_acc")) == [settings.seed]


def test_what_is_computed_in_the_lesson_is_evidence(project):
    run = record.Run(LESSON, data.COMPUTED)
    assert run.evidence and run.as_dict()["data"] == {"source": data.COMPUTED, "sha256": {}}


def test_a_folder_that_cannot_be_written(project, complaint):
    (project / "results").write_text("a file stands in its place")
    assert "cannot be written" in complaint(record.Run(LESSON, REAL).save)


def test_other_data_are_other_trainings(project):
    """A training on other data, or by another version of Keras, is never taken up."""
    folders = {record.Run(LESSON, REAL)._folder()}
    other = SimpleNamespace(source=REAL.source, evidence=True, sha256={"x_train": "3" * 64})
    folders.add(record.Run(LESSON, other)._folder())
    assert len(folders) == 2


HOLD = """
import sys, filelock
lock = filelock.FileLock(sys.argv[1])
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""
"""Holds a file as `record._lock` does, in a process that starts without Keras."""


def test_one_lesson_seed_and_backend_is_run_once_at_a_time(project):
    """The lock is the operating system's: a killed run leaves none behind."""
    command = [sys.executable, "-c", HOLD, str(project / "some.lock")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    first = subprocess.Popen(command, **pipes)
    assert first.stdout.readline() == "held\n"
    with pytest.raises(UnrolledError, match="another process"):
        record._lock(project / "some.lock", LESSON)
    first.kill()
    first.wait()
    assert record._lock(project / "some.lock", LESSON).is_locked


# Records on disk: each field is guarded.


def write(folder, one):
    path = folder / archive.name_of(one)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(one), encoding="utf-8")
    return path


def leaves(value, path=()):
    """The way to every number, text and truth value in a record."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [leaf for key, item in items for leaf in leaves(item, (*path, key))]
    return found or ([path] if not isinstance(value, dict | list) else [])


FULL = records.made_up(
    trainings={"as_printed": records.training(right=[True, False, True])},
    timed={"cost": {"fingerprints": {"a": "0" * 12}, "ms": {"a": [1.5, 2.5]}, "load": [0.1]}},
    outputs={"02c-04": "0" * 16},
    step_ms=12.5,
    quick_seconds=40.0,
)


def changed(value):
    """The value with a small change that keeps its type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value[:-1] + ("1" if value[-1] != "1" else "2")
    return value + 1 if isinstance(value, int) else value * 1.001


@pytest.mark.parametrize("path", leaves(FULL), ids=lambda path: ".".join(map(str, path)))
def test_a_changed_field_is_seen(path, tmp_path):
    one = copy.deepcopy(FULL)
    *way, last = path
    place = one
    for key in way:
        place = place[key]
    place[last] = changed(place[last])
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(one), encoding="utf-8")
    with pytest.raises(
        UnrolledError, match=r"changed\.json is no record of a run \(.+\): run the lesson again"
    ):
        archive.read(file)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": -1}, "seed: -1 is less than"),
        ({"backend": "theano"}, "backend: 'theano' is not one of"),
        ({"finished": "yesterday"}, "finished: 'yesterday' does not match"),
        ({"more": 1}, "'more' was unexpected"),
        ({"trainings": {"a": records.training([0.5, 1.5])}}, "greater than the maximum"),
        ({"trainings": {"a": records.training(epochs=9)}}, "a has 4 of 9 epochs"),
        ({"trainings": {"a": records.training(seconds=[1.0])}}, "a has 1, 4 of 4 epochs"),
        ({"trainings": {"a": records.training(epochs=9, enough=0.9)}}, "a has 4 of 9 epochs"),
        ({"trainings": {"a": records.training(epochs=9, enough=0.7)}}, "a has 4 of 9 epochs"),
        ({"trainings": {"a": records.training(test={"examples": 99, "bits": "AA=="})}}, "one bit for each"),
        ({"timed": {"a": {"ms": {}}}}, "'fingerprints' is a required property"),
    ],
)
def test_a_record_of_another_form_is_named(change, words, tmp_path, complaint):
    path = write(tmp_path, records.made_up(**change))
    line = complaint(archive.read, path)
    assert path.name in line and words in line


@pytest.mark.parametrize("text", (b"", b'{"lesson": "dropout', b"[]", b"7", b'{"lesson": "01"}', b"\xff\xfe"))
def test_a_file_that_is_no_record(text, tmp_path, complaint):
    (tmp_path / "broken.json").write_bytes(text)
    assert "broken.json is no record of a run" in complaint(archive.read, tmp_path / "broken.json")


def test_a_record_lies_under_its_own_name(tmp_path, complaint):
    path = write(tmp_path, records.made_up())
    assert len(archive.load(tmp_path)) == 1
    path.rename(path.with_name("tensorflow.7.json"))
    assert "move it there" in complaint(archive.load, tmp_path)


def test_an_epoch_that_was_held_up_does_not_count():
    slow, even = records.training(seconds=[2.0, 900.0, 2.0, 3.0]), records.training(seconds=[1.0] * 4)
    assert archive.duration(records.made_up(trainings={"one": slow, "two": even})) == 4 * 2.5 + 4


def test_a_full_run_takes_no_less_than_a_quick_one():
    assert archive.duration(records.made_up(quick_seconds=40.5)) == 40.5
    assert archive.duration(records.made_up(quick_seconds=0.5)) == 6


def test_a_training_that_came_to_enough_has_fewer_epochs(tmp_path):
    one = records.training(records.CURVE[:2], epochs=9, enough=0.7, seconds=[2.0, 2.0])
    path = write(tmp_path, records.made_up(trainings={"one": one}))
    assert archive.duration(archive.read(path)) == 4


def test_keras_2_has_a_name_of_its_own():
    assert archive.name_of(records.made_up(library="keras 2", seed=3)) == f"{LESSON}/keras2.3.json"


def test_the_fingerprint_without_a_seed_is_the_same_for_all_seeds():
    train = data.Batches(np.zeros((8, 3), "float32"), np.zeros(8, "int64"), 4, seed=0)
    other = data.Batches(np.zeros((8, 3), "float32"), np.zeros(8, "int64"), 4, seed=1)
    one, two = (record.trained(training.Training("a", tiny(), batches, 2)) for batches in (train, other))
    assert one["fingerprint"] != two["fingerprint"] and one["recipe"] == two["recipe"]


def test_values_by_seed_come_from_this_run_and_the_records(project):
    others = [
        records.made_up(seed=seed, trainings={"as_printed": records.training(right=[1, 0])})
        for seed in (0, 3)
    ]
    others += [records.made_up("lstm_imdb", seed=2), records.made_up(library="keras 2", seed=5)]
    for one in others:
        archive.write(one, settings.RESULTS)
    run = record.Run(LESSON, REAL)
    trained(run)
    run.test("as_printed", [True, True, True, False])
    assert run.seeds("as_printed", "val_acc") == {0: [0.51234567, 0.75], 3: records.CURVE}
    assert run.seeds("as_printed", "test") == {0: 0.75, 3: 0.5}
    assert run.seeds("lstm_imdb/as_printed", "val_acc") == {2: records.CURVE}
    assert run.seeds("lstm_imdb/as_printed", "test") == {}, "that training was not tested"


def test_a_run_on_a_sample_has_its_own_values_only(project):
    archive.write(records.made_up(seed=3), settings.RESULTS)
    run = record.Run(LESSON, SAMPLE)
    trained(run)
    assert list(run.seeds("as_printed", "val_acc")) == [0]
    assert run.seeds("lstm_imdb/lstm_28", "test") == {}
