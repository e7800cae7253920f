"""The figures that the benchmark of gradient checks prints, those that no clock decides."""

import benches
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bench():
    return benches.load("gradient_check")


def test_nine_layers_and_36_bugs(bench):
    layers = bench.layers()
    assert len(layers) == 9 and sum(len(layer.bugs) for layer in layers) == 36


def test_directions_and_exact_cases_find_every_bug(bench):
    for layer in bench.layers():
        configurations = [bench.configured(layer, inputs) for inputs in layer.ours]
        for name, forward, backward in bench.buggy(layer):
            found = not bench.directions_check(layer, configurations, forward, backward)
            assert found or not bench.exact_check(layer, forward, backward), f"{layer.name}: {name}"


def test_right_code_passes_from_many_seeds(bench):
    for seed in range(5):
        for layer in bench.layers(seed):
            configurations = [bench.configured(layer, inputs) for inputs in layer.ours]
            assert bench.directions_check(layer, configurations, layer.forward, layer.backward), (layer.name, seed)
            assert bench.exact_check(layer, layer.forward, layer.backward)


def test_the_full_check_misses_eight_at_its_own_shapes(bench):
    missed = [
        name
        for layer in bench.layers()
        for name, forward, backward in bench.buggy(layer)
        if bench.full_check(layer, forward, backward)
    ]
    assert len(missed) == 8


def test_ours_takes_a_tenth_of_the_forward_passes(bench):
    counts = {"full": 0, "ours": 0}
    for layer in bench.layers():

        def counted(which, function=layer.forward):
            def forward(*arguments, **keywords):
                counts[which] += 1
                return function(*arguments, **keywords)

            return forward

        bench.full_check(layer, counted("full"), layer.backward)
        configurations = [bench.configured(layer, inputs) for inputs in layer.ours]
        bench.directions_check(layer, configurations, counted("ours"), layer.backward)
    assert counts["ours"] < counts["full"] / 10
