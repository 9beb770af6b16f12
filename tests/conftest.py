"""TensorFlow reads its settings once: they stand before any test imports Keras, as in a lesson."""

from unrolled import machine  # noqa: F401
