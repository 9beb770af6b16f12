"""What the lessons, the scripts and the tests share; every model stands in its notebook.

The rooms, each importing only those before it:

- `profile`: what kind of run this is: full or quick, its seed, how many epochs and examples.
- `machine`: what it runs on: backend, device, versions, and what is fast there.
- `data`: the data sets, the real thing first, a built-in sample otherwise; `grammar` composes its reviews.
- `published`: the sources' own numbers, each with its place in the source.
- `training`: one fit under way: a live line, a backup after each epoch, a clean interruption.
- `record`: what one run of a lesson measured.
- `verdict`: published against measured.
- `style`, `charts`, `figures`: one visual style, the curves, the drawings.
"""

import importlib.metadata
import importlib.util
import os

KERAS_MINIMUM = (3, 10)
"""The oldest supported Keras, as (major, minor)."""

BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
"""The values that `KERAS_BACKEND` may take, and the name of each."""


class UnrolledError(Exception):
    """A mistake that a person can mend, told in one line: notebooks show it without a traceback."""

    def _render_traceback_(self):
        return [f"unrolled: {self}"]


def _check_installation():
    """Raise `UnrolledError` if Keras is missing or too old, or the backend unknown or not installed."""
    wanted = ".".join(map(str, KERAS_MINIMUM))
    try:
        version = importlib.metadata.version("keras")
    except importlib.metadata.PackageNotFoundError:
        raise UnrolledError(f'Keras is not installed: run pip install "keras>={wanted}"') from None
    if tuple(int(part) for part in version.split(".")[:2]) < KERAS_MINIMUM:
        raise UnrolledError(
            f'Keras {version} is too old, {wanted} or later is needed: run pip install -U "keras>={wanted}"'
        )
    backend = os.environ.get("KERAS_BACKEND")
    if backend is None:
        return
    if backend not in BACKENDS:
        raise UnrolledError(f"KERAS_BACKEND is {backend!r}; it takes {', '.join(BACKENDS)}")
    if importlib.util.find_spec(backend) is None:
        raise UnrolledError(f"KERAS_BACKEND is {backend!r}, but {BACKENDS[backend]} is not installed")


# TensorFlow writes start-up notes to the terminal unless told otherwise before its import.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
_check_installation()
