"""One `model.fit` under way: a live line, a backup after each epoch, a clean interruption.

    with run.training("simple_rnn", model, epochs=10) as training:
        model.fit(x, y, epochs=10, verbose=0, callbacks=training.callbacks)

`training.history` then holds every epoch, also those finished before a crash or an interruption.
"""

import hashlib
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import keras
import numpy as np

from . import UnrolledError


class Training:
    """A training under the name `name`, of `epochs` epochs, kept in `folder` until the run is recorded.

    `best` names the metric whose highest value picks the weights kept in `best_weights`, or is None.
    Attributes: `history`, a list of values for each metric; `seconds`, one float an epoch;
    `parameters`, the model's count; `resumed`, how many epochs were finished before this start;
    `interrupted`, whether a person stopped it.
    """

    def __init__(self, folder, model, epochs, best="val_acc"):
        self.epochs, self.best = epochs, best
        self.parameters = model.count_params()
        self.folder = folder / _fingerprint(model, epochs)
        self.best_weights = self.folder / "best.weights.h5"
        self._journal = self.folder / "history.jsonl"
        self._rows = []
        self.resumed, self.interrupted = 0, False

    @property
    def history(self):
        names = [name for name in (self._rows[0] if self._rows else {}) if name not in ("epoch", "seconds")]
        return {name: [row[name] for row in self._rows] for name in names}

    @property
    def seconds(self):
        return [row["seconds"] for row in self._rows]

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self._read_journal()
        highest = max(self.history[self.best]) if self._rows and self.best else None
        # Journal before backup: after a crash between the two, it has a line too many, never a gap.
        self.callbacks = [_Journal(self)]
        if self.best:
            self.callbacks.append(
                keras.callbacks.ModelCheckpoint(
                    str(self.best_weights),
                    monitor=self.best,
                    mode="max",
                    save_best_only=True,
                    save_weights_only=True,
                    initial_value_threshold=highest,
                )
            )
        self.callbacks.append(
            keras.callbacks.BackupAndRestore(
                str(self.folder), double_checkpoint=True, delete_checkpoint=False
            )
        )
        self._line = _LiveLine()
        self._line.show(self._describe())
        return self

    def __exit__(self, kind, error, traceback):
        self.interrupted = kind is KeyboardInterrupt
        if self.interrupted and not self._rows:
            raise UnrolledError("interrupted before the first epoch ended: nothing was measured") from None
        if kind is None or self.interrupted:
            self._line.close(self._describe(ended=True))
        return self.interrupted

    def _read_journal(self):
        """Take up the epochs that the backup knows to be finished."""
        backup = self.folder / "training_metadata.json"
        finished = json.loads(backup.read_text())["epoch"] if backup.is_file() else 0
        lines = self._journal.read_text().splitlines()[:finished] if finished else []
        self._rows = [json.loads(line) for line in lines]
        self._journal.write_text("".join(line + "\n" for line in lines))
        self.resumed = finished

    def add(self, epoch, seconds, logs):
        """Take down one finished epoch (counted from 0) with its duration in seconds and its metrics."""
        row = {"epoch": epoch + 1, "seconds": round(seconds, 3)} | {name: float(logs[name]) for name in logs}
        self._rows.append(row)
        with self._journal.open("a") as journal:
            journal.write(json.dumps(row) + "\n")
        self._line.show(self._describe())

    def _describe(self, ended=False):
        done = len(self._rows)
        if not done:
            return f"epoch 1/{self.epochs} · compiling"
        each = sum(self.seconds) / done
        metrics = " · ".join(f"{name} {values[-1]:.4f}" for name, values in self.history.items())
        if not ended:
            left = (
                f" · {_duration((self.epochs - done) * self.seconds[-1])} left" if done < self.epochs else ""
            )
            return f"epoch {done}/{self.epochs} · {metrics} · {self.seconds[-1]:.1f} s an epoch{left}"
        remark = f", taken up after epoch {self.resumed}" if self.resumed else ""
        remark += f", interrupted before epoch {done + 1}" if self.interrupted else ""
        return f"{done} epochs in {_duration(sum(self.seconds))} ({each:.1f} s each{remark}) · {metrics}"


class _Journal(keras.callbacks.Callback):
    """Times the epochs and passes their metrics on to the training."""

    def __init__(self, training):
        super().__init__()
        self._training = training

    def on_epoch_begin(self, epoch, logs=None):
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self._training.add(epoch, time.perf_counter() - self._started, logs or {})


class _LiveLine:
    """One line of text that is replaced in place: in a notebook by a display, in a terminal by a return."""

    def __init__(self):
        self._handle, self._width = None, 0
        if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
            self._display = sys.modules["IPython"].display.display

    def show(self, text):
        if not hasattr(self, "_display"):
            print(f"\r{text.ljust(self._width)}", end="", flush=True)
            self._width = len(text)
        elif self._handle is None:
            self._handle = self._display({"text/plain": text}, raw=True, display_id=True)
        else:
            self._handle.update({"text/plain": text}, raw=True)

    def close(self, text):
        self.show(text)
        if not hasattr(self, "_display"):
            print()


def _fingerprint(model, epochs):
    """Eight hexadecimal digits that change with the model, its optimizer or the number of epochs."""

    def unnamed(value):
        if isinstance(value, dict):
            return {key: unnamed(item) for key, item in value.items() if key != "name"}
        return [unnamed(item) for item in value] if isinstance(value, list | tuple) else value

    settings = [model.get_config(), model.optimizer.get_config(), epochs]
    text = json.dumps(unnamed(settings), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _duration(seconds):
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    )


def seconds_per_step(models, x, y, batch_size, steps=8, rounds=3):
    """The time of one training step of each of several models, in seconds.

    `models`: a dict from label to compiled model; `x`, `y`: at least `batch_size` examples. The models take
    turns, `rounds` times `steps` steps each after a first one that compiles, so that a machine that slows
    down slows them all; the median is returned, a dict from label to float. The models are trained by it.
    """
    x, y = x[:batch_size], y[:batch_size]
    seconds = {label: [] for label in models}
    for model in models.values():
        model.train_on_batch(x, y)
    for _ in range(rounds):
        for label, model in models.items():
            for _ in range(steps):
                started = time.perf_counter()
                model.train_on_batch(x, y)
                seconds[label].append(time.perf_counter() - started)
    return {label: float(np.median(values)) for label, values in seconds.items()}


def folder(results, name):
    """The folder for what a training must keep until its run is recorded.

    It stands in `results`, so that a later start finds it; where that cannot be written, or `results`
    is None, it is a temporary folder, and the training cannot be continued after a crash.
    """
    if results is not None:
        try:
            path = results / ".unfinished" / name
            path.mkdir(parents=True, exist_ok=True)
            return path
        except OSError as error:
            reason = error.strerror or error
            print(f"{results} cannot be written ({reason}): no crash of this training can be mended")
    return Path(tempfile.mkdtemp(prefix="unrolled-"))


def forget(path):
    """Remove what a training kept in `path`."""
    shutil.rmtree(path, ignore_errors=True)
