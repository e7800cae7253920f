"""Automatic differentiation of numbers: a graph of values that knows how to run backwards."""

from __future__ import annotations

import math

import numpy as np


class Value:
    """A number that remembers which numbers it was computed from.

    Parameters
    ----------
    data : float
    parents : tuple of Value
        What it was computed from.
    derivatives : tuple of float
        Derivative of this value with respect to each parent.

    Attributes
    ----------
    data : float
    grad : float
        After `backward` on the result: the derivative of the result with respect to this value.

    Notes
    -----
    Each node can do two things: compute its value from its inputs and its derivatives from its outputs.
    """

    def __init__(self, data: float, parents: tuple[Value, ...] = (), derivatives: tuple[float, ...] = ()) -> None:
        self.data = float(data)
        self.grad = 0.0
        self.parents = parents
        self.derivatives = derivatives

    def __repr__(self) -> str:
        return f"Value(data={self.data:g}, grad={self.grad:g})"

    def __add__(self, other: Value | float) -> Value:
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Value | float) -> Value:
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, exponent: float) -> Value:
        if isinstance(exponent, Value):
            raise ValueError("the exponent is a Value, needs a plain number: write (b.log() * a).exp() for b ** a")
        if self.data == 0 and exponent < 1 and exponent != 0:
            raise ValueError(f"0 ** {exponent} has no finite value and derivative: keep the base away from 0")
        if self.data < 0 and exponent != int(exponent):
            raise ValueError(f"({self.data}) ** {exponent} is not a real number: use a base above 0")
        slope = exponent * self.data ** (exponent - 1) if exponent else 0.0
        return Value(self.data**exponent, (self,), (slope,))

    def __neg__(self) -> Value:
        return self * -1.0

    def __sub__(self, other: Value | float) -> Value:
        return self + -as_value(other)

    def __truediv__(self, other: Value | float) -> Value:
        return self * as_value(other) ** -1.0

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: float) -> Value:
        return as_value(other) - self

    def __rtruediv__(self, other: float) -> Value:
        return as_value(other) / self

    def relu(self) -> Value:
        """max(0, x); the derivative at 0 is 0."""
        return Value(max(self.data, 0.0), (self,), (float(self.data > 0),))

    def tanh(self) -> Value:
        """Hyperbolic tangent, with derivative 1 - tanh(x)**2."""
        y = math.tanh(self.data)
        return Value(y, (self,), (1 - y * y,))

    def exp(self) -> Value:
        """e to the power x, which is its own derivative."""
        if self.data > 709:
            raise ValueError(f"exp({self.data}) is above the largest float64: keep the argument below 709")
        y = math.exp(self.data)
        return Value(y, (self,), (y,))

    def log(self) -> Value:
        """Natural logarithm, with derivative 1 / x."""
        if self.data <= 0:
            raise ValueError(f"log({self.data}) is not a real number: take it of numbers above 0")
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def backward(self) -> None:
        """Set `grad` of every value that this one was computed from.

        Notes
        -----
        A value is finished when all values computed from it have sent their part: hence the reversed topological order,
        and hence `+=`, because a value used twice receives two parts.  Old gradients are cleared first.
        """
        order = topological_order(self)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, derivative in zip(node.parents, node.derivatives, strict=True):
                parent.grad += node.grad * derivative


def as_value(number: Value | float) -> Value:
    """Wrap a plain number; leave a Value as it is."""
    return number if isinstance(number, Value) else Value(number)


def topological_order(result: Value) -> list[Value]:
    """List every value below `result` so that parents stand before what was computed from them.

    Parameters
    ----------
    result : Value

    Returns
    -------
    order : list of Value
        Each once; the last is `result`.

    Notes
    -----
    A depth-first walk with a stack of its own, because a chain of a thousand values is too deep for recursion.
    """
    order, seen = [], set()
    stack = [(result, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order


def tape_gradient(program: list, inputs: list) -> tuple[float, np.ndarray]:
    """Run a program written as plain data, then differentiate its last line.

    Parameters
    ----------
    program : list of steps
        Each step appends one node.  `["add", i, j]`, and likewise `"sub"`, `"mul"`, `"div"`, take nodes i and j;
        `["neg", i]`, `["relu", i]`, `["tanh", i]`, `["exp", i]`, `["log", i]` take node i; `["pow", i, exponent]` takes
        node i and a plain number.  Nodes 0 to len(inputs) - 1 are the inputs.
    inputs : list of float

    Returns
    -------
    value : float
        Of the last node.
    grads : array of shape (len(inputs),)
        Derivative of that value with respect to each input.

    Raises
    ------
    ValueError
        If there is no node, an operation is unknown, or a step refers to a node that does not exist yet.
    """
    nodes = [Value(number) for number in inputs]
    leaves = list(nodes)
    for step in program:
        nodes.append(_run_step(step, nodes))
    if not nodes:
        raise ValueError("program and inputs are both empty, need at least one node to differentiate")
    nodes[-1].backward()
    return nodes[-1].data, np.array([leaf.grad for leaf in leaves])


def _run_step(step: list, nodes: list[Value]) -> Value:
    """Compute the node of one step from the nodes before it."""
    op, *operands = step
    if op not in ("add", "sub", "mul", "div", "pow", "neg", "relu", "tanh", "exp", "log"):
        raise ValueError(f"operation is {op!r}, needs one of add, sub, mul, div, pow, neg, relu, tanh, exp, log")
    arity = 2 if op in ("add", "sub", "mul", "div", "pow") else 1
    if len(operands) != arity:
        raise ValueError(f"step {list(step)} has {len(operands)} operands, {op} needs {arity}")
    indices = operands[:1] if op == "pow" else operands
    for index in indices:
        if not 0 <= index < len(nodes):
            raise ValueError(f"step {list(step)} uses node {index}, but only 0 to {len(nodes) - 1} exist before it")
    x = nodes[operands[0]]
    if op == "pow":
        return x ** operands[1]
    if arity == 1:
        return -x if op == "neg" else getattr(x, op)()
    method = {"add": x.__add__, "sub": x.__sub__, "mul": x.__mul__, "div": x.__truediv__}[op]
    return method(nodes[operands[1]])
