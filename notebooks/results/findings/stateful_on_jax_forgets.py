"""On JAX, a stateful layer hands no state on in training

With `stateful=True` a recurrent layer of Keras 3 begins a batch with the state in which it left the last
one. On JAX it does so only where it is called by itself: after a step of `train_on_batch` the state is still
0. There a compiled step returns the variables that it changed, and the layer's states are among those of
neither the layer nor the model. So training in segments, with the state handed on, becomes training with
the state dropped, without a word; [lesson 9](../../09_backprop_through_time.ipynb) shows what that costs.

Known: in no thread that we found.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
import jax
import keras
import numpy as np

ones = {"kernel_initializer": "ones", "recurrent_initializer": "ones"}
layer = keras.layers.SimpleRNN(1, "linear", stateful=True, **ones)
model = keras.Sequential([keras.Input(batch_shape=(1, 3, 1)), layer])
model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse")
x = np.ones((1, 3, 1), "float32")
for name, call in {"called": model, "train_on_batch": lambda x: model.train_on_batch(x, x[:, 0])}.items():
    layer.reset_state()
    call(x)
    print(f"state after three ones, {name}:", np.ravel(layer.states[0]).tolist())
known = [id(variable) for variable in layer.variables + model.variables]
print(f"states among the variables of layer or model: {known.count(id(layer.states[0]))} of 1")
print(f"keras {keras.__version__}, jax {jax.__version__}")
