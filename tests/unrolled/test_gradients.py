"""Gradients through time: each is the slope that small steps measure, and does what its figure says."""

import numpy as np
import pytest
from unrolled import gradients

STAGES, INPUTS, UNITS = 5, 3, 4
CLIFF = {"start": (5.0, -3.2), "steps": 10, "rate": 3}
"""A descent that meets the wall."""


def slope(function, place, step=1e-6):
    """The gradient of a function of an array, of the array's shape, by central differences."""
    measured = np.zeros_like(place)
    for index in np.ndindex(place.shape):
        ends = []
        for sign in (1, -1):
            moved = place.copy()
            moved[index] += sign * step
            ends.append(function(moved))
        measured[index] = (ends[0] - ends[1]) / (2 * step)
    return measured


@pytest.mark.parametrize("activation", sorted(gradients.ACTIVATIONS))
def test_gradients_are_the_slopes_of_the_loss(activation):
    rng = np.random.default_rng(0)
    X, U = rng.normal(size=(STAGES, INPUTS)), rng.normal(size=(UNITS, INPUTS))
    W, weights = rng.normal(size=(UNITS, UNITS)), rng.normal(size=UNITS)
    start = rng.uniform(size=UNITS)

    def loss(X, U, W):
        return weights @ gradients.states(X, U, W, activation, start)[-1]

    Z = gradients.states(X, U, W, activation, start)
    _, slope_of = gradients.ACTIVATIONS[activation]
    D = gradients.deltas(weights * slope_of(Z[-1]), Z, W, activation)
    by_U, by_W = gradients.weight_gradients(D, X, Z)
    assert np.linalg.norm(D, axis=1).min() > 1e-4, "no gradient is left to test"
    assert by_U == pytest.approx(slope(lambda U: loss(X, U, W), U), rel=1e-5, abs=1e-8)
    assert by_W == pytest.approx(slope(lambda W: loss(X, U, W), W), rel=1e-5, abs=1e-8)
    assert pytest.approx(slope(lambda X: loss(X, U, W), X), rel=1e-5, abs=1e-8) == D @ U


def test_states_follow_the_equation():
    X, U, W = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.1, 0.2]]), np.array([[0.5]])
    first = np.tanh(0.1 + 0.4)
    assert gradients.states(X, U, W) == pytest.approx(np.array([[0], [first], [np.tanh(1.1 + 0.5 * first)]]))


@pytest.mark.parametrize("stages", [3, 40])
@pytest.mark.parametrize("eigenvalue", [0.8, 1.0, 1.25])
def test_a_gradient_grows_with_the_largest_eigenvalue(eigenvalue, stages):
    lengths = gradients.lengths(eigenvalue, stages)
    assert lengths.shape == (stages,)
    assert lengths[-1] == pytest.approx(1)
    assert lengths[0] == pytest.approx(eigenvalue ** (stages - 1), rel=0.05)


def test_cliff_gradient_is_the_slope_of_the_cliff():
    measured = slope(lambda place: gradients.cliff_loss(*place), np.array(CLIFF["start"]))
    assert gradients.cliff_gradient(*CLIFF["start"]) == pytest.approx(measured, rel=1e-4)


def test_clipping_shortens_what_is_too_long_and_nothing_else():
    assert gradients.clip(np.array([3.0, 4.0]), 1) == pytest.approx([0.6, 0.8])
    assert gradients.clip(np.array([[0.3], [0.4]]), 1) == pytest.approx(np.array([[0.3], [0.4]]))


def test_clipping_keeps_the_descent_near():
    limit = 0.15
    free, clipped = gradients.cliff_descent(**CLIFF), gradients.cliff_descent(**CLIFF, limit=limit)
    assert free.shape == clipped.shape == (CLIFF["steps"] + 1, 2)
    assert gradients.cliff_loss(*free[-1]) > 0.4
    assert gradients.cliff_loss(*clipped[-1]) < 0.1
    assert np.hypot(*np.diff(clipped, axis=0).T).max() <= CLIFF["rate"] * limit + 1e-12


def test_the_backend_finds_the_slopes_too():
    from keras import ops

    rng = np.random.default_rng(3)
    values = {"a": rng.normal(size=(2, 3)), "b": rng.normal(size=3), "unused": np.ones(2)}
    found = gradients.automatic(lambda v: ops.sum((v["a"] * v["b"]) ** 2), values)
    assert found["a"] == pytest.approx(2 * values["a"] * values["b"] ** 2)
    assert found["b"] == pytest.approx(2 * values["b"] * (values["a"] ** 2).sum(axis=0))
    assert not found["unused"].any()
