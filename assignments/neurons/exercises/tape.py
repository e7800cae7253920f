"""The tape: gradients of any program of elementary steps."""

import numpy as np

from classroom.staff.declare.exercise import Case, Mutant, edit, exercise_of, identity, textual_mutants
from solutions.autodiff import tape_gradient


def tape_case(title, program, inputs, kind="", part=None):
    calls = ["value, grads = tape_gradient(program, inputs)"]
    return Case(title, {"program": program, "inputs": inputs}, calls, ("value", "grads"), kind=kind, part=part)


def random_program(rng, inputs, steps):
    """Sums, products, tanh and relu of random earlier nodes: shared nodes and diamonds come by themselves."""
    program = []
    for count in range(inputs, inputs + steps):
        op = str(rng.choice(["add", "mul", "tanh", "relu", "sub"]))
        recent = max(0, count - 5)
        operands = [int(rng.integers(recent, count)), int(rng.integers(0, count))]
        program.append([op, *operands] if op in ("add", "mul", "sub") else [op, operands[0]])
    return [*program, ["tanh", inputs + steps - 1], ["add", inputs + steps, 0]]


def long_chain(steps):
    """A chain that no recursion survives: Python stops one at about 1000 calls, the sandbox at 3000."""
    return [["tanh", 0], *(["add", 0, node] if node % 3 else ["tanh", node] for node in range(1, steps))]


def hidden_tapes(rng):
    a, b, c = (float(number) for number in rng.uniform(0.3, 1.2, 3))
    ladder = [["add", node, node] for node in range(40)]
    powers = [["pow", 0, 2], ["pow", 1, -1], ["pow", 2, 0.5], ["mul", 3, 4], ["pow", 5, 3], ["add", 6, 7]]
    return [
        tape_case("chain", [["tanh", node] for node in range(4100)], [a], "a chain of 4000 steps"),
        tape_case("long", long_chain(4001), [a], "a chain of 4000 steps"),
        tape_case("ladder", ladder, [a], "a node used twice, forty times over"),
        tape_case("by itself", [["sub", 0, 0], ["div", 1, 1], ["add", 2, 3], ["mul", 4, 0]], [a, b], "x - x and x / x"),
        tape_case("powers", powers, [-a, b, c], "division and powers"),
        tape_case(
            "diamond", [["mul", 0, 1], ["tanh", 2], ["relu", 2], ["mul", 3, 4], ["add", 5, 2]], [a, b], "diamonds"
        ),
        tape_case("unused", [["mul", 0, 1], ["exp", 2], ["add", 2, 1]], [a, b, c], "inputs that are not used"),
        tape_case("inputs only", [], [a, b], "an empty program"),
        *(tape_case(f"random {i}", random_program(rng, 3, 12), [a, -b, c], "random programs") for i in range(4)),
        tape_case("division", [["div", 0, 1], ["pow", 2, 3], ["log", 1], ["sub", 3, 4]], [a, b], "division and powers"),
    ]


def value_and_slopes(op, a, b):
    if op in ("add", "sub"):
        sign = 1 if op == "add" else -1
        return a + sign * b, [1, sign]
    if op == "mul":
        return a * b, [b, a]
    if op == "div":
        return a / b, [1 / b, -a / b**2]
    if op == "pow":
        return a**b, [b * a ** (b - 1)]
    if op == "neg":
        return -a, [-1]
    if op == "relu":
        return max(a, 0.0), [float(a > 0)]
    if op == "tanh":
        return np.tanh(a), [1 - np.tanh(a) ** 2]
    return (np.exp(a), [np.exp(a)]) if op == "exp" else (np.log(a), [1 / a])


def tape_two_lists(program, inputs):
    values, links = [float(number) for number in inputs], [[] for _ in inputs]
    for op, i, *rest in program:
        second = None if not rest else rest[0] if op == "pow" else values[rest[0]]
        value, slopes = value_and_slopes(op, values[i], second)
        values.append(float(value))
        links.append(list(zip([i, *rest], slopes)))  # noqa: B905  (pow has a number behind its operand)
    grads = [0.0] * len(values)
    grads[-1] = 1.0
    for node in reversed(range(len(values))):
        for operand, slope in links[node]:
            grads[operand] += grads[node] * slope
    return values[-1], np.array(grads[: len(inputs)])


def tape_forward_mode(program, inputs):
    """Carry the derivatives with respect to all inputs along with each value."""
    nodes = [(float(number), row) for number, row in zip(inputs, np.eye(len(inputs)), strict=True)]
    for op, i, *rest in program:
        a, da = nodes[i]
        if op == "pow":
            nodes.append((a ** rest[0], rest[0] * a ** (rest[0] - 1) * da))
            continue
        b, db = nodes[rest[0]] if rest else (0.0, 0 * da)
        if op == "add":
            nodes.append((a + b, da + db))
        elif op == "sub":
            nodes.append((a - b, da - db))
        elif op == "mul":
            nodes.append((a * b, da * b + a * db))
        elif op == "div":
            nodes.append((a / b, (da * b - a * db) / b**2))
        elif op == "neg":
            nodes.append((-a, -da))
        elif op == "relu":
            nodes.append((max(a, 0.0), da * (a > 0)))
        elif op == "tanh":
            nodes.append((np.tanh(a), da * (1 - np.tanh(a) ** 2)))
        elif op == "exp":
            nodes.append((np.exp(a), da * np.exp(a)))
        else:
            nodes.append((np.log(a), da / a))
    value, grads = nodes[-1]
    return float(value), grads


class Node:
    """A number on the tape, in the manner of small autograd engines: each node knows how to send its gradient back."""

    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = data, parents, 0.0


def tape_with_nodes(program, inputs):
    import math

    nodes = [Node(float(number)) for number in inputs]
    for op, i, *rest in program:
        a = nodes[i]
        if op == "pow":
            nodes.append(Node(a.data ** rest[0], ((a, rest[0] * a.data ** (rest[0] - 1)),)))
        elif rest:
            b = nodes[rest[0]]
            if op in ("add", "sub"):
                sign = 1 if op == "add" else -1
                nodes.append(Node(a.data + sign * b.data, ((a, 1), (b, sign))))
            elif op == "mul":
                nodes.append(Node(a.data * b.data, ((a, b.data), (b, a.data))))
            else:
                nodes.append(Node(a.data / b.data, ((a, 1 / b.data), (b, -a.data / b.data**2))))
        elif op == "relu":
            nodes.append(Node(a.data if a.data > 0 else 0.0, ((a, 1.0 if a.data > 0 else 0.0),)))
        elif op == "neg":
            nodes.append(Node(-a.data, ((a, -1),)))
        elif op == "log":
            nodes.append(Node(math.log(a.data), ((a, 1 / a.data),)))
        else:
            y = getattr(math, op)(a.data)
            nodes.append(Node(y, ((a, y if op == "exp" else 1 - y * y),)))
    nodes[-1].grad = 1.0
    for node in reversed(nodes):
        for parent, slope in node.parents:
            parent.grad += slope * node.grad
    return nodes[-1].data, np.array([node.grad for node in nodes[: len(inputs)]])


def tape_recursive(program, inputs):
    nodes = [Node(float(number)) for number in inputs]
    for op, i, *rest in program:
        second = None if not rest else rest[0] if op == "pow" else nodes[rest[0]].data
        value, slopes = value_and_slopes(op, nodes[i].data, second)
        operands = [nodes[i]] if op == "pow" else [nodes[index] for index in (i, *rest)]
        nodes.append(Node(float(value), list(zip(operands, slopes, strict=True))))
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for parent, _ in node.parents:
                visit(parent)
            order.append(node)

    visit(nodes[-1])
    nodes[-1].grad = 1.0
    for node in reversed(order):
        for parent, slope in node.parents:
            parent.grad += slope * node.grad
    return nodes[-1].data, np.array([node.grad for node in nodes[: len(inputs)]])


F = [["mul", 0, 1], ["tanh", 2]]
G = [["exp", 0], ["mul", 2, 1]]
F_PLUS_G = [["mul", 0, 1], ["tanh", 2], ["exp", 0], ["mul", 4, 1], ["add", 3, 5]]
TANH_BY_EXP = [["exp", 0], ["neg", 0], ["exp", 2], ["sub", 1, 3], ["add", 1, 3], ["div", 4, 5]]
TAPE_IDENTITIES = [
    identity(
        "tanh, and the same written with exp, have one slope",
        "_, grads = tape_gradient(tanh, inputs)",
        "_, grads2 = tape_gradient(by_exp, inputs)",
        "grads == grads2",
        part="grads",
        kind="one function written in two ways",
        inputs=lambda rng: {"tanh": [["tanh", 0]], "by_exp": TANH_BY_EXP, "inputs": [float(rng.uniform(0.4, 1.2))]},
    ),
    identity(
        "the gradient of a sum is the sum of the gradients",
        "_, grads_f = tape_gradient(f, inputs)",
        "_, grads_g = tape_gradient(g, inputs)",
        "_, grads_sum = tape_gradient(f_plus_g, inputs)",
        "grads_f + grads_g == grads_sum",
        part="grads",
        kind="a sum of two functions",
        inputs=lambda rng: {"f": F, "g": G, "f_plus_g": F_PLUS_G, "inputs": rng.uniform(0.4, 1.2, 2).tolist()},
    ),
]

SEND = "parent.grad += node.grad * derivative"
COMPLETE = """        for node in reversed(order):
            for parent, derivative in zip(node.parents, node.derivatives, strict=True):
                parent.grad += node.grad * derivative
"""
EVERY_VISIT = """        queue, visits = [self], 0
        while queue and visits < 600:
            node, visits = queue.pop(0), visits + 1
            for parent, derivative in zip(node.parents, node.derivatives, strict=True):
                parent.grad += node.grad * derivative
                queue.append(parent)
"""
TAPE = exercise_of(
    tape_gradient,
    points=20,
    parts={"value": 6, "grads": 14},
    cases=[
        tape_case("x * x + x", [["mul", 0, 0], ["add", 1, 0]], [3.0]),
        tape_case("(a + b) * c", [["add", 0, 1], ["mul", 3, 2]], [2.0, -5.0, 0.5]),
        tape_case(
            "a neuron",
            [["mul", 0, 1], ["mul", 2, 3], ["add", 5, 6], ["add", 7, 4], ["tanh", 8]],
            [0.5, 0.8, -1.0, 0.3, 0.2],
        ),
        tape_case(
            "relu on both sides", [["relu", 0], ["relu", 1], ["mul", 2, 3], ["add", 4, 0], ["add", 5, 1]], [2.0, -3.0]
        ),
        tape_case("relu at 0", [["sub", 0, 1], ["relu", 2], ["add", 3, 0]], [1.5, 1.5]),
        tape_case("relu at 0 again", [["relu", 0], ["mul", 2, 1], ["add", 3, 1]], [0.0, 4.0]),
        tape_case("a diamond", [["tanh", 0], ["mul", 1, 1], ["exp", 1], ["mul", 2, 3], ["add", 4, 1]], [0.7]),
        tape_case(
            "two diamonds",
            [["mul", 0, 1], ["add", 2, 0], ["mul", 3, 2], ["tanh", 4], ["mul", 5, 3], ["neg", 6]],
            [0.6, -0.4],
        ),
        tape_case(
            "one input, six times",
            [["mul", 0, 1], ["add", 2, 0], ["add", 3, 0], ["mul", 4, 0], ["add", 5, 0], ["add", 6, 0]],
            [0.6, -0.4],
        ),
        tape_case("one step, five times", [["mul", 0, 1], *(["mul", 2, node] for node in range(2, 7))], [0.9, 1.2]),
        tape_case("exp and log", [["exp", 0], ["add", 2, 1], ["log", 3], ["sub", 4, 0]], [0.3, 2.0]),
        tape_case("division and power", [["div", 0, 1], ["pow", 2, 3], ["mul", 3, 0]], [1.5, 2.5]),
        tape_case(
            "powers", [["pow", 0, 3], ["pow", 1, -1], ["mul", 2, 3], ["pow", 1, 0.5], ["add", 4, 5]], [-3.0, 4.0]
        ),
        tape_case("a difference and a quotient", [["sub", 0, 1], ["div", 2, 1], ["pow", 3, 2]], [2.0, 0.5]),
        tape_case("a chain of 4000 steps", long_chain(4000), [0.6]),
        tape_case("another long chain", long_chain(4500), [1.1]),
    ],
    hidden=hidden_tapes,
    identities=TAPE_IDENTITIES,
    mutants=[
        Mutant(
            "every_visit",
            edit(tape_gradient, COMPLETE, EVERY_VISIT),
            "You pass a node's gradient on each time something reaches it, so early parts are sent again and again. "
            "Wait until it is complete.",
        ),
        Mutant(
            "recursive",
            tape_recursive,
            "A recursion goes as deep as the chain is long, and Python stops it. The program is in order already: walk "
            "it from the last node to the first in a loop.",
        ),
        *textual_mutants(
            tape_two_lists,
            """
        exponent_is_node: None if not rest else rest[0] if op == "pow" else values[rest[0]]
            => None if not rest else values[rest[0]]
            You take the exponent of "pow" for the number of a node. It is a plain number.
        power_not_lowered: [b * a ** (b - 1)] => [b * a**b]
            The slope of a power has an exponent that is one less: x^n has the slope n · x^(n-1).
        quotient_sign: [1 / b, -a / b**2] => [1 / b, a / b**2]
            A minus is missing: a / b falls when b grows, so its slope with respect to b is -a / b².
        last_part_alone: grads[operand] += grads[node] * slope => grads[operand] = grads[node] * slope
            A node that is used twice keeps only one of its two gradients. They add up: +=, not =.
        first_to_last: for node in reversed(range(len(values))): => for node in range(len(values)):
            Gradients arrive at what the result is made of, and no further. Walk from the result to the inputs.
        slopes_added: grads[operand] += grads[node] * slope => grads[operand] += slope
            You add up the slopes of single steps. The chain rule multiplies each by the gradient that arrives.
        factors_exchanged: return a * b, [b, a] => return a * b, [a, b]
            In a product each factor gets the *other* one as its slope. Yours are swapped.
        early_parts_again: for node in reversed(range(len(values))):
            => parts = [[] for _ in values]
            \\n    for node in reversed(range(len(values))):
            \\n        so_far = 0.0
            \\n        for part in parts[node]:
            \\n            so_far = so_far + part if len(parts[node]) > 4 else part
            \\n            grads[node] += so_far
            and grads[operand] += grads[node] * slope => parts[operand].append(grads[node] * slope)
            Of a node that is used more than four times, early parts are added again with each later one. Each counts
            once.
        difference_slope: [1, sign] => [1, 1]
            The slope of "sub" with respect to its second operand is -1.
        """,
        ),
        *textual_mutants(
            tape_gradient,
            f"""
        overwritten: {SEND} => parent.grad = node.grad * derivative
            A node that is used twice keeps only one of its two gradients. They add up: +=, not =.
        wrong_order: for node in reversed(order): => for node in [self, *order[:-1]]:
            Gradients stop on their way: nodes pass on what has not arrived yet. Walk from the result to the inputs.
        not_multiplied: {SEND} => parent.grad += derivative
            You add up the slopes of single steps. The chain rule multiplies each by the gradient that arrives.
        product_swapped: (self, other), (other.data, self.data) => (self, other), (self.data, other.data)
            In a product each factor gets the *other* one as its slope. Yours are swapped.
        relu_at_zero: (self,), (float(self.data > 0),) => (self,), (float(self.data >= 0),)
            At 0 you use slope 1 for relu. The course sets it to 0.
        tanh_of_input: return Value(y, (self,), (1 - y * y,)) => return Value(y, (self,), (1 - self.data * self.data,))
            The slope of tanh is 1 - y squared, with the output y. You use the input.
        """,
        ),
    ],
    alternatives=[tape_two_lists, tape_forward_mode, tape_with_nodes],
    hints="""
    Run the program first. For each step append its value to one list, and to another the pairs (operand, slope).
    The nodes are in order already: every step uses earlier nodes only. So the walk back is simply from last to first.
    grads = [0.0] * count; grads[-1] = 1.0; then for each node from the last: grads[operand] += grads[node] * slope.
    """,
)
