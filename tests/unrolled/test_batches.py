"""The order of the examples: seed and epoch alone decide it, in `fit` itself and on every backend.

`python test_batches.py` fits a model and prints what it was given, for the tests that do so on each backend.
"""

import importlib.util
import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from unrolled import data, settings
from unrolled.data import imdb

TRAINING, VALIDATION, SIZE, SEED = 22, 6, 4, 3
"""How many examples there are, the size of a batch, and the seed: the last batch is smaller."""

BACKENDS = [backend for backend in settings.BACKENDS if importlib.util.find_spec(backend)]


def batches(**options):
    """Examples whose label is their number, in batches."""
    numbers = np.arange(TRAINING, dtype="float32")
    return data.Batches(numbers[:, None], numbers, SIZE, seed=SEED, **options)


def expected(epoch, seed=SEED):
    """The order of the training examples in an epoch as NumPy draws it, a list."""
    return np.random.default_rng([seed, epoch]).permutation(TRAINING).tolist()


def epochs_of(batches, epochs):
    """The labels of each of the next epochs, as one list an epoch."""
    seen = []
    for _ in range(epochs):
        seen.append([int(label) for number in range(len(batches)) for label in batches[number][1]])
        batches.on_epoch_end()
    return seen


# Batches alone


def test_each_epoch_has_an_order_of_its_own(full):
    seen = epochs_of(batches(), 3)
    assert seen == [expected(epoch) for epoch in range(3)]
    assert all(sorted(order) == list(range(TRAINING)) for order in seen)
    assert seen[0] != seen[1] != seen[2] != seen[0]


def test_a_batch_holds_examples_with_their_labels(full):
    one = batches()
    assert len(one) == 6
    assert [one[number][0].shape for number in (0, 5)] == [(4, 1), (2, 1)]
    for number in range(len(one)):
        x, y = one[number]
        np.testing.assert_array_equal(x[:, 0], y)


def test_a_later_start_goes_on_in_the_same_order(full):
    later = batches()
    later.epoch = 2
    assert epochs_of(later, 1) == epochs_of(batches(), 3)[2:]


def test_the_order_follows_the_seed_of_the_run(full, monkeypatch):
    numbers = np.arange(TRAINING)
    for seed in (0, 1, 2**32 - 1):
        monkeypatch.setattr(settings, "seed", seed)
        assert data.Batches(numbers, numbers, SIZE).order().tolist() == expected(0, seed=seed)


def test_a_quick_run_takes_smaller_batches(quick):
    numbers = np.arange(100)
    one = data.Batches(numbers, numbers, 128, examples=20_000)
    assert (one.batch_size, one.full_batch_size, one.full_examples) == (settings.QUICK_BATCH, 128, 20_000)
    assert len(one) == 4
    assert data.Batches(numbers, numbers, 128).full_examples == 100


def test_validation_reviews_are_never_among_the_training_ones(quick, monkeypatch):
    monkeypatch.setattr(imdb, "QUICK_REVIEWS", 40)
    whole, split = data.reviews(1_000, 200), data.reviews(1_000, 200, validation=5_000)
    train = split.batches(SIZE)
    given = [review.tobytes() for number in range(len(train)) for review in train[number][0]]
    apart = [review.tobytes() for review in split.x_val]
    assert not set(given) & set(apart)
    assert sorted(given + apart) == sorted(review.tobytes() for review in whole.x_train)


# Batches in `fit`. Keras resets the data before the first epoch, as it does after each: so they count from 1.


def fits():
    """What a model is given by two trainings of three epochs, the second stopped and begun again after two.

    Each is a list of the labels of each epoch in their order: those to train on, then those to validate.
    """

    class Seen(keras.metrics.Metric):
        """Keeps the labels of three epochs, as they reach the compiled model."""

        def __init__(self):
            super().__init__(name="seen")
            self.length = 3 * (TRAINING + VALIDATION)
            self.labels = self.add_weight(shape=(self.length,), initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            labels = keras.ops.concatenate([self.labels, keras.ops.reshape(y_true, (-1,))])
            self.labels.assign(keras.ops.reshape(labels[-self.length :], (self.length,)))

        def reset_state(self):
            """At the start of an epoch: the labels of those before stay."""

        def result(self):
            return self.labels[-1]

    seen = Seen()
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=[seen], jit_compile=False)  # XLA would compile for seconds
    apart = np.arange(TRAINING, TRAINING + VALIDATION, dtype="float32")

    def fit(*starts):
        for start, end in starts:
            train = batches()
            train.epoch = start
            model.fit(
                train,
                initial_epoch=start,
                epochs=end,
                shuffle=False,
                validation_data=(apart[:, None], apart),
                validation_batch_size=SIZE,
                verbose=0,
            )
        labels = keras.ops.convert_to_numpy(seen.labels).astype(int)
        return labels.reshape(3, -1).tolist()

    return {"undisturbed": fit((0, 3)), "stopped": fit((0, 2), (2, 3))}


@pytest.fixture(scope="module", params=BACKENDS)
def seen(request):
    """What the models of `fits` were given on one backend; another than ours has a process of its own."""
    if request.param == settings.backend:
        return fits()
    run = subprocess.run(
        [sys.executable, __file__],
        env=os.environ | {"KERAS_BACKEND": request.param, "PYTHONPATH": str(settings.NOTEBOOKS)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_fit_gives_each_epoch_its_order(seen):
    given = [epoch[:TRAINING] for epoch in seen["undisturbed"]]
    assert given == [expected(epoch) for epoch in (1, 2, 3)]
    assert given[0] != given[1] != given[2] != given[0]


def test_fit_goes_on_after_a_stop_as_if_undisturbed(seen):
    assert seen["stopped"] == seen["undisturbed"]


def test_fit_keeps_validation_apart(seen):
    apart = list(range(TRAINING, TRAINING + VALIDATION))
    assert [epoch[TRAINING:] for epoch in seen["undisturbed"]] == [apart] * 3
    assert all(sorted(epoch[:TRAINING]) == list(range(TRAINING)) for epoch in seen["undisturbed"])


if __name__ == "__main__":
    print(json.dumps(fits()))
