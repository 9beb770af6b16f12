"""On PyTorch, `go_backwards=True` with `unroll=True` and a mask fails

A recurrent layer of Keras 3 on PyTorch that reads backwards, unrolled and with a mask ends with an error:
`keras/src/backend/torch/rnn.py` cuts the mask into a tuple of its steps, and then asks the tuple, not the
mask, to be turned round. Without one of the three it works, and so it does on TensorFlow and on JAX.
`Bidirectional` reads backwards, and so it fails, too, where its layer is unrolled and its input masked.

Known: in no thread that we found.
"""

import os

os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np
import torch

steps = np.ones((1, 3, 1), "float32")
mask = np.array([[True, True, False]])
for unroll in (False, True):
    layer = keras.layers.SimpleRNN(1, go_backwards=True, unroll=unroll)
    for told, masked in (("no mask", None), ("mask", mask)):
        try:
            shape = tuple(layer(steps, mask=masked).shape)
            print(f"unroll={unroll}, 3 steps, {told}: a state of shape {shape}")
        except Exception as error:
            print(f"unroll={unroll}, 3 steps, {told}: {type(error).__name__}")
print(f"keras {keras.__version__}, torch {torch.__version__.partition('+')[0]}")
