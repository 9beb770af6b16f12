"""Training examples in batches, in an order that seed and epoch alone decide."""

import math

import numpy as np

from .. import machine, settings

import keras  # isort: skip (machine comes before Keras)


class Batches(keras.utils.PyDataset):
    """Examples `x`, (n, …), with labels `y`, (n, …), in batches of `batch_size`, for `fit(shuffle=False)`.

    Each epoch has an order of its own, alike on every backend: the permutation that NumPy draws from `seed`,
    that of the run unless told, and `epoch`, counted from 1 in `fit`.

    A quick run takes smaller batches; `full_batch_size` and `full_examples` are those of the full run, which
    has `examples` examples, n unless told.
    """

    def __init__(self, x, y, batch_size, examples=None, seed=None):
        # On TensorFlow, two threads fetch ahead: with one, Keras leaves that to threads of tf.data, which
        # wait for each other (on two busy cores a step of 20 ms took 50). Elsewhere they would keep batches
        # of one epoch for the next.
        super().__init__(workers=2 if machine.backend == "tensorflow" else 1)
        self.x, self.y = x, y
        self.batch_size, self.full_batch_size = settings.batch_size(batch_size), batch_size
        self.full_examples = len(x) if examples is None else examples
        self.seed, self.epoch = settings.seed if seed is None else seed, 0
        self._order = None, None

    def __len__(self):
        """The number of batches; the last one may be smaller."""
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, number):
        """Batch `number` of the epoch: (x, y)."""
        chosen = self.order()[number * self.batch_size : (number + 1) * self.batch_size]
        return self.x[chosen], self.y[chosen]

    def order(self):
        """The order of the examples in this epoch: a permutation of 0 … n - 1, int64, (n,)."""
        if self._order[0] != self.epoch:
            self._order = self.epoch, np.random.default_rng([self.seed, self.epoch]).permutation(len(self.x))
        return self._order[1]

    def on_epoch_end(self):
        """Go on to the next epoch. Keras 3 calls this once before the first one, too."""
        self.epoch += 1
