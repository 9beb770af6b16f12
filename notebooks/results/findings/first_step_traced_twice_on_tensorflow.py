"""Keras 3 on TensorFlow traces the first training step of each model twice

TensorFlow turns the Python of a training step into a graph by running it once: it traces it. If variables
come up in that trace, it traces a second time, and only the second graph is used. In Keras 3 they always do:
the optimizer makes its variables in the first step, and so do loss and metrics. Where all of them are there
before, by `optimizer.build` and one `evaluate`, one trace is enough. A trace of a recurrent network takes
about a second of processor time, so a run that trains many small models spends half of its compiling on
graphs that nobody uses. The lessons make these variables before `fit` (`prepare` in
[training.py](../../unrolled/training.py)).

Known: that a `tf.function` which makes variables is traced twice
([tensorflow#48851](https://github.com/tensorflow/tensorflow/issues/48851)). We found no thread that says it
of every `fit` of Keras 3.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf


class Counted(keras.Sequential):
    traces = 0

    def train_step(self, data):
        self.traces += 1
        return super().train_step(data)


print(f"keras {keras.__version__}, tensorflow {tf.__version__}")
x, y = np.zeros((4, 3)), np.zeros(4)
for build, evaluate in ((False, False), (True, False), (False, True), (True, True)):
    model = Counted([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    if build:
        model.optimizer.build(model.trainable_variables)
    if evaluate:
        model.evaluate(x, y, verbose=0)
    model.fit(x, y, epochs=3, verbose=0)
    print(f"optimizer built: {build}, evaluated: {evaluate}, traces of a step: {model.traces}")
