"""One `model.fit` under way: a live line, every epoch kept, a clean interruption.

    with run.training("simple_rnn", model, train, epochs=10) as training:
        model.fit(train, validation_data=validation, **training.options)

`training.history` then holds every epoch, also those of an earlier start.
"""

import ast
import hashlib
import inspect
import json
import math
import sys
import textwrap
import time
from datetime import date
from pathlib import Path

import numpy as np

from . import UnrolledError, machine, settings  # machine comes before Keras
from .store import Damaged, Store

import keras  # isort: skip

ORDERS = ("seed and epoch", "keras")
"""Who decides the order of the examples: seed and epoch (`data.Batches`), or Keras's `fit`."""

BESIDE_METRICS = ("epoch", "seconds", "day")
"""What a row holds beside the metrics of its epoch."""


class Training:
    """A training of `model` on `train` (`data.Batches`) for `epochs` epochs, fewer in a quick run.

    `folder` is where it is kept, under its name and fingerprint, or None to keep nothing. A quick run has the
    fingerprint of the full one, so it keeps nothing, or elsewhere. `best` names the metric whose highest
    value picks `best_weights`, or is None. `order` is one of `ORDERS`; Keras draws its order anew where a
    training is taken up, so that only "seed and epoch" then comes to what it would have come to in one go.
    With `glance` a quick run only shows that the training works: it takes one epoch of a few steps. `enough`
    is a validation accuracy that ends the training after the first epoch that reaches it, or None.

    `options` is what `fit` needs to go on where an earlier start was stopped. `history` is a list of values
    for each metric, `seconds` one float an epoch, `trained` the day of the last epoch (ISO), `best_weights` a
    list of arrays for `model.set_weights`. `parameters` is the model's count, `recipe` and `fingerprint` say
    what is trained, `compiled` what only decides how fast. `resumed` is how many epochs an earlier start had
    finished, `interrupted` whether a person stopped this one.
    """

    def __init__(
        self,
        name,
        model,
        train,
        epochs,
        folder=None,
        best="val_acc",
        order="seed and epoch",
        glance=False,
        enough=None,
    ):
        self.name, self.best = name, best
        self.order = settings.choose("the order of the examples", order, ORDERS)
        self.glance, self.enough = glance and settings.quick, enough
        self.epochs = 1 if self.glance else settings.epochs(epochs)
        self.parameters = model.count_params()
        self.recipe = recipe(model, train, epochs, order)
        if enough is not None:
            self.recipe["enough"] = enough
        self.fingerprint = fingerprint(self.recipe)
        if not settings.quick and machine.faster_with_xla(model):
            model.jit_compile = True
        self.compiled = {"jit_compile": model.jit_compile, "run_eagerly": model.run_eagerly}
        self.best_weights, self.resumed, self.interrupted = None, 0, False
        self._rows, self._model, self._train = [], model, train
        self._store = Store(Path(folder) / f"{name}.{self.fingerprint}") if folder else None
        self._line = _live_line()

    @property
    def history(self):
        names = [name for name in self._rows[0] if name not in BESIDE_METRICS] if self._rows else []
        return {name: [row[name] for row in self._rows] for name in names}

    @property
    def seconds(self):
        return [row["seconds"] for row in self._rows]

    @property
    def trained(self):
        return self._rows[-1]["day"] if self._rows else None

    @property
    def reached(self):
        """Whether the last epoch came to what is `enough`."""
        return self.enough is not None and bool(self._rows) and self._rows[-1]["val_acc"] >= self.enough

    @property
    def options(self):
        """The arguments of `fit` that a reader need not see."""
        options = {
            "epochs": self.resumed if self.reached else self.epochs,
            "initial_epoch": self.resumed,
            "validation_batch_size": self._train.batch_size,
            "verbose": 0,
            "callbacks": [_EachEpoch(self)],
        }
        if self.order == "seed and epoch":
            options["shuffle"] = False  # `train` has shuffled already
        if self.glance:
            options |= {"steps_per_epoch": settings.GLANCE, "validation_steps": settings.GLANCE}
        return options

    def __enter__(self):
        prepare(self._model, self._train[0][1])
        if self._store:
            self._take_up()
        if not self.resumed and self._stepped():
            raise UnrolledError(f"the model of {self.name} has been trained before: build it anew")
        if self._store and self.resumed < self.epochs:
            self._store.check_room(self._size())
        self._line.show(self.line())
        return self

    def __exit__(self, kind, error, traceback):
        self.interrupted = kind is KeyboardInterrupt
        self._line.close(self.line(ended=kind is None or self.interrupted))
        if self.interrupted and not self._rows:
            raise UnrolledError("interrupted before the first epoch ended: nothing was measured") from None
        return self.interrupted

    def begin(self, epoch):
        """Let all chance in the epoch that begins (counted from 0) follow from seed and epoch alone."""
        self._train.epoch = epoch + 1
        if machine.backend == "torch":  # where dropout draws from a generator that no variable holds
            import torch

            torch.manual_seed(np.random.default_rng([self._train.seed, epoch]).integers(2**32).item())

    def add(self, epoch, seconds, logs):
        """Take down one finished epoch (counted from 0) with its duration in seconds and its metrics."""
        row = {"epoch": epoch + 1, "seconds": round(seconds, 3), "day": date.today().isoformat()}
        row |= {name: float(value) for name, value in logs.items()}
        parts = {"state": _values(self._variables())}
        if self._store and not self._rows:
            parts["start"] = self._start
        if self.best and row[self.best] > max(self.history.get(self.best, [-math.inf])):
            self.best_weights = parts["best"] = self._model.get_weights()
        self._rows.append(row)
        if self._store:
            self._store.commit(self._rows, **parts)
        self._line.show(self.line())

    def line(self, ended=False):
        """How far the training is, or, when it has `ended`, what it came to, in one line."""
        done = len(self._rows)
        if not done:
            return f"epoch 1/{self.epochs} · compiling"
        metrics = " · ".join(f"{name} {values[-1]:.4f}" for name, values in self.history.items())
        if ended:
            number = "1 epoch" if done == 1 else f"{done} epochs"
            return f"{number} in {duration(sum(self.seconds))} ({', '.join(self._remarks())}) · {metrics}"
        line = f"epoch {done}/{self.epochs} · {metrics} · {self.seconds[-1]:.1f} s an epoch"
        if done < self.epochs and not self.reached:
            line += f" · {duration((self.epochs - done) * self.seconds[-1])} left"
        return line

    def _remarks(self):
        done = len(self._rows)
        remarks = [f"{sum(self.seconds) / done:.1f} s each"]
        if self.resumed == done:
            remarks.append(f"trained on {self.trained}")
        elif self.resumed:
            remarks.append(f"taken up after epoch {self.resumed}")
        if self.interrupted:
            remarks.append(f"interrupted after epoch {done}")
        return remarks

    def _take_up(self):
        """Go on after the last commit of an earlier start, or begin anew where that cannot be used."""
        self._start = _start(self._model, self._train)
        try:
            rows, parts = self._store.load()
            shapes = [tuple(variable.shape) for variable in self._variables()]
            if rows and [value.shape for value in parts.get("state", [])] != shapes:
                raise Damaged("it is the state of another model")
            if rows and not self._same_start(*parts.get("start", self._start)):
                raise Damaged("it began with other data or other first weights")
        except Damaged as error:
            print(f"what is kept of {self.name} cannot be used ({error}): it is trained anew")
            self._store.clear()
            return
        if not rows:
            return
        if self.best and "best" not in parts:
            raise UnrolledError(
                f"{self.name} was trained without best weights: say best=None, or remove {self._store.folder}"
            )
        for variable, value in zip(self._variables(), parts["state"], strict=True):
            variable.assign(value)
        self._rows, self.resumed, self.best_weights = rows, len(rows), parts.get("best")

    def _same_start(self, examples, weights):
        """Whether an earlier start began alike: devices round first weights differently, and of a model that
        was interrupted in this session they are no longer known."""
        near = self._stepped() or np.allclose(weights, self._start[1], rtol=1e-3, atol=1e-3)
        return near and np.array_equal(examples, self._start[0])

    def _stepped(self):
        """Whether the model has been trained."""
        return int(keras.ops.convert_to_numpy(self._model.optimizer.iterations)) > 0

    def _variables(self):
        """All that an epoch changes: weights, states of random generators, the optimizer's slots."""
        return [*self._model.variables, *self._model.optimizer.variables]

    def _size(self):
        """The bytes that the disk must take: state and best weights, both twice while they are replaced."""
        return 4 * sum(value.nbytes for value in _values(self._variables()))


class _EachEpoch(keras.callbacks.Callback):
    """Times the epochs and passes their metrics on to the training."""

    def __init__(self, training):
        super().__init__()
        self._training = training

    def on_epoch_begin(self, epoch, logs=None):
        self._training.begin(epoch)
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self._training.add(epoch, time.perf_counter() - self._started, logs or {})
        if self._training.reached:
            self.model.stop_training = True


def prepare(model, y):
    """Make the variables that a model's first training step would make, the optimizer's and the metrics'.

    TensorFlow traces a step a second time if variables came up in the first: so the first step takes half as
    long. `y`: labels as in training, (n, …).
    """
    model.optimizer.build(model.trainable_variables)
    shape = [size or y.shape[axis] for axis, size in enumerate(model.output_shape)]  # None: of any length
    model.compute_metrics(None, y, keras.ops.zeros(shape))
    model.reset_metrics()


def _start(model, train):
    """What a training begins with and its recipe does not say: two arrays, the SHA-256 of the examples and
    their labels, uint8 (32,), and the sum of each first weight, float64, one a variable."""
    digest = hashlib.sha256(np.ascontiguousarray(train.x))
    digest.update(np.ascontiguousarray(train.y))
    sums = [value.sum(dtype=float) for value in _values(model.variables)]
    return [np.frombuffer(digest.digest(), np.uint8), np.array(sums)]


def _values(variables):
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def recipe(model, train, epochs, order="seed and epoch"):
    """All that decides what a training comes to, as plain dicts, lists, strings and numbers.

    It is that of the full run, also where a quick run asks for it: the sizes are those that `train` stands
    for. What only decides how fast it goes (XLA, threads, device) is no part of it.
    """
    compiled = model.get_compile_config() or {}
    return {
        "model": _nameless(model.get_config()),
        "code": _own_code(model),
        "optimizer": _nameless([type(model.optimizer).__name__, model.optimizer.get_config()]),
        "loss": _nameless(compiled.get("loss")),
        "metrics": _nameless(compiled.get("metrics")),
        "example": [str(train.x.dtype), *train.x.shape[1:], str(train.y.dtype), *train.y.shape[1:]],
        "examples": train.full_examples,
        "batch_size": train.full_batch_size,
        "steps": -(-train.full_examples // train.full_batch_size),
        "epochs": epochs,
        "order": order,
        "seed": train.seed,
    }


def fingerprint(recipe):
    """Twelve hexadecimal digits that change with anything in a recipe."""
    text = json.dumps(recipe, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _nameless(config):
    """A configuration without names, which Keras numbers as it goes; a reference to one becomes its place."""
    names = {}

    def collect(value):
        if isinstance(value, dict):
            if isinstance(value.get("name"), str):
                names.setdefault(value["name"], f"#{len(names)}")
            value = list(value.values())
        for item in value if isinstance(value, list | tuple) else ():
            collect(item)

    def replace(value):
        if isinstance(value, dict):
            return {key: replace(item) for key, item in value.items() if key != "name"}
        if isinstance(value, list | tuple):
            return [replace(item) for item in value]
        return names.get(value, value) if isinstance(value, str) else value

    collect(config)
    return replace(config)


def _own_code(model):
    """The code of layers and cells that are not Keras's own, by class, without comments and docstrings."""
    layers = {type(layer) for layer in model._flatten_layers()}
    own = [layer for layer in layers if not layer.__module__.startswith("keras.")]
    return {
        layer.__name__: [_code(f) for _, f in sorted(vars(layer).items()) if inspect.isfunction(f)]
        for layer in sorted(own, key=lambda layer: layer.__name__)
    }


def _code(function):
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    if ast.get_docstring(tree) is not None:
        del tree.body[0]
    return ast.unparse(tree)


def duration(seconds):
    """Seconds as a person says them: "59 s", "17 min 3 s", "2 h 2 min"."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _live_line():
    """One line of text that is replaced in place: a display in a notebook, else a line of the terminal."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return _Display() if shell else _Terminal()


class _Display:
    """The line as a display of IPython; its last state is what a notebook stores."""

    def __init__(self):
        self._handle = None

    def show(self, text):
        from IPython.display import display

        if self._handle is None:
            self._handle = display({"text/plain": text}, raw=True, display_id=True)
        else:
            self._handle.update({"text/plain": text}, raw=True)

    close = show


class _Terminal:
    """The line in a terminal, where a return overwrites the one before."""

    def __init__(self):
        self._width = 0

    def show(self, text):
        print(f"\r{text.ljust(self._width)}", end="", flush=True)
        self._width = len(text)

    def close(self, text):
        self.show(text)
        print()
