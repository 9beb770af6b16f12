"""One fit under way: what is left of it after a crash or an interruption, and what a person sees of it."""

import json

import keras
import numpy as np
import pytest
from unrolled import UnrolledError, training
from unrolled.training import Training

EPOCHS = 5
STEPS = 4
METRICS = ["acc", "loss", "val_acc", "val_loss"]


def tiny(units=1, optimizer="sgd"):
    """A model that trains in no time, always from the same weights."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units, activation="sigmoid")])
    model.compile(optimizer, "binary_crossentropy", metrics=["acc"])
    return model


def fit(model, callbacks):
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    model.fit(x, y, batch_size=8, epochs=EPOCHS, validation_split=0.2, verbose=0, callbacks=callbacks)


class Stop(keras.callbacks.Callback):
    """Raises `error` at the end of an epoch, counted from 1."""

    def __init__(self, epoch, error):
        super().__init__()
        self.number, self.error = epoch, error

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 == self.number:
            raise self.error


class Weights(keras.callbacks.Callback):
    """Keeps the weights after each epoch."""

    def __init__(self):
        super().__init__()
        self.after = []

    def on_epoch_end(self, epoch, logs=None):
        self.after.append(self.model.get_weights())


def insert(one, callback, before_backup):
    """The callbacks of a training with `callback` just before or just after its backup."""
    return [*one.callbacks[:-1], callback, one.callbacks[-1]] if before_backup else [*one.callbacks, callback]


def crashed(folder, epoch, before_backup=False):
    """A training that crashed at the end of `epoch`, just before its backup or just after it."""
    model, crash = tiny(), Stop(epoch, RuntimeError("the power failed"))
    with pytest.raises(RuntimeError, match="power"), Training(folder, model, EPOCHS) as one:
        fit(model, insert(one, crash, before_backup))
    return one


def check_whole(one):
    """The history of a finished training has no gap and nothing twice."""
    assert sorted(one.history) == METRICS
    assert {len(values) for values in one.history.values()} == {EPOCHS}
    assert len(one.seconds) == EPOCHS and min(one.seconds) >= 0
    lines = [json.loads(line) for line in (one.folder / "history.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == list(range(1, EPOCHS + 1))
    assert [line["val_acc"] for line in lines] == one.history["val_acc"]


def test_from_end_to_end(tmp_path):
    model = tiny()
    with Training(tmp_path, model, EPOCHS) as one:
        fit(model, one.callbacks)
    check_whole(one)
    assert (one.parameters, one.resumed, one.interrupted) == (4, 0, False)


@pytest.mark.parametrize("before_backup", (False, True), ids=("after the backup", "before the backup"))
@pytest.mark.parametrize("epoch", (1, 3, EPOCHS))
def test_continues_after_a_crash(tmp_path, epoch, before_backup):
    first = crashed(tmp_path, epoch, before_backup)
    finished = epoch - before_backup
    assert len(first.history["loss"]) == epoch

    model = tiny()
    with Training(tmp_path, model, EPOCHS) as second:
        assert second.folder == first.folder
        assert second.resumed == finished
        fit(model, second.callbacks)
    check_whole(second)
    assert second.history["loss"][:finished] == first.history["loss"][:finished]
    assert second.seconds[:finished] == first.seconds[:finished]
    assert int(model.optimizer.iterations) == EPOCHS * STEPS
    assert np.diff(second.history["loss"]).max() < 0.05, "the weights must be taken up too"


def test_a_line_too_many_is_cut(tmp_path):
    first = crashed(tmp_path, 3)
    journal = first.folder / "history.jsonl"
    journal.write_text(journal.read_text() + '{"epoch": 4, "seconds": 1, "loss": 9, "acc"')
    with Training(tmp_path, tiny(), EPOCHS) as second:
        assert len(second.history["loss"]) == 3
    assert len(journal.read_text().splitlines()) == 3


def test_interruption_keeps_what_was_measured(tmp_path, capsys):
    model = tiny()
    with Training(tmp_path, model, EPOCHS) as one:
        fit(model, insert(one, Stop(3, KeyboardInterrupt()), before_backup=False))
    assert one.interrupted
    assert [len(one.history[name]) for name in METRICS] == [3] * 4
    assert "interrupted before epoch 4" in capsys.readouterr().out

    with Training(tmp_path, model, EPOCHS) as again:
        fit(model, again.callbacks)
    assert (again.resumed, again.interrupted) == (3, False)
    assert "after epoch 3" in capsys.readouterr().out
    check_whole(again)


def test_interruption_before_anything_was_measured(tmp_path):
    with (
        pytest.raises(UnrolledError, match="interrupted before the first epoch"),
        Training(tmp_path, tiny(), EPOCHS),
    ):
        raise KeyboardInterrupt


def test_a_finished_training_trains_nothing_more(tmp_path):
    model = tiny()
    with Training(tmp_path, model, EPOCHS) as one:
        fit(model, one.callbacks)
    weights, best = model.get_weights(), one.best_weights.read_bytes()

    model = tiny()
    with Training(tmp_path, model, EPOCHS) as again:
        fit(model, again.callbacks)
    check_whole(again)
    assert again.resumed == EPOCHS
    assert again.history == one.history
    assert again.best_weights.read_bytes() == best
    for kept, restored in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, restored)


@pytest.mark.parametrize("crash_at", (None, 2), ids=("in one go", "after a crash"))
def test_best_weights_are_those_of_the_best_epoch(tmp_path, crash_at):
    if crash_at:
        first = tiny()
        crash, kept = Stop(crash_at, RuntimeError("the power failed")), Weights()
        with pytest.raises(RuntimeError), Training(tmp_path, first, EPOCHS) as one:
            fit(first, [*one.callbacks, kept, crash])
        earlier = kept.after
    else:
        earlier = []
    model, kept = tiny(), Weights()
    with Training(tmp_path, model, EPOCHS) as one:
        fit(model, [*one.callbacks, kept])
    after = earlier + kept.after
    assert len(after) == EPOCHS

    best = int(np.argmax(one.history["val_acc"]))
    model.load_weights(one.best_weights)
    for expected, loaded in zip(after[best], model.get_weights(), strict=True):
        np.testing.assert_array_equal(expected, loaded)


def test_without_a_best_metric(tmp_path):
    model = tiny()
    with Training(tmp_path, model, EPOCHS, best=None) as one:
        fit(model, one.callbacks)
    check_whole(one)
    assert not one.best_weights.exists()


def test_what_is_another_training_has_another_folder(tmp_path):
    trainings = {
        "first": Training(tmp_path, tiny(), EPOCHS),
        "units": Training(tmp_path, tiny(units=2), EPOCHS),
        "optimizer": Training(tmp_path, tiny(optimizer="adam"), EPOCHS),
        "rate": Training(tmp_path, tiny(optimizer=keras.optimizers.SGD(0.5)), EPOCHS),
        "epochs": Training(tmp_path, tiny(), EPOCHS + 1),
    }
    assert len({one.folder for one in trainings.values()}) == len(trainings)
    assert Training(tmp_path, tiny(), EPOCHS).folder == trainings["first"].folder


def test_folder(tmp_path, capsys):
    assert training.folder(tmp_path, "lesson/model") == tmp_path / ".unfinished" / "lesson" / "model"
    assert (tmp_path / ".unfinished" / "lesson" / "model").is_dir()
    training.forget(tmp_path / ".unfinished" / "lesson")
    assert not (tmp_path / ".unfinished" / "lesson").exists()
    training.forget(tmp_path / "never there")
    assert training.folder(None, "lesson/model").is_dir()
    assert capsys.readouterr().out == ""


def test_a_folder_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "results").write_text("a file stands in its place")
    folder = training.folder(tmp_path / "results", "lesson/model")
    notice = capsys.readouterr().out
    assert notice.count("\n") == 1 and "results cannot be written" in notice
    model = tiny()
    with Training(folder, model, EPOCHS) as one:
        fit(model, one.callbacks)
    check_whole(one)


def test_the_terminal_keeps_one_line(tmp_path, capsys):
    model = tiny()
    with Training(tmp_path, model, EPOCHS) as one:
        fit(model, one.callbacks)
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and out.endswith("\n")
    shown = [line.rstrip() for line in out.strip("\r\n").split("\r")]
    assert shown[0] == f"epoch 1/{EPOCHS} · compiling"
    assert shown[1].startswith(f"epoch 1/{EPOCHS} · ") and " s an epoch · " in shown[1] and "left" in shown[1]
    assert [f"{name} " in shown[1] for name in METRICS] == [True] * 4
    assert shown[-1].startswith(f"{EPOCHS} epochs in ")
    lengths = [len(line) for line in out.strip("\r\n").split("\r")]
    for before, after in zip(shown, lengths[1:], strict=False):
        assert after >= len(before), "nothing of the line before may be left over"


def test_a_notebook_keeps_one_line(tmp_path):
    """In a notebook the line is one display that is updated; its last state is what is stored."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.instance()
    try:
        with capture_output() as captured:
            model = tiny()
            with Training(tmp_path, model, EPOCHS) as one:
                fit(model, one.callbacks)
    finally:
        InteractiveShell.clear_instance()
    assert captured.stdout == ""
    outputs = captured.outputs
    assert [output.update for output in outputs] == [False] + [True] * (len(outputs) - 1)
    assert len({output.transient["display_id"] for output in outputs}) == 1
    assert outputs[-1].data["text/plain"].startswith(f"{EPOCHS} epochs in ")


@pytest.mark.parametrize(
    ("seconds", "text"),
    ((0.4, "0 s"), (59.6, "1 min 0 s"), (61, "1 min 1 s"), (3_600, "1 h 0 min"), (7_321, "2 h 2 min")),
)
def test_duration(seconds, text):
    assert training._duration(seconds) == text


def test_seconds_per_step():
    x, y = np.zeros((8, 3), "float32"), np.zeros((8, 1), "float32")
    seconds = training.seconds_per_step({"a": tiny(), "b": tiny()}, x, y, batch_size=8, steps=2, rounds=2)
    assert list(seconds) == ["a", "b"] and all(value > 0 for value in seconds.values())
