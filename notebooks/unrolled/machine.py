"""What a run runs on: the Keras backend, the device, its threads and versions.

It is imported before Keras, also where a notebook is opened by hand: TensorFlow reads these settings once.
"""

import contextlib
import ctypes
import importlib.metadata
import logging
import os
import platform

import threadpoolctl

from . import settings

settings.check_installation()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # no start-up notes
# Cells this small take half the processor time on one thread, and no less by the clock; sums then have one
# order, whatever the number of cores.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # its order of summation depends on the processor
os.environ.setdefault("COLUMNS", "80")  # how wide `model.summary()` is: it fits beside a menu

MALLOC = {-8: 1, -4: 0, -1: 2**31 - 1}
"""Settings of `mallopt(3)`: one arena (M_ARENA_MAX), no mapped blocks (M_MMAP_MAX), none given back
(M_TRIM_THRESHOLD)."""

# glibc else gives large blocks back to the system, which clears each anew for the next step: up to a third of
# the processor time of a step over 500 words. Keeping them takes no more memory at the peak.
if platform.libc_ver()[0] == "glibc":
    for parameter, value in MALLOC.items():
        ctypes.CDLL(None).mallopt(parameter, value)


@contextlib.contextmanager
def _quiet():
    """Keep away what TensorFlow's C++ code writes to stderr as it loads and looks for GPUs."""
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


with _quiet():
    import keras

# NumPy's products, as small as ours are, take less time on one thread.
threadpoolctl.threadpool_limits(1, user_api="blas")

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


with _quiet():
    gpu = _gpu_name()
"""The first GPU's name, or None where there is none."""

device = gpu or f"{os.cpu_count()} CPU cores ({platform.machine()})"
"""The device that computes, in words."""

threads = os.environ["TF_NUM_INTRAOP_THREADS"] if backend == "tensorflow" else ""
"""How many threads one operation of TensorFlow may take."""

if backend == "tensorflow":
    # Lessons that time several models in turn trace many functions on purpose; TensorFlow warns of it.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def faster_with_xla(model):
    """Whether a training step of `model` takes less time with XLA, by what was measured on two processors.

    With TensorFlow on one thread, on batches of 128 reviews of 500 words, one layer of SimpleRNN or GRU,
    in one direction or both, took a quarter to a half less on one and the same on the other; an LSTM took as
    long as without. Stacked layers took a quarter of the time on one, four times as long on the other, and
    a cell that reads what a layer computes for each step took eight times as long. Compiling takes seconds.
    On a GPU, and on the other backends, the choice is Keras's.
    """
    recurrent = [layer for layer in model.layers if hasattr(layer, "return_sequences")]
    cells = [type(getattr(layer, "forward_layer", layer)).__name__ for layer in recurrent]
    return backend == "tensorflow" and gpu is None and cells in (["SimpleRNN"], ["GRU"])


def versions():
    """The versions a result depends on: Python, Keras, NumPy and the backend, as a dict of strings."""
    packages = ("keras", "numpy", backend)
    return {"python": platform.python_version()} | {
        name: importlib.metadata.version(name) for name in packages
    }
