"""Where the lectures explain what each exercise asks for."""

LECTURES = {
    "08_initialization: The component at work": ["fans", "normal", "hunt_fan_out"],
    "08_initialization: Constant weights: a wide layer that is one unit": ["constant", "quiz_1"],
    "08_initialization: Six layers of 4096 units": [
        "xavier_normal",
        "xavier_uniform",
        "kaiming_normal",
        "kaiming_uniform",
        "forward_stats",
    ],
    "08_initialization: Beyond: orthogonal and data-driven starts": ["orthogonal", "lsuv"],
    "08_initialization: Fifty layers": ["quiz_2"],
}
