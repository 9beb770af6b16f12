"""Backpropagation through time in NumPy: one sequence's gradients, how they fade or grow, a loss cliff.

The letters are those of source 000, its section on training. Stage r = 1 … R of a recurrent layer of P units
takes the input X_r, N numbers, and the state Z_{r−1} to

    A_r = U X_r + W Z_{r−1},  Z_r = f(A_r),

and Δ_r = ∂L/∂A_r is the gradient of the loss L at that stage. In the arrays a row is a stage. Biases are left
out, as in the source: a weight on an input that is always 1 does the same.
"""

import numpy as np

ACTIVATIONS = {
    "relu": (lambda a: np.maximum(a, 0), lambda z: z > 0),
    "sigmoid": (lambda a: 1 / (1 + np.exp(-a)), lambda z: z * (1 - z)),
    "tanh": (np.tanh, lambda z: 1 - z**2),
}
"""f, by Keras's name for it, and its slope f′, which needs only the state z = f(a)."""


def states(X, U, W, activation="tanh", start=0.0):
    """The states Z_0 … Z_R, shape (R + 1, P); Z_0 is `start`, a number or P of them.

    X: (R, N), U: (P, N), W: (P, P).
    """
    f, _ = ACTIVATIONS[activation]
    Z = [np.broadcast_to(start, len(W))]
    for x in X:
        Z.append(f(U @ x + W @ Z[-1]))
    return np.array(Z)


def deltas(last, Z, W, activation="tanh"):
    """Δ_1 … Δ_R, shape (R, P), from `last`, which is Δ_R, back to the first: Δ_r = f′(A_r) ⊙ Wᵀ Δ_{r+1}.

    last: (P,), Z: (R + 1, P), as `states` gives them, W: (P, P). This is the backward pass of source 000,
    with its index put right.
    """
    _, slope = ACTIVATIONS[activation]
    D = [last]
    for z in Z[-2:0:-1]:
        D.append(slope(z) * (W.T @ D[-1]))
    return np.array(D[::-1])


def weight_gradients(D, X, Z):
    """∂L/∂U, shape (P, N), and ∂L/∂W, shape (P, P): each weight gathers the gradients of all its uses.

    They are the sums of Δ_r X_rᵀ and of Δ_r Z_{r−1}ᵀ over the stages; source 000 has the factors the other
    way round. D: (R, P), as `deltas` gives them, X: (R, N), Z: (R + 1, P).
    """
    return D.T @ X, D.T @ Z[:-1]


def lengths(eigenvalue, stages, units=32):
    """The length of Δ_r at each stage of an example, shape (stages,); at the last stage it is 1.

    W is symmetric, and `eigenvalue` is its largest. All its entries and all inputs are positive, so that
    every ReLU is on and nothing but W acts on the gradient, which is multiplied by about `eigenvalue` a
    stage (source 000, section on the difficulties with backpropagation).
    """
    rng = np.random.default_rng(4)
    mixing = rng.uniform(size=(units, units))
    mixing = np.eye(units) + (mixing + mixing.T) / units
    W = eigenvalue * mixing / np.linalg.eigvalsh(mixing).max()
    Z = states(rng.uniform(size=(stages, units)), np.eye(units), W, "relu")
    last = np.full(units, units**-0.5)
    return np.linalg.norm(deltas(last, Z, W, "relu"), axis=1)


CLIFF_STAGES, CLIFF_START, CLIFF_TARGET = 15, 0.5, 0.3
"""The example of a loss cliff: how many stages, the first state, and what the last state should be."""


def cliff_loss(w, b):
    """(Z_R − target)² of one sigmoid unit that feeds itself, Z_r = σ(w Z_{r−1} + b).

    w and b: numbers, or arrays of one shape, which is then the loss's. Over their plane it is a plain, a
    wall and a plateau, as figure rnn4 of source 000 sketches them.
    """
    sigmoid, _ = ACTIVATIONS["sigmoid"]
    z = CLIFF_START
    for _ in range(CLIFF_STAGES):
        z = sigmoid(w * z + b)
    return (z - CLIFF_TARGET) ** 2


def cliff_gradient(w, b):
    """The slope of `cliff_loss` by w and by b, shape (2,), found by backpropagation through time."""
    X, U, W = np.ones((CLIFF_STAGES, 1)), np.array([[b]]), np.array([[w]])
    Z = states(X, U, W, "sigmoid", CLIFF_START)
    last = 2 * (Z[-1] - CLIFF_TARGET) * Z[-1] * (1 - Z[-1])
    by_b, by_w = weight_gradients(deltas(last, Z, W, "sigmoid"), X, Z)
    return np.array([by_w.item(), by_b.item()])


def clip(gradient, limit):
    """A gradient of any shape, shortened to the length `limit` if it is longer (source 000)."""
    return gradient * min(1, limit / np.linalg.norm(gradient))


def cliff_descent(start, steps, rate, limit=np.inf):
    """The points (w, b) that gradient descent visits on `cliff_loss`, shape (steps + 1, 2), from `start` on.

    `rate` is the learning rate, `limit` the length to which each gradient is clipped.
    """
    points = [np.array(start)]
    for _ in range(steps):
        points.append(points[-1] - rate * clip(cliff_gradient(*points[-1]), limit))
    return np.array(points)


def automatic(loss, values):
    """The gradient of a loss by each of `values`, as the backend's own differentiation finds it.

    values: a dict of arrays; `loss` takes it as a dict of tensors and returns one number, a tensor. Returns a
    dict of arrays of the same shapes. It is what a gradient found by hand is held against; it needs Keras.
    """
    from . import machine  # before Keras

    import keras  # isort: skip

    tensors = {name: keras.ops.convert_to_tensor(value) for name, value in values.items()}
    if machine.backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(tensors)
            total = loss(tensors)
        found = tape.gradient(total, tensors, unconnected_gradients="zero")
    elif machine.backend == "jax":
        import jax

        found = jax.grad(loss)(tensors)
    else:
        import torch

        tensors = {name: value.detach().requires_grad_() for name, value in tensors.items()}
        every = torch.autograd.grad(loss(tensors), list(tensors.values()), materialize_grads=True)
        found = dict(zip(tensors, every, strict=True))
    return {name: keras.ops.convert_to_numpy(value) for name, value in found.items()}
