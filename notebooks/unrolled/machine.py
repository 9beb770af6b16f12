"""What a run runs on: the Keras backend, the device, the versions, and what is fast there."""

import importlib.metadata
import logging
import os
import platform

import keras

backend = keras.backend.backend()
"""The Keras backend: `"tensorflow"`, `"jax"` or `"torch"`."""


def _gpu_name():
    """The first GPU's name, or None."""
    if backend == "tensorflow":
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else None
    if backend == "jax":
        import jax

        device = jax.devices()[0]
        return None if device.platform == "cpu" else device.device_kind
    import torch

    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else None


gpu = _gpu_name()
"""The first GPU's name, or None where there is none."""

device = gpu or f"{os.cpu_count()} CPU cores ({platform.machine()})"
"""The device that computes, in words."""

jit_compile = True if backend == "tensorflow" and not gpu else "auto"
"""What to give `model.compile` as `jit_compile`: whether XLA compiles the training step.

Keras's own choice is right everywhere but on TensorFlow without a GPU, where it leaves XLA off, though a
recurrent layer that returns its last state runs about twice as fast with it (lesson 1). One that returns
its sequence does not (lesson 2).
"""

use_cudnn = "auto" if gpu else False
"""What to give `LSTM` and `GRU` as `use_cudnn`: cuDNN on a GPU, without one the loop that XLA compiles."""


if backend == "tensorflow":
    # Lessons that time several models in turn trace many functions on purpose; TensorFlow warns of it.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def versions():
    """The versions a result depends on: Python, Keras, NumPy and the backend, as a dict of strings."""
    packages = ("keras", "numpy", backend)
    return {"python": platform.python_version()} | {
        name: importlib.metadata.version(name) for name in packages
    }
