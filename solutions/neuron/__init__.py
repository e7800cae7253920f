"""Neurons with hand-set weights, and the worked network of two layers."""

from solutions.neuron.polygon import halfplane_polygon, polygon_union
from solutions.neuron.threshold import logic_gate, neuron_forward, xor_difference, xor_feature, xor_net
from solutions.neuron.two_layer import two_layer_backward, two_layer_forward

__all__ = [
    "halfplane_polygon",
    "logic_gate",
    "neuron_forward",
    "polygon_union",
    "two_layer_backward",
    "two_layer_forward",
    "xor_difference",
    "xor_feature",
    "xor_net",
]
