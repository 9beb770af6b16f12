"""scripts/keras2: the models are the sources', the data and their order the lessons', the records whole."""

import importlib.util
import re

import keras
import miniature
import numpy as np
import pytest
import records
from keras import layers
from unrolled import UnrolledError, data, published, settings
from unrolled.evidence import archive
from unrolled.training import fingerprint

if importlib.util.find_spec("tf_keras") is None:
    pytest.skip(
        "tf_keras is not installed: it is the extra keras2 of pyproject.toml", allow_module_level=True
    )

import tf_keras
from old_keras import lessons, models
from old_keras.training import Examples, Training, recipe

# TensorFlow's variables do not know an argument that NumPy 2 hands them.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PRINTED = {
    models.simple_rnn: 322_113,
    models.dropout: 322_113,
    models.lstm: 328_353,
    models.sgd_256: 75_530,
    models.rmsprop_256: 75_530,
    models.adam_256: 75_530,
    models.sgd_512: 512 * (28 + 512 + 1) + 513 * 10,
}
"""The parameters of each model, as its source prints them; of the last one it prints no summary."""

IN_KERAS_3 = {
    models.simple_rnn: lambda: [layers.Embedding(10_000, 32), layers.SimpleRNN(32)],
    models.dropout: lambda: [
        layers.Embedding(10_000, 32),
        layers.SimpleRNN(32, dropout=0.2, recurrent_dropout=0.2),
    ],
    models.lstm: lambda: [layers.Embedding(10_000, 32), layers.LSTM(32)],
    models.sgd_256: lambda: [layers.SimpleRNN(256, dropout=0.2)],
    models.sgd_512: lambda: [layers.SimpleRNN(512, dropout=0.2)],
}
"""What stands before the last Dense layer in the lesson's model."""


def examples(make, number, steps, rng):
    """Random inputs for the model that `make` returns, and labels as its loss takes them."""
    if make in (models.simple_rnn, models.dropout, models.lstm):
        return rng.integers(0, 10_000, (number, steps), "int32"), rng.integers(0, 2, number)
    return rng.random((number, 28, 28), "float32"), np.eye(10, dtype="float32")[rng.integers(0, 10, number)]


def in_keras_3(make, inputs):
    """The lesson's model, for inputs like these."""
    reads_words = inputs.ndim == 2
    head = [layers.Dense(1, activation="sigmoid")] if reads_words else [layers.Dense(10), layers.Softmax()]
    shape = (None,) if reads_words else inputs.shape[1:]
    return keras.Sequential([keras.Input(shape, dtype=inputs.dtype.name), *IN_KERAS_3[make](), *head])


# The models


@pytest.mark.parametrize("make", PRINTED, ids=lambda make: make.__name__)
def test_the_parameters_are_those_that_the_source_prints(make):
    model = make()
    model.build((None, *examples(make, 1, 5, np.random.default_rng(0))[0].shape[1:]))
    assert model.count_params() == PRINTED[make]


@pytest.mark.parametrize("make", IN_KERAS_3, ids=lambda make: make.__name__)
def test_with_the_same_weights_it_says_what_the_lesson_says(make):
    rng = np.random.default_rng(0)
    x, _ = examples(make, 6, 20, rng)
    old, new = make(), in_keras_3(make, x)
    old.build((None, *x.shape[1:]))
    weights = [rng.normal(scale=0.2, size=weight.shape).astype("float32") for weight in new.get_weights()]
    old.set_weights(weights)
    new.set_weights(weights)
    answers = old(x, training=False).numpy()
    assert np.ptp(answers) > 0.01, "it answers the same to everything"
    np.testing.assert_allclose(answers, keras.ops.convert_to_numpy(new(x, training=False)), atol=1e-5)


def test_rmsprop_adds_epsilon_outside_the_root():
    """The first step from 1 with gradient 1e-7 (that of a rare word): Keras 3 goes 2,400 times less far."""
    gradient, root = 1e-7, np.sqrt(0.1) * 1e-7
    old, new = tf_keras.optimizers.legacy.RMSprop(), keras.optimizers.RMSprop()
    steps = {}
    for name, optimizer, variable in (
        ("old", old, tf_keras.backend.variable(0.0)),
        ("new", new, keras.Variable(0.0)),
    ):
        optimizer.apply_gradients([(keras.ops.convert_to_tensor(gradient, "float32"), variable)])
        steps[name] = -float(keras.ops.convert_to_numpy(variable))
    assert steps["old"] == pytest.approx(1e-3 * gradient / (root + 1e-7), rel=1e-4)
    assert steps["new"] == pytest.approx(1e-3 * gradient / np.sqrt(root**2 + 1e-7), rel=1e-4)


@pytest.mark.parametrize("of", ("dropout", "recurrent_dropout"))
def test_a_mask_is_drawn_anew_at_each_step_of_the_compiled_loop_alone(of):
    masks = models.masks(of)
    assert models.different(masks) == len(masks) == 30
    assert 0.4 < masks.mean() < 0.6
    assert models.different(models.masks(of, steps=5, unroll=True)) == 1
    assert models.different(models.masks(of, steps=5, eagerly=True)) == 1


# The data and their order


class Reader(tf_keras.Sequential):
    """A model that learns nothing and takes down which examples it is given."""

    def train_step(self, batch):
        self.seen.append(batch[0].numpy()[:, 0])
        return {"loss": 0.0}

    def test_step(self, batch):
        self.held_out.append(batch[0].numpy()[:, 0])
        return {"acc": 0.5}


def reader():
    model = Reader([tf_keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=tf_keras.optimizers.legacy.SGD(), metrics=["acc"], run_eagerly=True)
    model.seen, model.held_out = [], []
    return model


def test_fit_sees_the_examples_in_the_order_of_seed_and_epoch(tmp_path):
    x = np.arange(150, dtype="float32")[:, None]
    batches = data.Batches(x, x, 32, seed=7)
    with Training("reader", reader, batches, 2, tmp_path, None) as one:
        options = one.options | {"epochs": 3}  # a quick run has no more than two
        one.model.fit(Examples(batches), validation_data=(x[:40], x[:40]), **options)
    orders = data.Batches(x, x, 32, seed=7)
    for epoch in range(3):
        orders.epoch = epoch + 1
        given = one.model.seen[epoch * 5 : (epoch + 1) * 5]
        assert list(map(len, given)) == [32, 32, 32, 32, 22]
        np.testing.assert_array_equal(np.concatenate(given), orders.order())
    assert len(one.model.seen) == 15 and len({tuple(first) for first in one.model.seen[::5]}) == 3
    np.testing.assert_array_equal(np.concatenate(one.model.held_out), np.tile(x[:40, 0], 3))
    assert max(map(len, one.model.held_out)) == 32


def test_labels_are_one_hot_for_the_loss_and_whole_numbers_for_the_test(monkeypatch):
    monkeypatch.setenv("UNROLLED_DATA", "sample")
    task = lessons.digits.__wrapped__()
    assert task.targets.shape == (len(task.data.y_train), 10)
    np.testing.assert_array_equal(task.targets.argmax(axis=1), task.data.y_train)
    np.testing.assert_array_equal(task.held_out[0], task.data.x_test)
    sure = np.eye(10)[(task.data.y_test + (np.arange(len(task.data.y_test)) < 3)) % 10]
    np.testing.assert_array_equal(task.right(sure), np.arange(len(sure)) >= 3)


def test_the_last_fifth_of_the_reviews_is_held_out(monkeypatch):
    asked = {}
    made_up = reviews(20)
    monkeypatch.setattr(data, "reviews", lambda **arguments: asked.update(arguments) or made_up)
    task = lessons.reviews.__wrapped__()
    assert asked == {"num_words": 10_000, "maxlen": 500, "validation": 5_000}
    assert task.targets is made_up.y_train and task.held_out == (made_up.x_val, made_up.y_val)
    np.testing.assert_array_equal(task.right(np.where(made_up.y_test, 0.6, 0.5)[:, None]), [True] * 20)


# A run


def reviews(number):
    """So many reviews of each part: praise begins with the word 9, blame with the word 5."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, (3, number))
    x = rng.integers(10, 99, (3, number, 8), "int32")
    x[:, :, -1] = np.where(y, 9, 5)
    source = data.Source("made up", complete=True)
    names = ("x_train", "x_val", "x_test", "y_train", "y_val", "y_test")
    return data.Reviews(
        **dict(zip(names, (*x, *y), strict=True)),
        source=source,
        full_examples=number,
        words={},
        num_words=100,
        maxlen=8,
    )


def small(units):
    """A model of the reviews that trains in a moment."""
    model = tf_keras.Sequential()
    model.add(tf_keras.layers.Embedding(100, units))
    model.add(tf_keras.layers.GlobalAveragePooling1D())
    model.add(tf_keras.layers.Dense(1, activation="sigmoid"))
    optimizer = tf_keras.optimizers.legacy.RMSprop(0.01)
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["acc"])
    return model


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Trains two small models for a lesson, as a full run does, in a folder of its own."""
    monkeypatch.setattr(settings, "quick", False)
    monkeypatch.setattr(settings, "profile", "full")
    monkeypatch.setattr(settings, "trainings", tmp_path / "trainings")
    monkeypatch.setenv("UNROLLED_RESULTS", str(tmp_path / "results"))
    monkeypatch.setattr(data, "reviews", lambda **_: reviews(96))
    small_lesson = lessons.Lesson(
        task=lessons.reviews.__wrapped__,
        models={"simple_rnn": lambda: small(3), "another": lambda: small(4)},
        epochs=3,
        measure=lambda: {"parameters": 7},
    )
    monkeypatch.setitem(lessons.LESSONS, "simple_rnn_imdb", small_lesson)
    return lambda epochs=3, seed=1: lessons.run("simple_rnn_imdb", seed, epochs)


def stop_after(monkeypatch, epochs):
    """Have a person stop the training after so many epochs."""
    add, count = Training.add, iter(range(epochs))

    def add_or_stop(self, *arguments):
        if next(count, None) is None:
            raise KeyboardInterrupt
        add(self, *arguments)

    monkeypatch.setattr(Training, "add", add_or_stop)


def test_a_stopped_run_goes_on_with_the_training_under_way(run, monkeypatch, tmp_path, capsys):
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        stop_after(patched, 4)
        run()
    assert "interrupted after epoch 1" in capsys.readouterr().out
    assert not (tmp_path / "results").exists()
    assert len(list((tmp_path / "trainings").glob("*/*/commit.json"))) == 1, "one training was finished"
    stopped = archive.read(run())
    out = capsys.readouterr().out
    assert len(re.findall("trained on 20", out)) == 1 and "epoch 3/3" in out

    monkeypatch.setattr(settings, "trainings", tmp_path / "elsewhere")
    whole = archive.read(run())
    for name, one in stopped["trainings"].items():
        assert one["history"] == whole["trainings"][name]["history"]
        assert one["test"] == whole["trainings"][name]["test"]
        assert one["fingerprint"] == whole["trainings"][name]["fingerprint"]


def test_the_record(run, tmp_path, capsys):
    path = run(seed=3)
    assert path == tmp_path / "results" / "simple_rnn_imdb" / "keras2.3.json"
    read = archive.read(path)
    assert (read["library"], read["backend"], read["seed"], read["profile"]) == (
        "keras 2",
        "tensorflow",
        3,
        "full",
    )
    assert read["evidence"] and read["measured"] == {"parameters": 7}
    assert set(read["versions"]) == {"python", "tf_keras", "numpy", "tensorflow"}
    assert read["data"] == {"source": "made up", "sha256": reviews(96).sha256}
    one = read["trainings"]["simple_rnn"]
    assert set(one["history"]) == {"loss", "acc", "val_loss", "val_acc"}
    assert (one["epochs"], one["examples"], one["batch_size"]) == (3, 96, 128)
    assert one["compiled"] == {"jit_compile": False, "run_eagerly": False}
    assert one["fingerprint"] != one["recipe"] != read["trainings"]["another"]["recipe"]
    shares = [f"{archive.unpacked(one['test']).mean():.2%} of 96" for one in read["trainings"].values()]
    assert re.findall(r"\S+% of 96", capsys.readouterr().out) == shares


@pytest.mark.parametrize(("best", "epoch"), (("val_acc", 1), (None, 2)))
def test_the_test_takes_the_best_weights_or_the_last(run, monkeypatch, best, epoch):
    task = lessons.LESSONS["simple_rnn_imdb"].task()
    one = lessons.Lesson(task=lambda: task, models={"simple_rnn": lambda: small(3)}, epochs=3, best=best)
    monkeypatch.setitem(lessons.LESSONS, "simple_rnn_imdb", one)
    add, tested = Training.add, []

    def add_and_test(self, epoch, seconds, logs):
        add(self, epoch, seconds, logs | {"val_acc": (0.6, 0.8, 0.8)[epoch]})
        tested.append(task.right(self.model.predict(task.data.x_test, verbose=0)))

    monkeypatch.setattr(Training, "add", add_and_test)
    recorded = archive.unpacked(archive.read(run())["trainings"]["simple_rnn"]["test"])
    assert (tested[1] != tested[2]).any(), "the two epochs cannot be told apart"
    np.testing.assert_array_equal(recorded, tested[epoch])


def test_what_is_recorded_with_as_many_epochs_is_left_out(monkeypatch, tmp_path):
    monkeypatch.setenv("UNROLLED_RESULTS", str(tmp_path))
    trainings = {name: records.training([0.5] * 3) for name in ("sgd_256", "rmsprop_256", "adam_256")}
    what = {"lesson": "mnist_as_sequence", "library": "keras 2", "seed": 1}
    archive.write(records.made_up(**what, trainings=trainings), tmp_path)
    assert lessons.recorded("mnist_as_sequence", 1, 3) is None, "a training is missing"
    trainings["sgd_512"] = records.training([0.5] * 4)
    path = archive.write(records.made_up(**what, trainings=trainings), tmp_path)
    for epochs, left_out in ((2, path), (3, path), (4, None)):
        assert lessons.recorded("mnist_as_sequence", 1, epochs) == left_out
    assert lessons.recorded("mnist_as_sequence", 2, 3) is None


def test_what_is_no_evidence_is_not_trained_on(run, monkeypatch):
    monkeypatch.setattr(settings, "quick", True)
    with pytest.raises(UnrolledError, match="made up: nothing that is measured on it is recorded"):
        run()


def test_two_processes_do_not_train_the_same(run, monkeypatch, tmp_path):
    (tmp_path / "trainings").mkdir()
    with (
        lessons._only_process(tmp_path / "trainings" / "simple_rnn_imdb.keras2.1.lock", ""),
        pytest.raises(
            UnrolledError, match="simple_rnn_imdb is being trained with this seed by another process"
        ),
    ):
        run()


# Beside the lessons


def test_the_trainings_have_the_names_that_the_claims_know():
    for name, lesson in lessons.LESSONS.items():
        used = [claim["measured_by"].get("training", []) for claim in published.claims(name).values()
                if "measured_by" in claim]  # fmt: skip
        known = {one for names in used for one in ([names] if isinstance(names, str) else names)}
        assert set(lesson.models) <= known, f"{name} has no claim about {set(lesson.models) - known}"
    assert "masks_in_a_sequence" in published.claims("dropout_rnn_imdb")


def test_a_committed_record_is_of_the_model_as_it_is_now():
    for path in sorted(settings.RESULTS.glob("*/keras2.*.json")):
        read = archive.read(path)
        for name, one in read["trainings"].items():
            make = lessons.LESSONS[read["lesson"]].models[name]
            x, y = examples(make, 1, lessons.STEPS, np.random.default_rng(0))
            model = make()
            model.build((None, *x.shape[1:]))
            now = recipe(
                model, data.Batches(x, y, lessons.BATCH, one["examples"], read["seed"]), one["epochs"]
            )
            assert one["fingerprint"] == fingerprint(now), (
                f"{path.name} was trained with another {name}: remove it and run scripts/keras2"
            )


# The command


@pytest.fixture
def command(monkeypatch):
    """scripts/keras2 as a function of its arguments, which trains nothing and returns what it would have."""
    module = miniature.script("keras2")
    ran = []
    monkeypatch.setattr(module, "ensure", lambda: None)
    monkeypatch.setattr(module, "ensure_extra", lambda name: None)
    monkeypatch.setattr(module, "kernels", lambda **_: None)
    monkeypatch.setattr(lessons, "recorded", lambda name, seed, epochs: None)
    monkeypatch.setattr(lessons, "run", lambda *arguments: ran.append(arguments))

    def call(*arguments):
        assert module.main(arguments) is None
        return ran

    return call


def test_the_command_runs_each_lesson_with_each_seed(command):
    epochs = {"simple_rnn_imdb": 15, "dropout_rnn_imdb": 25, "lstm_imdb": 10, "mnist_as_sequence": 20}
    assert command() == [(name, seed, epochs[name]) for name in epochs for seed in range(5)]


def test_the_command_runs_what_is_asked_for(command):
    asked = ("--only", "dropout_rnn_imdb", "--only", "07", "--seeds", "1,3", "--epochs", "100")
    names = ("dropout_rnn_imdb", "mnist_as_sequence")
    assert command(*asked) == [(name, seed, 100) for name in names for seed in (1, 3)]


def test_the_command_leaves_out_what_is_recorded(command, monkeypatch, capsys):
    monkeypatch.setattr(lessons, "recorded", lambda name, seed, epochs: "the file" if seed else None)
    assert command("--only", "lstm_imdb", "--seeds", "0-2") == [("lstm_imdb", 0, 10)]
    assert capsys.readouterr().out.count("recorded; to train it anew, remove the file") == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    (
        (("--only", "gru_imdb"), "gru_imdb has no model in Keras 2"),
        (("--only", "nothing"), "no lesson 'nothing'"),
        (("--seeds", "4-0"), "the seeds are '4-0'"),
        (("--epochs", "0"), "0 epochs are no training"),
        (("--epochs", "many"), "invalid int value"),
    ),
)
def test_a_mistake_is_answered_in_one_line(command, capsys, arguments, complaint):
    with pytest.raises(SystemExit) as caught:
        command(*arguments)
    said = capsys.readouterr().err
    assert caught.value.code == 2 and complaint in said and said.count("\n") == 1
