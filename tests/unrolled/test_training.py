"""One fit under way: what is left of it after a kill, an interruption or damage, and what a person sees.

Most tests play `fit`: they call the callbacks and change the model as it would, which is faster and shows
each number. Real trainings are killed in `kills`.
"""

import contextlib
import errno
import os
import random

import kills
import numpy as np
import pytest
from unrolled import UnrolledError, settings, training
from unrolled.data.batches import Batches
from unrolled.training import Training

import keras  # isort: skip
from keras import layers, ops

VALUES = [0.5, 0.75, 0.625, 0.75, 0.25]
"""The validation accuracy after each epoch; the second is the best, and the first to be it."""

EPOCHS = len(VALUES)


@pytest.fixture(autouse=True)
def a_full_run(monkeypatch):
    """These tests are also called in quick runs, which have two epochs."""
    monkeypatch.setenv("UNROLLED_PROFILE", "full")
    monkeypatch.setattr(settings, "quick", False)


def tiny(units=1):
    """A model with dropout and an optimizer with slots, always from the same weights."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), layers.Dropout(0.5), layers.Dense(units)])
    model.compile("adam", "mse", metrics=["acc"])
    return model


def data():
    return Batches(np.zeros((40, 3), "float32"), np.zeros(40, "float32"), 8, seed=0)


def variables(model):
    """What an epoch changes; the learning rate is a variable, too."""
    everything = [*model.variables, *model.optimizer.variables]
    return [variable for variable in everything if variable.name != "learning_rate"]


def state(model):
    return [keras.ops.convert_to_numpy(variable).copy() for variable in variables(model)]


def play(folder, last=EPOCHS, error=None, model=None, train=None, **arguments):
    """Go on with a training to the epoch `last`, where `fit` raises `error`; the `Training` and the model."""
    model = model or tiny()
    with Training("tiny", model, train or data(), EPOCHS, folder, **arguments) as one:
        options = one.options
        (callback,) = options["callbacks"]
        for epoch in range(options["initial_epoch"], last):
            callback.on_epoch_begin(epoch)
            for variable in variables(model):
                variable.assign(variable + 1)
            callback.on_epoch_end(epoch, {"loss": 1 / (epoch + 1), "val_acc": VALUES[epoch]})
        if error:
            raise error
    return one, model


class PowerFailed(Exception):
    pass


def crash(folder, last, **arguments):
    """Train to the epoch `last`, which is kept, and not to the end of the program."""
    with pytest.raises(PowerFailed):
        play(folder, last, PowerFailed, **arguments)


def check_whole(one, model):
    """A finished training has come to what it comes to in one go."""
    assert one.history == {"loss": [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5], "val_acc": VALUES}
    assert len(one.seconds) == EPOCHS and min(one.seconds) >= 0
    initial = tiny()
    initial.optimizer.build(initial.trainable_variables)
    check_equal(state(model), after(EPOCHS, state(initial)))
    check_equal(one.best_weights, after(2, initial.get_weights()))


def after(epochs, arrays):
    for _ in range(epochs):
        arrays = [array + 1 for array in arrays]
    return arrays


def check_equal(arrays, expected):
    for array, wanted in zip(arrays, expected, strict=True):
        np.testing.assert_array_equal(array, wanted)


def files(folder):
    (kept,) = folder.iterdir()
    return {path.name: path for path in kept.iterdir()}


# From the first epoch to the last, in one go or several.


@pytest.mark.parametrize("kept", [True, False])
def test_in_one_go(tmp_path, kept):
    one, model = play(tmp_path if kept else None)
    check_whole(one, model)
    assert (one.parameters, one.resumed, one.interrupted) == (4, 0, False)
    assert one.compiled == {"jit_compile": model.jit_compile, "run_eagerly": False}
    assert [path.name for path in tmp_path.iterdir()] == [f"tiny.{one.fingerprint}"] * kept


@pytest.mark.parametrize(("quick", "xla"), [(False, True), (True, False)])
def test_takes_xla_where_that_is_faster(monkeypatch, quick, xla):
    """A quick run would wait longer for XLA to compile than it trains."""
    monkeypatch.setattr(settings, "quick", quick)
    monkeypatch.setattr(training.machine, "faster_with_xla", lambda model: True)
    model = tiny()
    model.jit_compile = False
    assert Training("tiny", model, data(), EPOCHS).compiled["jit_compile"] == model.jit_compile == xla


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the others do not trace a step so")
def test_a_step_is_traced_once():
    traced = []

    class Traced(keras.Sequential):
        def call(self, *inputs, **options):
            traced.append(options)
            return super().call(*inputs, **options)

    train = data()
    model = Traced([keras.Input((3,)), layers.Dense(1)])
    model.compile("adam", "mse", metrics=["acc"])
    with Training("tiny", model, train, EPOCHS, best=None) as one:
        traced.clear()
        model.fit(train, **one.options)
    assert len(traced) == 1


@pytest.mark.parametrize("last", range(EPOCHS + 1))
def test_goes_on_after_a_crash(tmp_path, last):
    crash(tmp_path, last)
    one, model = play(tmp_path)
    assert one.resumed == last
    check_whole(one, model)


def test_goes_on_after_many_crashes(tmp_path):
    for last in (1, 2, 2, 4):
        crash(tmp_path, last)
    check_whole(*play(tmp_path))


def test_each_epoch_has_the_examples_in_its_order():
    train = data()
    train.epoch = 7  # it has served another training
    Training("tiny", tiny(), train, EPOCHS).begin(2)
    assert train.epoch == 3


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="elsewhere a variable holds all chance")
def test_each_epoch_has_its_own_chance_on_pytorch():
    one = Training("tiny", tiny(), data(), EPOCHS)
    drawn = []
    for epoch in (2, 3, 2):
        one.begin(epoch)
        drawn.append(keras.ops.convert_to_numpy(keras.random.dropout(ops.ones(99), 0.5)).tolist())
    assert drawn[0] == drawn[2] != drawn[1]


def test_a_finished_training_trains_no_step(tmp_path, monkeypatch):
    def step(*arguments):
        raise AssertionError("a step was trained, or traced")

    play(tmp_path)
    model, train = tiny(), data()
    monkeypatch.setattr(model, "train_step", step)
    with Training("tiny", model, train, EPOCHS, tmp_path) as one:
        model.fit(train, validation_data=(train.x, train.y), **one.options)
    assert one.resumed == EPOCHS
    check_whole(one, model)


def test_a_training_that_has_come_to_enough_ends_and_is_not_gone_on_with(tmp_path):
    def fit(enough):
        model, train = tiny(), data()
        with Training("tiny", model, train, EPOCHS, tmp_path, enough=enough) as one:
            model.fit(train, validation_data=(train.x, train.y), **one.options)
        return one

    one, again, more = fit(0.0), fit(0.0), fit(2.0)
    assert len(one.history["val_acc"]) == len(again.history["val_acc"]) == again.resumed == 1
    assert one.line() == again.line() and "left" not in one.line()
    assert len(more.history["val_acc"]) == EPOCHS
    plain = Training("tiny", tiny(), data(), EPOCHS)
    assert len({one.fingerprint, more.fingerprint, plain.fingerprint}) == 3


def test_without_best_weights(tmp_path):
    one, _ = play(tmp_path, best=None)
    assert one.best_weights is None
    assert sorted(files(tmp_path)) == ["commit.json", "start-00001.npz", "state-00005.npz"]


def test_best_weights_are_not_the_models_own():
    one, model = play(None, last=2)
    before = [array.copy() for array in one.best_weights]
    for variable in model.variables:
        variable.assign(variable + 1)
    check_equal(one.best_weights, before)


def test_options():
    one, keras_order = (Training("tiny", tiny(), data(), EPOCHS, order=order) for order in training.ORDERS)
    assert {
        name: one.options[name] for name in ("epochs", "initial_epoch", "verbose", "validation_batch_size")
    } == {
        "epochs": EPOCHS,
        "initial_epoch": 0,
        "verbose": 0,
        "validation_batch_size": 8,
    }
    assert one.options["shuffle"] is False
    assert "shuffle" not in keras_order.options
    with pytest.raises(UnrolledError, match="order of the examples is 'Keras'"):
        Training("tiny", tiny(), data(), EPOCHS, order="Keras")


def test_a_quick_run_has_fewer_epochs_and_the_same_recipe(monkeypatch):
    full = Training("tiny", tiny(), data(), EPOCHS)
    monkeypatch.setattr(settings, "quick", True)
    quick = Training("tiny", tiny(), data(), EPOCHS)
    assert (full.epochs, quick.epochs) == (EPOCHS, settings.QUICK_EPOCHS)
    assert quick.recipe == full.recipe


def test_a_model_that_was_trained_before_is_refused(tmp_path):
    _, model = play(None, last=1)
    with pytest.raises(UnrolledError, match="tiny has been trained before: build it anew"):
        play(tmp_path, model=model)


# Interruption, damage, a full disk.


def test_an_interruption_keeps_what_was_measured(tmp_path, capsys):
    one, model = play(tmp_path, 3, KeyboardInterrupt)
    assert one.interrupted
    assert one.history["val_acc"] == VALUES[:3]
    assert "interrupted after epoch 3" in capsys.readouterr().out

    again, model = play(tmp_path, model=model)
    assert (again.resumed, again.interrupted) == (3, False)
    assert "taken up after epoch 3" in capsys.readouterr().out
    check_whole(again, model)


def test_an_interruption_before_anything_was_measured():
    with pytest.raises(UnrolledError, match="interrupted before the first epoch"):
        play(None, 0, KeyboardInterrupt)


def empty(path):
    path.write_bytes(b"")


def halve(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("harm", [empty, halve, os.unlink])
@pytest.mark.parametrize("name", ["commit.json", "state-00003.npz", "best-00002.npz"])
def test_what_is_damaged_is_trained_anew(tmp_path, capsys, name, harm):
    crash(tmp_path, 3)
    capsys.readouterr()
    harm(files(tmp_path)[name])
    one, model = play(tmp_path)
    assert one.resumed == 0
    check_whole(one, model)
    if (name, harm) != ("commit.json", os.unlink):  # else nothing was kept
        notice, rest = capsys.readouterr().out.split("\n", 1)
        assert notice.startswith("what is kept of tiny cannot be used (") and notice.endswith(
            "it is trained anew"
        )
        assert "cannot be used" not in rest
    assert sorted(files(tmp_path)) == ["best-00002.npz", "commit.json", "start-00001.npz", "state-00005.npz"]


def test_damage_is_told_once(tmp_path, capsys):
    crash(tmp_path, 3)
    empty(files(tmp_path)["commit.json"])
    crash(tmp_path, 0)
    assert "cannot be used" in capsys.readouterr().out
    assert files(tmp_path) == {}
    check_whole(*play(tmp_path))
    assert "cannot be used" not in capsys.readouterr().out


def test_the_state_of_another_model_is_damage(tmp_path, capsys):
    crash(tmp_path, 3, model=tiny(units=2))
    fingerprint = Training("tiny", tiny(), data(), EPOCHS).fingerprint
    next(tmp_path.iterdir()).rename(tmp_path / f"tiny.{fingerprint}")
    check_whole(*play(tmp_path))
    assert "cannot be used (it is the state of another model)" in capsys.readouterr().out


def other_weights():
    model = tiny()
    model.set_weights([weights + 0.5 for weights in model.get_weights()])
    return {"model": model}


def other_data():
    return {"train": Batches(np.ones((40, 3), "float32"), np.zeros(40, "float32"), 8, seed=0)}


@pytest.mark.parametrize("other", [other_weights, other_data])
def test_what_began_otherwise_is_trained_anew(tmp_path, capsys, other):
    """The recipe is the same: it does not know in which order layers were made, or which words were kept."""
    crash(tmp_path, 3)
    one, _ = play(tmp_path, **other())
    assert "(it began with other data or other first weights): it is trained anew" in capsys.readouterr().out
    assert one.resumed == 0


def test_what_was_kept_before_its_start_was_is_taken_up(tmp_path, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(training.Store, "commit", without_start(training.Store.commit))
        crash(tmp_path, 3)
    one, model = play(tmp_path)
    assert one.resumed == 3
    check_whole(one, model)


def without_start(commit):
    return lambda store, rows, start=None, **parts: commit(store, rows, **parts)


def test_best_weights_that_were_never_kept_are_asked_for_in_vain(tmp_path):
    """The training is whole, so a person decides."""
    one, _ = play(tmp_path, best=None)
    with pytest.raises(UnrolledError, match=f"^tiny was trained without best weights.*{one.fingerprint}$"):
        play(tmp_path)
    assert play(tmp_path, best=None)[0].resumed == EPOCHS


def refuse(*arguments):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_before_the_training(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(
        UnrolledError, match=r"^[^\n]*No space left on device.: the training needs 0.0 MB there$"
    ):
        play(tmp_path, 0)


def test_a_full_disk_during_the_training_costs_one_epoch(tmp_path, monkeypatch):
    crash(tmp_path, 2)
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuse)
        with pytest.raises(UnrolledError, match="No space left on device.: epoch 3 is not kept"):
            play(tmp_path)
    one, model = play(tmp_path)
    assert one.resumed == 2
    check_whole(one, model)


def test_a_finished_training_needs_no_room(tmp_path, monkeypatch):
    play(tmp_path)
    monkeypatch.setattr(os, "fsync", refuse)
    check_whole(*play(tmp_path))


# The line.


def test_the_terminal_keeps_one_line(capsys):
    with Training("tiny", tiny(), data(), EPOCHS) as one:
        for epoch, value in enumerate(VALUES):
            one.add(epoch, 61, {"loss": 1 / (epoch + 1), "val_acc": value})
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and out.endswith("\n")
    texts = out.strip("\r\n").split("\r")
    shown = [text.rstrip() for text in texts]
    assert shown[0] == "epoch 1/5 · compiling"
    assert shown[1] == "epoch 1/5 · loss 1.0000 · val_acc 0.5000 · 61.0 s an epoch · 4 min 4 s left"
    assert shown[5] == "epoch 5/5 · loss 0.2000 · val_acc 0.2500 · 61.0 s an epoch"
    assert shown[6] == "5 epochs in 5 min 5 s (61.0 s each) · loss 0.2000 · val_acc 0.2500"
    for before, after in zip(shown, texts[1:], strict=False):
        assert len(after) >= len(before), "nothing of the line before may be left over"


def test_the_line_of_one_epoch():
    one = Training("tiny", tiny(), data(), EPOCHS)
    one.add(0, 61, {"loss": 1, "val_acc": 0.5})
    assert one.line(ended=True) == "1 epoch in 1 min 1 s (61.0 s each) · loss 1.0000 · val_acc 0.5000"


def test_the_line_says_when_a_finished_training_was_trained(tmp_path, capsys):
    play(tmp_path)
    capsys.readouterr()
    one, _ = play(tmp_path)
    assert f" s each, trained on {one.trained})" in capsys.readouterr().out


def test_an_error_ends_the_line(capsys):
    crash(None, 2)
    out = capsys.readouterr().out
    assert out.endswith("\n") and "epochs in" not in out


def test_a_notebook_keeps_one_line():
    """In a notebook the line is one display that is updated; its last state is what is stored."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.instance()
    try:
        with capture_output() as captured:
            play(None)
    finally:
        InteractiveShell.clear_instance()
    assert captured.stdout == ""
    outputs = captured.outputs
    assert [output.update for output in outputs] == [False] + [True] * (len(outputs) - 1)
    assert len({output.transient["display_id"] for output in outputs}) == 1
    assert outputs[-1].data["text/plain"].startswith(f"{EPOCHS} epochs in ")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.6, "1 min 0 s"), (61, "1 min 1 s"), (3_600, "1 h 0 min"), (7_321, "2 h 2 min")],
)
def test_duration(seconds, text):
    assert training.duration(seconds) == text


# The fingerprint.


def plain_cell():
    class Cell(layers.Layer):
        state_size = 2

        def call(self, inputs, states):
            state = ops.tanh(inputs + states[0])
            return state, [state]

    return Cell


def explained_cell():
    class Cell(layers.Layer):
        """A cell."""

        state_size = 2

        def call(self, inputs, states):
            """The next state, twice."""
            # Keras asks for the output and a list of states.
            state = ops.tanh(
                inputs + states[0],
            )
            return state, [state]

    return Cell


def other_cell():
    class Cell(layers.Layer):
        state_size = 2

        def call(self, inputs, states):
            state = ops.tanh(inputs - states[0])
            return state, [state]

    return Cell


def fingerprint(
    sequential=False,
    units=3,
    activation="tanh",
    dropout=0.1,
    mask_zero=True,
    cell=plain_cell,
    optimizer="RMSprop",
    rate=0.001,
    loss="binary_crossentropy",
    metrics=("acc",),
    length=4,
    dtype="int32",
    examples=24,
    batch_size=8,
    seed=0,
    epochs=3,
    order="seed and epoch",
    name=None,
    jit_compile="auto",
):
    """The fingerprint of a training with everything that may decide what it comes to."""
    stack = [
        layers.Embedding(10, 2, mask_zero=mask_zero, name=name and f"{name}_words"),
        layers.RNN(cell()(), return_sequences=True, name=name and f"{name}_cells"),
        layers.SimpleRNN(units, activation=activation, dropout=dropout, name=name and f"{name}_states"),
        layers.Dense(1, activation="sigmoid"),
    ]
    inputs = keras.Input((None,), dtype="int32")
    if sequential:
        model = keras.Sequential([inputs, *stack], name=name)
    else:
        outputs = inputs
        for layer in stack:
            outputs = layer(outputs)
        model = keras.Model(inputs, outputs, name=name)
    made = getattr(keras.optimizers, optimizer)(rate, name=name or "optimizer")
    model.compile(made, loss=loss, metrics=list(metrics), jit_compile=jit_compile)
    train = Batches(np.zeros((examples, length), dtype), np.zeros(examples), batch_size, seed=seed)
    return training.fingerprint(training.recipe(model, train, epochs, order))


CHANGES = {
    "units": 4,
    "activation": "relu",
    "dropout": 0.2,
    "mask_zero": False,
    "cell": other_cell,
    "optimizer": "Adam",
    "rate": 0.002,
    "loss": "mse",
    "metrics": ("acc", "mse"),
    "length": 5,
    "dtype": "int64",
    "examples": 25,
    "batch_size": 6,
    "seed": 1,
    "epochs": 4,
    "order": "keras",
}


@pytest.fixture(scope="module")
def unchanged():
    """The fingerprint of a functional and of a sequential model."""
    return {sequential: fingerprint(sequential) for sequential in (False, True)}


@pytest.mark.parametrize("sequential", [False, True], ids=["functional", "sequential"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_fingerprint_changes_with_what_decides_the_result(unchanged, name, sequential):
    assert fingerprint(sequential, **{name: CHANGES[name]}) != unchanged[sequential]


@pytest.mark.parametrize("sequential", [False, True], ids=["functional", "sequential"])
@pytest.mark.parametrize(
    "change",
    [{}, {"name": "reader"}, {"cell": explained_cell}, {"jit_compile": True}, {"jit_compile": False}],
    ids=["models built before", "names", "comments", "XLA", "no XLA"],
)
def test_a_fingerprint_stays_with_what_does_not(unchanged, change, sequential):
    assert fingerprint(sequential, **change) == unchanged[sequential]


def test_a_fingerprint_tells_which_layer_feeds_which():
    def subtraction(swapped):
        inputs = keras.Input((2,))
        branches = [layers.Dense(2)(inputs), layers.Dense(2, activation="relu")(inputs)]
        outputs = layers.Subtract()(branches[::-1] if swapped else branches)
        model = keras.Model(inputs, outputs)
        model.compile("sgd", "mse")
        return training.fingerprint(training.recipe(model, data(), EPOCHS))

    assert subtraction(False) == subtraction(False) != subtraction(True)


# Real trainings, really killed.


def test_three_kills_lose_nothing_and_mix_nothing(tmp_path):
    with contextlib.redirect_stdout(None):
        kills.train(tmp_path / "undisturbed")
    killed = kills.kill_and_finish(tmp_path / "killed", 3, random.Random(0))
    assert killed.resumed > 0
    assert [len(values) for values in killed.history.values()] == [kills.EPOCHS] * 4
    assert kills.differences(tmp_path / "killed", tmp_path / "undisturbed") == []


def test_a_glance_is_a_few_steps_of_a_quick_run_and_all_of_a_full_one(tmp_path, monkeypatch):
    full = Training("tiny", tiny(), data(), EPOCHS, tmp_path, glance=True)
    assert full.epochs == EPOCHS and "steps_per_epoch" not in full.options
    monkeypatch.setattr(settings, "quick", True)
    quick = Training("tiny", tiny(), data(), EPOCHS, glance=True)
    assert (quick.epochs, quick.options["steps_per_epoch"]) == (1, settings.GLANCE)
    assert quick.fingerprint == full.fingerprint
