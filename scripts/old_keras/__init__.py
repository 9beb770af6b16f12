"""The sources' models in the library they were written for, Keras 2, which `tf_keras` keeps alive.

- `models`: the models as printed, and the dropout masks that the library draws.
- `training`: one fit under way, kept once it is finished.
- `lessons`: what is trained for which lesson, and the record of it.
"""

from unrolled import machine  # noqa: F401 (it comes before TensorFlow)
