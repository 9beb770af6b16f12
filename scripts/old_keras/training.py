"""One `fit` under way in Keras 2, with the live line and the store of `unrolled.training`.

A training is kept when it has come to its end. Half of one is of no use: the generators of the dropout masks
hold their state inside TensorFlow's operations, out of reach, so a training that was stopped starts anew. Nor
does one with dropout repeat another of the same seed bit for bit, for the steps of a loop run side by side
and draw from one generator; those without dropout do.
"""

import time

import tf_keras
from unrolled import training
from unrolled.store import Store


class Training(training.Training):
    """A training of the model that `make` returns, its weights and order drawn from the seed of `train`.

    `train` is `data.Batches`; `folder` is where the finished training is kept, under its name and
    fingerprint. To whoever reads it, this is a `training.Training`. `model` is the compiled model.
    """

    def __init__(self, name, make, train, epochs, folder, best):
        self.model = _built(make, train)
        super().__init__(name, self.model, train, epochs, best=best)
        self.recipe = recipe(self.model, train, epochs)
        self.fingerprint = training.fingerprint(self.recipe)
        self.compiled = {"jit_compile": bool(self.model.jit_compile), "run_eagerly": self.model.run_eagerly}
        self._store = _Finished(folder / f"{name}.{self.fingerprint}", self.epochs)

    @property
    def options(self):
        """The arguments of `fit` that a reader need not see."""
        return super().options | {"callbacks": [_EachEpoch(self)]}

    def __enter__(self):
        self._take_up()
        if not self.resumed:
            self._store.check_room(self._size())
        self._line.show(self.line())
        return self

    def _variables(self):
        """What a finished training leaves behind: the weights."""
        return self.model.weights


class _Finished(Store):
    """A store that commits nothing before the last of so many epochs."""

    def __init__(self, folder, epochs):
        super().__init__(folder)
        self._epochs, self._parts = epochs, {}

    def commit(self, rows, **parts):
        self._parts |= parts
        if len(rows) == self._epochs:
            super().commit(rows, **self._parts)


class _EachEpoch(tf_keras.callbacks.Callback):
    """Times the epochs and passes their metrics on to the training."""

    def __init__(self, one):
        super().__init__()
        self._training = one

    def on_epoch_begin(self, epoch, logs=None):
        self._training.begin(epoch)
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self._training.add(epoch, time.perf_counter() - self._started, logs)


class Examples(tf_keras.utils.Sequence):
    """`data.Batches` in the form in which Keras 2 takes them, batch for batch."""

    def __init__(self, batches):
        self._batches = batches

    def __len__(self):
        return len(self._batches)

    def __getitem__(self, number):
        return self._batches[number]


def recipe(model, train, epochs):
    """All that decides what a training comes to, as `unrolled.training.recipe` says it of Keras 3."""
    compiled = model.get_compile_config()
    return {
        "library": "keras 2",
        "model": [[type(layer).__name__, _nameless(layer.get_config())] for layer in model.layers],
        "optimizer": [compiled["optimizer"]["class_name"], compiled["optimizer"]["config"]],
        "loss": compiled["loss"],
        "metrics": compiled["metrics"],
        "example": [str(train.x.dtype), *train.x.shape[1:], str(train.y.dtype), *train.y.shape[1:]],
        "examples": train.full_examples,
        "batch_size": train.full_batch_size,
        "steps": -(-train.full_examples // train.full_batch_size),
        "epochs": epochs,
        "order": "seed and epoch",
        "seed": train.seed,
    }


def _nameless(config):
    return {key: value for key, value in config.items() if key != "name"}


def _built(make, train):
    """The model that `make` returns, its weights drawn from the seed."""
    tf_keras.backend.clear_session()
    tf_keras.utils.set_random_seed(train.seed)
    model = make()
    model.build((None, *train.x.shape[1:]))
    return model
