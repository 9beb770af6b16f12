"""Operations of a graph: one more for each that a layer adds; a loop counts once, a chain at every step."""

import keras
import numpy as np
import pytest
from unrolled import graphs, machine


def test_a_layer_that_does_more_has_more():
    one, two = keras.layers.Dense(2), keras.Sequential([keras.layers.Dense(2), keras.layers.Dense(2)])
    assert 0 < graphs.operations(one, (4, 3)) < graphs.operations(two, (4, 3))


@pytest.mark.skipif(machine.backend == "torch", reason="PyTorch makes no graph beforehand")
def test_a_chain_grows_by_as_much_at_every_step_and_a_loop_does_not():
    counts = {
        unroll: [graphs.operations(layer, (4, steps, 3)) for steps in (2, 3, 4)]
        for unroll in (True, False)
        for layer in [keras.layers.SimpleRNN(5, unroll=unroll)]
    }
    added = np.diff(counts[True])
    assert added[0] == added[1] > 0
    assert len(set(counts[False])) == 1
