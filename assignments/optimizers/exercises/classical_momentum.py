"""Classical momentum."""

from classroom.staff.declare.exercise import identity
from solutions.optimizer import momentum

from .steps import from_zero, no_gradient_near_zero, rule_exercise


def momentum_dict(weight, grad, state=None, *, rate, momentum=0.9):
    old = 0.0 if state is None else state["velocity"]
    velocity = momentum * old + rate * grad
    return weight - velocity, {"velocity": velocity}


def momentum_negative(weight, grad, state=None, *, rate, momentum=0.9):
    step = -rate * grad if state is None else momentum * state - rate * grad
    return weight + step, step


def momentum_history(weight, grad, state=None, *, rate, momentum=0.9):
    steps = [*(state or []), rate * grad]
    velocity = sum(momentum**age * step for age, step in enumerate(reversed(steps)))
    return weight - velocity, steps


MOMENTUM = rule_exercise(
    momentum,
    72,
    {"momentum": 0.6},
    properties=[
        identity(
            "from 0, with momentum 0.75 and no gradient after the first step, the second is 0.75 as long",
            "w1, state1 = momentum(w0, g0, None, rate=0.3, momentum=0.75)",
            "w2, _ = momentum(w1, none, state1, rate=0.3, momentum=0.75)",
            "w2 - 1.75 * w1 == 0",
            inputs=from_zero,
            hidden="a step without a gradient",
        ),
        identity(
            "with momentum 0 nothing is remembered",
            "w1, state1 = momentum(w0, g0, None, rate=0.1, momentum=0.0)",
            "w2, _ = momentum(w1, g1, state1, rate=0.1, momentum=0.0)",
            "w2_without_state, _ = momentum(w1, g1, None, rate=0.1, momentum=0.0)",
            "w2 == w2_without_state",
            inputs=lambda rng: no_gradient_near_zero(rng, 2),
        ),
    ],
    mutants="""
    average: velocity + rate * grad => velocity + (1 - momentum) * rate * grad
        You weigh the gradient with 1 - momentum: that is the averaging form. The classical form adds rate * grad.
    average_with_rate_outside: velocity + rate * grad => velocity + (1 - momentum) * grad
        and return weight - velocity, velocity => return weight - rate * velocity, velocity
        You weigh the gradient with 1 - momentum: that is the averaging form. The classical form adds rate * grad.
    rate_outside: + rate * grad\\n    return weight - velocity, velocity
        => + grad\\n    return weight - rate * velocity, velocity
        The rate is used outside the velocity, and the velocity is asked for with the rate inside.
    forgets: velocity = momentum * velocity + rate => velocity = 0 * velocity + rate
        The velocity forgets everything: keep it as the state that you return, and multiply the old one by momentum.
    never_fades: velocity = momentum * velocity + rate => velocity = velocity + rate
        The old velocity is not multiplied by momentum, so it never fades.
    uphill: weight - velocity, velocity => weight + velocity, velocity
        A sign is turned: the weight climbs. Each step has to go against the gradient.
    step_alone: return weight - velocity, velocity => return velocity, velocity
        You return the step alone. Subtract it from the weight.
    old_velocity: return weight - velocity, velocity => return weight - (0 if state is None else state), velocity
        You step with the old velocity. Update it first, then step.
    starts_with_gradient: np.zeros_like(weight) if state is None => grad if state is None
        The velocity starts at 0, not at the first gradient.
    state_in_place: velocity = momentum * velocity + rate * grad
        => velocity *= momentum\\n    velocity += rate * grad
        You write into the state you were given, or keep it outside of the function.
        Who uses that state again then sees other numbers: return a new one.
    """,
    alternatives=[momentum_dict, momentum_negative, momentum_history],
    hints="""
    The state is one array, the velocity. None means zero.
    velocity = momentum * velocity + rate * grad; the new weight is weight - velocity.
    Return the new velocity as the state, in a new array.
    """,
)
