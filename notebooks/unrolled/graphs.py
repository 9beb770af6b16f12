"""What a layer becomes before it runs: the graph of operations that the backend makes of it."""

import numpy as np

from . import machine

import keras  # isort: skip (machine comes before Keras)


def operations(layer, shape):
    """How many operations the backend has in its graph of `layer`, for an input of `shape`, batch included.

    The body of a loop counts once, however often it runs. PyTorch makes no graph beforehand: what counts
    there are the operations that it keeps track of for the gradient.
    """
    x = keras.ops.convert_to_tensor(np.zeros(shape, "float32"))
    layer(x)  # builds it, so that making its weights is no part of the graph
    return {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[machine.backend](layer, x)


def _tensorflow(layer, x):
    import tensorflow as tf

    graph = tf.function(layer).get_concrete_function(tf.TensorSpec(x.shape)).graph.as_graph_def()
    return len(graph.node) + sum(len(inner.node_def) for inner in graph.library.function)


def _jax(layer, x):
    import jax

    return _equations(jax.make_jaxpr(layer)(x).jaxpr)


def _equations(jaxpr):
    """The equations of a JAX expression, with those of the expressions inside them."""
    values = [value for equation in jaxpr.eqns for value in equation.params.values()]
    several = [one for value in values for one in (value if isinstance(value, list | tuple) else [value])]
    inner = [getattr(one, "jaxpr", one) for one in several]
    return len(jaxpr.eqns) + sum(_equations(one) for one in inner if hasattr(one, "eqns"))


def _torch(layer, x):
    todo, seen = [layer(x).grad_fn], set()
    while todo:
        node = todo.pop()
        if node is not None and node not in seen:
            seen.add(node)
            todo += [before for before, _ in node.next_functions]
    return len(seen)
