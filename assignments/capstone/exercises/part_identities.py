"""What holds for a part whatever it is made of."""

import numpy as np

from classroom.staff.declare.exercise import Differ, Equal, Function, Generator, Property, identity
from solutions.capstone import my_parts

from .part_cases import EXAMPLES, GRADIENTS, mine


def parts_inputs(part, **more):
    """Return a function that draws the arguments of a part; more gives further inputs, made of the drawn ones."""

    def draw(rng):
        arguments, options = EXAMPLES[part](rng)
        inputs = {"unaided": Function("unaided"), **arguments}
        if part in GRADIENTS:
            y = my_parts()[f"{part}_forward"](**arguments, **options)[0]
            inputs["grad_y"] = rng.normal(size=y.shape)
        return inputs | {name: make(inputs) for name, make in more.items()}

    return draw


def adjoint_part(part, call, grads):
    """Say that a part which is linear in x sends gradients back by the transpose of its matrix."""
    return identity(
        f"{part}: the gradient of x by x is what grad_y by y is",
        *mine(f'y, cache = parts["{part}_forward"]({call})', f'{grads} = parts["{part}_backward"](grad_y, cache)'),
        "sum(y * grad_y) == sum(x * grad_x)",
        inputs=parts_inputs(part, **({"no_bias": lambda made: 0 * made["bias"]} if "no_bias" in call else {})),
        part=f"{part}_backward",
    )


def two_generators(rng):
    seed = int(rng.integers(10**6))
    return {
        "unaided": Function("unaided"),
        "rng": Generator(seed),
        "same_rng": Generator(seed),
        "other_rng": Generator(seed + 1),
    }


KAIMING_TWICE = [
    Property(
        relation,
        title=f"kaiming_normal: generators that {how} draw {what} weights",
        part="kaiming_normal",
        calls=mine(
            'weight = parts["kaiming_normal"]((6, 5), rng)', f'weight_again = parts["kaiming_normal"]((6, 5), {which})'
        ),
        inputs=two_generators,
    )
    for relation, how, what, which in (
        (Equal("weight", "weight_again"), "start alike", "the same", "same_rng"),
        (
            Differ("weight", "weight_again", "though they come from two generators"),
            "start differently",
            "other",
            "other_rng",
        ),
    )
]
RELU_BOTH_WAYS = identity(
    "relu(x) - relu(-x) = x",
    *mine('y, _ = parts["relu_forward"](x)', 'y_opposite, _ = parts["relu_forward"](opposite)'),
    "y - y_opposite == x",
    inputs=parts_inputs("relu", opposite=lambda made: -made["x"]),
    part="relu_forward",
)
LEAKY_BOTH_WAYS = identity(
    "leaky_relu(x) - leaky_relu(-x) = 1.25 x, for slope 0.25",
    *mine(
        'y, _ = parts["leaky_relu_forward"](x, slope=0.25)',
        'y_opposite, _ = parts["leaky_relu_forward"](opposite, slope=0.25)',
    ),
    "y - y_opposite - 1.25 * x == 0",
    inputs=parts_inputs("leaky_relu", opposite=lambda made: -made["x"]),
    part="leaky_relu_forward",
)
CONV_ADJOINT = adjoint_part("conv2d", "x, weight, no_bias, stride=1, padding=1", "grad_x, _, _")
LINEAR_ADJOINT = adjoint_part("linear", "x, weight, no_bias", "grad_x, _, _")
AVGPOOL_ADJOINT = adjoint_part("avgpool2d", "x, 2, 2", "grad_x")
GLOBAL_ADJOINT = adjoint_part("global_avg_pool", "x", "grad_x")
MAXPOOL_SHARES = identity(
    "maxpool2d: all of grad_y arrives in grad_x",
    *mine('y, cache = parts["maxpool2d_forward"](x, 2, 2)', 'grad_x = parts["maxpool2d_backward"](grad_y, cache)'),
    "sum(grad_x) == sum(grad_y)",
    inputs=parts_inputs("maxpool2d"),
    part="maxpool2d_backward",
)
BATCHNORM_BALANCED = identity(
    "spatial_batchnorm: moving a whole channel changes nothing, so its gradients add up to 0",
    *mine(
        'y, cache, _ = parts["spatial_batchnorm_forward"](x, scale, shift, running, training=True)',
        'grad_x, _, _ = parts["spatial_batchnorm_backward"](grad_y, cache)',
    ),
    "sum(grad_x, 0, 2, 3) == 0",
    inputs=parts_inputs("spatial_batchnorm"),
    part="spatial_batchnorm_backward",
)
LOSS_BALANCED = identity(
    "softmax_cross_entropy: raising all logits of an image changes nothing, so its gradients add up to 0",
    *mine('loss, grad_logits = parts["softmax_cross_entropy"](logits, labels)'),
    "sum(grad_logits, 1) == 0",
    inputs=parts_inputs("softmax_cross_entropy"),
    part="softmax_cross_entropy",
)
COASTING = identity(
    "momentum: where the gradient is 0, a step is 0.9 times the one before",
    *mine(
        'weight1, state = parts["momentum"](weight, grad, None, rate=0.1)',
        'weight2, state = parts["momentum"](weight1, nothing, state, rate=0.1)',
    ),
    "weight2 - 1.9 * weight1 + 0.9 * weight == 0",
    inputs=parts_inputs("momentum", nothing=lambda made: 0 * made["grad"]),
    part="momentum",
)
ANY_SCALE = identity(
    "adam: gradients a thousand times as large make the same first step",
    *mine(
        'weight1, _ = parts["adam"](weight, large, None, rate=0.1)',
        'weight2, _ = parts["adam"](weight, larger, None, rate=0.1)',
    ),
    "weight1 == weight2",
    inputs=parts_inputs(
        "adam",
        large=lambda made: made["grad"] + np.sign(made["grad"]),
        larger=lambda made: 1000 * (made["grad"] + np.sign(made["grad"])),
    ),
    part="adam",
)
