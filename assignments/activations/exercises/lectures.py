"""Where the lectures explain what each exercise asks for."""

LECTURES = {
    "02_backprop: How large a step? The V-curve": ["numerical_gradient", "quiz_2"],
    "02_backprop: False alarms": ["relative_error", "quiz_1"],
    "03_activation: Formulas that overflow": ["sigmoid_forward", "hunt_tanh"],
    "03_activation: Saturation and the flow of gradients": ["sigmoid_backward"],
    "03_activation: The component at work": [
        "tanh_forward",
        "tanh_backward",
        "elu_forward",
        "elu_backward",
        "softplus_forward",
        "softplus_backward",
        "maxout_forward",
        "maxout_backward",
        "hunt_elu",
        "hunt_leaky",
    ],
    "03_activation: Dying ReLU": [
        "relu_forward",
        "relu_backward",
        "leaky_relu_forward",
        "leaky_relu_backward",
        "prelu_forward",
        "prelu_backward",
    ],
    "03_activation: ReLU as a crowd of sigmoids": ["softplus_series"],
    "03_activation: Inputs that are always positive": ["quiz_3"],
}
