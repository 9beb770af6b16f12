"""Keras 2 draws a new dropout mask at every time step

In training, a SimpleRNN of Keras 2 with `dropout` or `recurrent_dropout` drops other units at each of the
30 steps of a sequence. Unrolled, or run eagerly, it keeps one mask for all of them, as its comments promise
and as Keras 3 does: the mask lies in a cache with an entry for each graph, and the compiled loop over the
steps is a graph of its own, which draws at every step. So Keras 3 does not repeat, with the same arguments,
what Keras 2 learns with dropout; [lesson 4](../../04_dropout_rnn_imdb.ipynb) shows how far apart the two
are.

Known: that the masks are drawn inside the loop, in a thread about their order
([tf-keras#58](https://github.com/keras-team/tf-keras/issues/58)). We found none that says each step's is
new; the developers speak of one mask for all steps
([tensorflow#35724](https://github.com/tensorflow/tensorflow/issues/35724)).
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tf_keras


def masks(library, **settings):
    """How many masks one sequence sees. Its inputs are ones, the weights identities: a unit's state grows
    at a step just where the mask keeps it."""

    class Probe(library.Sequential):
        def train_step(self, data):
            return {"states": self(data[0], training=True)}

    identity = {"kernel_initializer": "identity", "recurrent_initializer": "identity"}
    model = Probe([library.layers.SimpleRNN(64, "linear", return_sequences=True, **identity, **settings)])
    model.compile()
    states = model.train_on_batch(np.ones((1, 31, 64), "float32"), return_dict=True)["states"][0]
    kept = np.diff(states, axis=0) > 0
    assert 0.2 < kept.mean() < 0.8, "nothing is dropped, or all"
    return len(np.unique(kept, axis=0))


for library, unroll in ((tf_keras, False), (tf_keras, True), (keras, False)):
    print(f"{library.__name__} {library.__version__}, unroll={unroll}: different masks in 30 steps:")
    print(f"  dropout {masks(library, unroll=unroll, dropout=0.5)},", end=" ")
    print(f"recurrent_dropout {masks(library, unroll=unroll, recurrent_dropout=0.5)}")
