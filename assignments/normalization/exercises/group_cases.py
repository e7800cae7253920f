"""Cases and identities of the norms that give groups of channels one mean: layer, instance and group norm."""

import numpy as np

from classroom.staff.declare.exercise import Case, identity
from classroom.staff.declare.inputs import shuffled

from .inputs import NEAR_EPS, batch, images, slopes


def norm_case(name, title, rng, x, direction, groups=None, kind="", eps=None, part=None):
    c = x.shape[1]
    inputs = {
        "x": x,
        "scale": rng.uniform(0.5, 2, c).astype(x.dtype),
        "shift": rng.normal(size=c).astype(x.dtype),
        "grad_y": rng.normal(size=x.shape).astype(x.dtype),
    }
    extra = ""
    if groups is not None:
        inputs["groups"], extra = groups, ", groups"
    if eps is not None:
        inputs["eps"], extra = eps, f"{extra}, eps=eps"
    calls = [f"y, cache = {name}_forward(x, scale, shift{extra})"]
    if direction == "forward":
        del inputs["grad_y"]
        return Case(title, inputs, calls, ("y",), kind=kind, part=part)
    calls.append(f"grad_x, grad_scale, grad_shift = {name}_backward(grad_y, cache)")
    return Case(title, inputs, calls, ("grad_x", "grad_scale", "grad_shift"), kind=kind)


def norm_cases(name, direction, seed, groups, vectors_too):
    """Visible cases and hidden generator of one of the norms; groups maps channels to a number of groups."""
    rng = np.random.default_rng(seed)

    def case(title, x, kind="", eps=None, rng=rng, count=None):
        number = count or groups[x.shape[1]] if groups else None
        # Who refuses whatever comes has refused nothing: groups of one channel are no reason to.
        part = "refusal" if direction == "forward" and count == x.shape[1] else None
        return norm_case(name, title, rng, x, direction, number, kind, eps, part)

    visible = [
        case("a small batch", images(rng, 2, 6, 3, 4)),
        case("three images", images(rng, 3, 4, 5, 2)),
        case("a spread near eps", images(rng, 2, 4, 3, 5, NEAR_EPS)),
        case("a spread near eps again", images(rng, 3, 6, 4, 2, NEAR_EPS)),
        case("a large eps", images(rng, 2, 8, 2, 3), eps=0.5),
        case("another eps", images(rng, 3, 4, 2, 5), eps=0.2),
    ]
    if vectors_too:
        visible += [case("rows", batch(rng, 4, 6)), case("long rows", batch(rng, 3, 10))]
    if groups:
        visible += [
            case("one group", images(rng, 2, 4, 3, 2), count=1),
            case("a group for each channel", images(rng, 2, 3, 4, 5), count=3),
        ]

    def hidden(rng):
        def drawn(title, x, kind, count=None):
            return case(title, x, kind, rng=rng, count=count)

        n, h, w = shuffled(rng, 2, 3, 5)
        made = [
            drawn("a", images(rng, n, 6, h, w), "odd shapes"),
            drawn("b", images(rng, w, 8, n, 7), "odd shapes"),
            drawn("c", images(rng, 1, 4, h, w), "one example"),
            drawn("d", images(rng, n, 4, h, w, NEAR_EPS), "a variance near eps"),
            drawn("e", images(rng, n, 6, h, w, dtype=np.float32), "float32"),
            drawn("f", images(rng, h, 4, w, n, dtype=np.float32), "float32"),
            drawn("g", images(rng, n, 8, h, 2 * w)[:, :, :, ::2], "non-contiguous"),
            drawn("h", images(rng, h, w + 3, 8, n).transpose(0, 2, 1, 3), "non-contiguous"),
        ]
        if groups:
            made += [
                drawn("j", images(rng, n, 9, h, w), "three groups of three"),
                drawn("k", images(rng, n, 5, h, w), "one group", 1),
                drawn("l", images(rng, n, 7, h, w), "a group for each channel", 7),
            ]
        return made + ([drawn("i", batch(rng, n, 12), "rows")] if vectors_too else [])

    return {"cases": visible, "hidden": hidden}


def by_group(numbers, c):
    """Give each channel the number of its group: (N, groups) becomes (N, C)."""
    return np.repeat(numbers, c // numbers.shape[1], axis=1)


def undone(c, count):
    """One image of c channels in groups, with the scale and shift by which its norm undoes itself."""

    def inputs(rng):
        x = images(rng, 1, c, 3, 4, 0.01)
        grouped = x.reshape(1, count, -1)
        scale = by_group(np.sqrt(grouped.var(axis=2) + 1e-5), c)[0]
        return {"x": x, "scale": scale, "shift": by_group(grouped.mean(axis=2), c)[0]}

    return inputs


def other_contrast(c, count):
    """Images, and the same with another brightness and contrast in each group of channels."""

    def inputs(rng):
        x = images(rng, 2, c, 3, 4)
        factor, summand = by_group(rng.uniform(0.5, 3, (2, count)), c), by_group(rng.normal(size=(2, count)), c)
        changed = factor[..., None, None] * x + summand[..., None, None]
        return {"x": x, "changed": changed, "scale": rng.uniform(0.5, 2, c), "shift": rng.normal(size=c)}

    return inputs


def only_contrast(c, count):
    """Images, and a gradient that would change nothing but the brightness and contrast of each group."""

    def inputs(rng):
        x = images(rng, 2, c, 3, 4)
        grouped = x.reshape(2, count, -1)
        hat = (grouped - grouped.mean(axis=2, keepdims=True)) / grouped.std(axis=2, keepdims=True)
        grad_y = rng.normal(size=(2, count, 1)) + rng.normal(size=(2, count, 1)) * hat
        return {"x": x, "scale": np.ones(c), "shift": np.zeros(c), "grad_y": grad_y.reshape(x.shape)}

    return inputs


def norm_identities(name, direction, c, count, groups):
    """What a norm has whose groups of channels share a mean; the first of them can be drawn for a class.

    eps is next to nothing where a spread must not be seen to change.
    """
    extra = f", {count}" if groups else ""
    if direction == "forward":
        return [
            identity(
                "with scale √(var + eps) and shift mean the norm of one image does nothing",
                f"y, _ = {name}_forward(x, scale, shift{extra})",
                "y == x",
                inputs=undone(c, count),
                hidden="a norm that undoes itself",
                part="y",
            ),
            identity(
                "another brightness and contrast of what shares a mean makes no difference",
                f"y, _ = {name}_forward(x, scale, shift{extra}, eps=1e-12)",
                f"y_of_changed, _ = {name}_forward(changed, scale, shift{extra}, eps=1e-12)",
                "y_of_changed == y",
                inputs=other_contrast(c, count),
                part="y",
            ),
        ]
    return [
        identity(
            "a gradient that only shifts and scales what shares a mean comes back as 0",
            f"_, cache = {name}_forward(x, scale, shift{extra}, eps=1e-12)",
            f"grad_x, _, _ = {name}_backward(grad_y, cache)",
            "grad_x == 0",
            inputs=only_contrast(c, count),
            hidden="a gradient that only shifts and scales",
            part="grad_x",
        ),
        slopes(
            f"y, cache = {name}_forward(x, scale, shift{extra})",
            f"grad_x, grad_scale, grad_shift = {name}_backward(grad_y, cache)",
            inputs={
                "x": images(np.random.default_rng(57), 2, c, 3, 2),
                "scale": np.random.default_rng(58).uniform(0.5, 2, c),
                "shift": np.random.default_rng(59).normal(size=c),
            },
        ),
    ]
