"""Keras 3 on TensorFlow, once seeded, shows the examples in one order in all epochs

After `keras.utils.set_random_seed`, `fit(shuffle=True)` shows arrays in the same order in every epoch, and
in the next `fit`, too. Without a seed it draws an order for each epoch, and with one Keras 2 did, and Keras
3 on JAX does: on TensorFlow Keras 3 makes a new iterator for each epoch, and with it the seeded shuffle in
the pipeline begins anew. So one draw of the order stands behind a seeded result, and a comparison of
backends compares orders, too; the lessons draw their orders themselves
([batches.py](../../unrolled/data/batches.py)).

Known: that seeded random numbers in a pipeline repeat in each epoch
([tensorflow#35682](https://github.com/tensorflow/tensorflow/issues/35682),
[tensorflow#44195](https://github.com/tensorflow/tensorflow/issues/44195)). We found no thread that says it
of the shuffle in Keras 3's own `fit`. In the development version of August 2026, after
[keras#23046](https://github.com/keras-team/keras/pull/23046), the one order is even the same for all seeds.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf


def orders():
    """The three orders in which the epochs of a `fit` show eight examples, as texts like "64732150"."""
    seen = []

    class Reader(keras.Sequential):
        def train_step(self, data):
            seen.append(f"{data[0, 0]:.0f}")
            return {"loss": 0.0}

    model = Reader([keras.layers.Dense(1)])
    model.compile(run_eagerly=True)
    model.fit(np.arange(8.0)[:, None], batch_size=1, epochs=3, shuffle=True, verbose=0)
    return ["".join(seen[start : start + 8]) for start in (0, 8, 16)]


print(f"keras {keras.__version__}, tensorflow {tf.__version__}")
print("no seed, different orders in 3 epochs:", len(set(orders())))
for seed in (0, 1):
    keras.utils.set_random_seed(seed)
    print(f"seed {seed}:  ", *orders())
    print("next fit:", *orders())
