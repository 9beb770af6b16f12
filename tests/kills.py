"""A small training that is killed again and again, and must come to what it comes to undisturbed.

`python kills.py FOLDER` trains, from the beginning or from what an earlier process kept in the folder.
"""

import contextlib
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from unrolled.store import Store

EPOCHS = 10
KILLS = 3
"""How often one training is killed; it is then not yet at its end, for a start gets some three epochs far."""

EXAMPLES, STEPS, FEATURES = 200, 5, 3
EPOCH_BEGINS = "an epoch begins\n"
"""What a process says, by which another finds the moment to kill it."""

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def train(folder, tell=lambda epoch: None):
    """Train to the end what is kept in `folder`: dropout of three kinds and an optimizer with slots.

    `tell` is called with the number of each epoch, from 0, when it begins. Gives the `Training`.
    """
    from unrolled.data.batches import Batches
    from unrolled.training import Training

    import keras  # isort: skip

    rng = np.random.default_rng(0)
    x = rng.normal(size=(EXAMPLES, STEPS, FEATURES)).astype("float32")
    y = (x.sum(axis=(1, 2)) > 0).astype("float32")
    data = Batches(x, y, 16, seed=0)
    keras.utils.set_random_seed(0)
    inputs = keras.Input((STEPS, FEATURES))
    states = keras.layers.SimpleRNN(4, dropout=0.2, recurrent_dropout=0.2)(inputs)
    outputs = keras.layers.Dense(1, activation="sigmoid")(keras.layers.Dropout(0.2)(states))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "binary_crossentropy", metrics=["acc"])
    with Training("killed", model, data, EPOCHS, folder=folder) as training:
        options = training.options
        begin = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: tell(epoch))
        model.fit(data, validation_data=(x, y), **options | {"callbacks": [begin, *options["callbacks"]]})
    return training


def kill(folder, rng):
    """Start the training in a process of its own and kill that at a random moment of its first epochs."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(folder)],
        env=os.environ | {"PYTHONPATH": str(NOTEBOOKS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        said = []
        for _ in range(rng.randint(1, 2)):
            for line in process.stdout:
                said.append(line)
                if line == EPOCH_BEGINS:
                    break
        time.sleep(rng.uniform(0, 0.2))
        ended = process.poll() is not None
        process.kill()
    if ended:
        raise RuntimeError(f"the training ended before it was killed: {''.join(said)}")


def kill_and_finish(folder, times, rng):
    """Kill the training in `folder` so many times, then train it to its end; gives the `Training`."""
    for _ in range(times):
        kill(folder, rng)
    with contextlib.redirect_stdout(io.StringIO()):
        return train(folder)


def differences(folder, undisturbed):
    """In what two finished trainings differ, in words; nothing if they are equal to the last bit."""
    (rows, parts), (expected_rows, expected_parts) = _kept(folder), _kept(undisturbed)
    found = [] if [row["epoch"] for row in rows] == list(range(1, EPOCHS + 1)) else ["epochs"]
    if rows != expected_rows:
        found.append("metrics")
    for part, arrays in expected_parts.items():
        if [array.tobytes() for array in parts.get(part, [])] != [array.tobytes() for array in arrays]:
            found.append(part)
    return found


def _kept(folder):
    """The rows that a training has kept, without durations and days, and its arrays.

    The validation loss counts to five decimals: the last bit of its sum over a batch has been seen to differ
    between processes. Weights, and with them all that is trained, are equal to the last bit.
    """
    (path,) = folder.iterdir()
    rows, parts = Store(path).load()
    rows = [{name: row[name] for name in row if name not in ("seconds", "day")} for row in rows]
    return [row | {"val_loss": round(row["val_loss"], 5)} for row in rows], parts


if __name__ == "__main__":
    train(Path(sys.argv[1]), tell=lambda epoch: print(f"\n{EPOCH_BEGINS}", end="", flush=True))
