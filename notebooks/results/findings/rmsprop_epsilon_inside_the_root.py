"""RMSprop's epsilon stands inside the root in Keras 3, outside it in Keras 2

Keras 3 divides a gradient by √(v + ε), with v the running mean of its square. Keras 2 did so with momentum
only, and divided by √v + ε without, until TensorFlow 2.11 brought new optimizers. With the default ε = 10⁻⁷
the divisor cannot be less than 3 · 10⁻⁴ instead of 10⁻⁷, so that gradients of a thousandth and less make
smaller steps, and the smallest hardly any. The same name and arguments are another optimizer; the old one
is `tf_keras.optimizers.legacy.RMSprop`.

Known: where ε stands ([keras#17391](https://github.com/keras-team/keras/issues/17391),
[tensorflow#58412](https://github.com/tensorflow/tensorflow/issues/58412)). We found no thread that says
that it moved.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import tensorflow as tf
import tf_keras

GRADIENTS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
print(f"tf_keras {tf_keras.__version__}, keras {keras.__version__}")
print(f"{'first step from a gradient of':42}", *(f"{gradient:9.0e}" for gradient in GRADIENTS))
for name, new in {
    "tf_keras.optimizers.legacy.RMSprop()": tf_keras.optimizers.legacy.RMSprop,
    "  the same with momentum=0.9": lambda: tf_keras.optimizers.legacy.RMSprop(momentum=0.9),
    "tf_keras.optimizers.RMSprop()": tf_keras.optimizers.RMSprop,
    "keras.optimizers.RMSprop()": keras.optimizers.RMSprop,
}.items():
    variables = [tf.Variable(0.0) for _ in GRADIENTS]
    new().apply_gradients(zip(map(tf.constant, GRADIENTS), variables, strict=True))
    print(f"{name:42}", *(f"{-variable.numpy():9.2e}" for variable in variables))
