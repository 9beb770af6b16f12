"""The sources' models as printed, each optimizer with the defaults that its name stood for in Keras 2.

Those are the classes in `optimizers.legacy`. RMSprop there adds epsilon to the root of the mean square, while
Keras 3 adds it to the mean square itself; the first steps of rare words are several times larger here.
"""

import numpy as np
from tf_keras import Sequential
from tf_keras.layers import LSTM, Activation, Dense, Embedding, SimpleRNN
from tf_keras.optimizers import legacy

WORDS = 10_000
"""Word ids that the embedding knows."""


def simple_rnn():
    """000, In [5]: input (reviews, steps), word ids; output (reviews, 1), the probability of praise."""
    return _reader(SimpleRNN(32))


def dropout():
    """000, In [12]: the same with dropout on the input and on the state."""
    return _reader(SimpleRNN(32, dropout=0.2, recurrent_dropout=0.2))


def lstm():
    """000, In [16]: the same with an LSTM."""
    return _reader(LSTM(32))


def sgd_256():
    """001, Listing 1.5.1: input (digits, 28, 28), output (digits, 10), a probability for each digit."""
    return _classifier(256, legacy.SGD())


def rmsprop_256():
    """001, second row of Table 1.5.1."""
    return _classifier(256, legacy.RMSprop())


def adam_256():
    """001, third row of Table 1.5.1."""
    return _classifier(256, legacy.Adam())


def sgd_512():
    """001, fourth row of Table 1.5.1."""
    return _classifier(512, legacy.SGD())


def _reader(recurrent):
    model = Sequential()
    model.add(Embedding(WORDS, 32))
    model.add(recurrent)
    model.add(Dense(1, activation="sigmoid"))
    model.compile(optimizer=legacy.RMSprop(), loss="binary_crossentropy", metrics=["acc"])
    return model


def _classifier(units, optimizer):
    model = Sequential()
    model.add(SimpleRNN(units=units, dropout=0.2, input_shape=(28, 28)))
    model.add(Dense(10))
    model.add(Activation("softmax"))
    # The source writes "accuracy", which is the same metric; all records call it "acc".
    model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["acc"])
    return model


def masks(of="dropout", steps=30, units=64, eagerly=False, unroll=False):
    """The masks that a SimpleRNN draws for one sequence, step by step: booleans (steps, units), true if kept.

    `of` is `"dropout"`, the mask on the input, or `"recurrent_dropout"`, that on the state. They are drawn as
    in `fit`, in a compiled graph, or `eagerly`, as in `fit` with `run_eagerly=True`. `unroll` is the layer's
    argument of that name.

    Inputs are ones and weights identities, so a unit's state grows at a step just where the mask keeps it.
    """
    layer = SimpleRNN(
        units,
        activation="linear",
        kernel_initializer="identity",
        recurrent_initializer="identity",
        return_sequences=True,
        unroll=unroll,
        **{of: 0.5},
    )
    model = _Outputs([layer])
    model.compile(run_eagerly=eagerly)
    ones = np.ones((1, 1 + steps, units), "float32")  # one step more: before the first there is no state
    states = model.train_on_batch(ones, return_dict=True)["outputs"][0]
    return np.diff(states, axis=0) > 0


def different(masks):
    """How many different ones there are among `masks`, booleans (steps, units)."""
    return len(np.unique(masks, axis=0))


class _Outputs(Sequential):
    """A model whose training step changes nothing and answers with what the layers give in training."""

    def train_step(self, data):
        (x,) = data
        return {"outputs": self(x, training=True)}
