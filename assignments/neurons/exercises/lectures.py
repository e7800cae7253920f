"""Where the lectures explain what each exercise asks for."""

LECTURES = {
    "01_neuron: The idea": ["neuron_forward"],
    "01_neuron: Gates": ["logic_gate"],
    "01_neuron: Three ways to XOR": ["xor_net"],
    "01_neuron: Polygons: what one and two hidden layers can cut out": ["halfplane_polygon"],
    "02_backprop: The component at work": ["mse_forward", "mse_backward"],
    "01_neuron: What really happens: matrices": ["two_layer_forward", "quiz_1"],
    "02_backprop: The worked network, backwards": ["two_layer_backward"],
    "02_backprop: A number that is used twice": ["tape_gradient", "hunt_gradient_sum"],
    "02_backprop: What the backward walk saves": ["quiz_2"],
}
