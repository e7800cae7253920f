"""Why student code stops: what numpy and Python say, told with the names and shapes of the case.

Each sentence is read off the message and the inputs; where neither tells anything, there is none.
"""

import ast
import dataclasses
import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from classroom.call.caller import Caller, CallError, Run
from classroom.call.script import Call, target_names
from classroom.call.value import Value, brief
from classroom.judge.answer_sheet import SheetCase
from classroom.judge.compare import compare
from classroom.judge.symptom import Symptom

_SHAPE = r"\([\d,? ]*\)"
Find = Callable[[re.Match[str], CallError, SheetCase], str]


def stop(error: CallError, case: SheetCase, caller: Caller) -> Symptom | None:
    """Return what a stop is due to, as far as it can be seen; None where it cannot.

    Parameters
    ----------
    error : of the call that stopped
    case : in which it did
    caller : runs its calls once more, to see what came back
    """
    if error.kind == "arity":
        return _another_number_of_values(error, case, caller)
    if error.kind != "crashed":
        return None
    if "NoneType" in error.message:
        return _none_inside(error, case, caller)
    for name, pattern, find in _MESSAGES:
        match = re.search(pattern, f"{error.name}: {error.message}")
        sentence = find(match, error, case) if match else ""
        if sentence:
            return Symptom(name, sentence)
    return None


# --- what came back -------------------------------------------------------------------------------


def _another_number_of_values(error: CallError, case: SheetCase, caller: Caller) -> Symptom | None:
    """Look at what the call returned: nothing, a value alone, too many of them, or in another order."""
    index = next((i for i, call in enumerate(case.script) if call.text == error.call), None)
    if index is None or isinstance(case.script[index].targets, str):
        return None
    call = case.script[index]
    if "nothing (None)" in error.message:
        return Symptom("nothing", f"{call.function} returns nothing: is a `return` missing at its end?")
    value = _returned(case.script[: index + 1], case, caller)
    names = [item for item in call.targets if isinstance(item, str)]
    if not isinstance(value, list | tuple):
        fits = [name for name in names if name in case.expected and compare(value, case.expected[name]).right]
        if fits:
            return Symptom(
                "one value alone", f"{fits[0]} comes back alone, and it is right: return {', '.join(names)}."
            )
        return Symptom("one value alone", f"One value comes back alone: return {', '.join(names)}, in this order.")
    if len(value) > len(call.targets):
        return Symptom("too many values", f"{len(value)} values come back: return {', '.join(names)}, and no more.")
    count = "One value comes" if len(value) == 1 else f"{len(value)} values come"
    return Symptom("too few values", f"{count} back: return {', '.join(names)}, all of them.")


def _returned(calls: Sequence[Call], case: SheetCase, caller: Caller) -> Value:
    """Return what the last of these calls returns as a whole; None where it cannot be read."""
    whole = dataclasses.replace(calls[-1], targets="returned")
    return caller.run([*calls[:-1], whole], case.inputs, ["returned"]).values.get("returned")


def exchanged_with_cache(case: SheetCase, values: Mapping[str, Value], caller: Caller) -> Symptom | None:
    """Say so when an output and something that is not compared, such as the cache, have changed places."""
    for call in case.script:
        names = target_names(call.targets)
        wrong = [name for name in names if name in case.expected and name in values]
        wrong = [name for name in wrong if not compare(values[name], case.expected[name]).right]
        others = [name for name in names if name not in case.expected]
        if not wrong or not others or isinstance(call.targets, str):
            continue
        for other in others:
            run: Run = caller.run(case.script, case.inputs, [other])
            if other in run.values and compare(run.values[other], case.expected[wrong[0]]).right:
                return Symptom(
                    f"{wrong[0]} and {other} exchanged",
                    f"{wrong[0]} and {other} have changed places: return {', '.join(names)}, in this order.",
                )
    return None


def _none_inside(error: CallError, case: SheetCase, caller: Caller) -> Symptom:
    """Say which value is None: one that an earlier call of the script returned, or one inside the function."""
    index = next((i for i, call in enumerate(case.script) if call.text == error.call), 0)
    for earlier in case.script[:index]:
        names = target_names(earlier.targets)
        for name in names:
            run = caller.run(case.script[:index], case.inputs, [name])
            if name in run.values and run.values[name] is None and name in case.script[index].uses:
                function = case.script[index].function
                sentence = f"{name} is None: {earlier.text} returned none, and {function} needs it in this case too."
                return Symptom(f"{name} is None", sentence)
    asked = {word for call in case.script[index : index + 1] for word in call.uses}
    nothing = [name for name, value in case.inputs.items() if value is None and name in asked]
    if nothing:
        sentence = f"Something in this line is None, and {nothing[0]} is None in this case: is that allowed for?"
        return Symptom("None given", sentence)
    return Symptom(
        "None inside",
        "Something in this line is None: does a function that is called there return nothing, or is a name or an "
        "argument None?",
    )


# --- what numpy and Python say --------------------------------------------------------------------


def _numbers(shape: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", shape))


def _called(shape: tuple[int, ...], error: CallError, case: SheetCase) -> str:
    """Return the input of this shape that stands by itself in the student's line: "(4, 3), the shape of x"."""
    names = [
        name
        for name, value in case.inputs.items()
        if isinstance(value, np.ndarray)
        and value.shape == shape
        and (not error.line or re.search(rf"(?<![\w.]){name}\b(?!\s*[\[.(])", error.line))
    ]
    return f"{shape}, the shape of {' and '.join(names[:2])}," if names else f"{shape}"


def _apart(shapes: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the first two shapes that do not fit each other: np.where and np.clip have three."""
    for one, other in itertools.combinations(shapes, 2):
        if any(1 not in sizes and sizes[0] != sizes[1] for sizes in zip(reversed(one), reversed(other), strict=False)):
            return one, other
    return shapes[0], shapes[1]


def _broadcast(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    shapes = _apart([_numbers(shape) for shape in re.findall(_SHAPE, error.message[error.message.find("shapes") :])])
    called = {shape: _called(shape, error, case) for shape in shapes}
    text = f"{called[shapes[0]]} and {called[shapes[1]]} do not fit: numpy aligns axes from the last one."
    if _one_is_empty(*shapes):
        return f"{text} {_NO_ENTRIES}"
    longer, shorter = sorted(shapes, key=len, reverse=True)
    axes = [k for k in range(len(longer) - 1, 0, -1) if longer[:k] + longer[k + 1 :] == shorter]
    # What is written into is no sum, and neither are entries that are taken out of an input.
    in_place = re.search(r"[-+*/@&|^]=" if shapes[0] == shorter else r"\] ?[-+*/@&|^]=", error.line)
    if in_place or _takes_entries(error.line, case):
        return text
    given = called[shorter] != f"{shorter}"  # an input is as it was given, and no sum
    if axes and not given and re.search(r"\b(sum|mean|average|max|min|var|std|reduce)\(", error.line):
        text += (
            f" A sum or mean of {longer} over axis {' or '.join(map(str, axes))} has the shape {shorter}: if that is "
            "meant, keepdims=True keeps the axis as 1, and then they fit."
        )
    elif len(longer) > len(shorter) + given and len(shorter) == 1 and shorter[0] in longer:
        axis = longer.index(shorter[0])
        wanted = tuple(size if k == axis else 1 for k, size in enumerate(longer))
        if axis < 2:  # examples, or channels: numbers for rows and columns of images are few
            text += f" If one number for each entry of axis {axis} is meant, it needs the shape {wanted}."
    return text


def _takes_entries(line: str, case: SheetCase) -> bool:
    """Whether a line takes entries out of an input, as x[:, j] does; x[:, None] takes none."""
    arrays = [name for name, value in case.inputs.items() if isinstance(value, np.ndarray)]
    indices = [index for name in arrays for index in re.findall(rf"(?<![\w.]){re.escape(name)}\[([^\]]*)", line)]
    return any(re.sub(r"None|np\.newaxis|[\s:.,]", "", index) for index in indices)


_NO_ENTRIES = (
    "The 0 is an array made with a size of 0, or a slice that takes nothing: it begins past the end of its axis, or "
    "ends no later than it begins, as [p:-p] does where p is 0."
)


def _one_is_empty(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return (0 in one) != (0 in other)


def _assigned(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    value, place = (_numbers(shape) for shape in re.findall(_SHAPE, match[0])[:2])
    before = f", or {(1, *value)}," if len(value) >= len(place) else ""  # numpy has left out axes of 1 in front
    text = f"An array of shape {value}{before} does not go into a place of shape {place}."
    return f"{text} {_NO_ENTRIES}" if _one_is_empty(value, place) else text


def _written_back(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    mine, result = (_numbers(shape) for shape in re.findall(_SHAPE, match[0])[:2])
    text = f"The result has the shape {result} and cannot be written back in place into an array of shape {mine}"
    return f"{text}. {_NO_ENTRIES}" if _one_is_empty(mine, result) else f"{text}, which does not grow."


def _requested(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    shape, wanted = (_numbers(found) for found in re.findall(_SHAPE, match[0])[:2])
    if re.search(r"\bpad\(", error.line):
        return (
            f"np.pad takes a pair of widths for each axis, or one for all: the array has {wanted[0]} axes, and the "
            f"widths have the shape {shape}."
        )
    return f"An array of shape {shape} cannot be repeated to the shape {wanted}: numpy aligns axes from the last one."


def _unequal_letters(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    if re.search(r"@|matmul", error.line):
        return "Of the axes before the last two, over which @ goes in step, the two sides have other sizes."
    if error.line and "einsum" not in error.line:
        return "A function called in this line gets an array of another shape than it takes: print its shape there."
    return "Two arrays in an einsum have other sizes along an axis with the same letter: print their shapes there."


def _product(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    shapes = [
        f"{name} {value.shape}" for name, value in case.inputs.items() if isinstance(value, np.ndarray) and value.ndim
    ]
    sizes = match.groupdict()
    here = f" Here are {', '.join(shapes[:4])}." if shapes else ""
    axes = {name: value.ndim for name, value in case.inputs.items() if isinstance(value, np.ndarray)}
    used = [name for name in axes if not error.line or re.search(rf"(?<![\w.]){name}\b(?!\.)", error.line)]
    deep = next((name for name in used if axes[name] > 2), "") if 2 in axes.values() else ""
    flat = f" Or is {deep}, which has {axes[deep]} axes, not flattened yet?" if deep else ""
    return (
        f"A matrix product needs equal inner sizes, and these are {sizes['one']} and {sizes['other']}.{here} Is one "
        f"not what you think, is a transpose (.T) missing, or are the two exchanged?{flat}"
    )


_ASKED_FOR = r"expected (?:at least )?(\d+)(?:, got (\d+))?"  # of an error of unpacking


def _unpacked(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    found = re.search(r"=\s*(\w+)\.shape\s*$", error.line)
    value = case.inputs.get(found[1]) if found else None
    if found and isinstance(value, np.ndarray) and _may_be_unpacked_there(value.ndim, error.message):
        return f"{found[1]} has {value.ndim} axes in this case, {value.shape}, and your line expects another number."
    source = re.search(r"=\s*(\w+)\s*$", error.line)
    if source:
        it = "it, or a part of it," if "(" in error.line else "it"
        return (
            f"It is your own line that unpacks {source[1]}: {it} holds another number of values than there are names."
        )
    if error.line and not _unpacks(error.line, re.search(_ASKED_FOR, error.message)):
        return "A function in your line takes apart what it is given, into another number of parts than it has."
    return "It is a line inside your function that unpacks another number of values than it has names for."


def _may_be_unpacked_there(count: int, message: str) -> bool:
    """Whether so many values are what Python had; if not, the name in the line is another's, in a function called."""
    told = re.search(_ASKED_FOR, message)
    return told is not None and (count == int(told[2]) if told[2] else count > int(told[1]))


def _unpacks(line: str, told: re.Match[str] | None) -> bool:
    """Whether a line has so many names to give values to; one that is not the whole of a statement may have."""
    try:
        tree = ast.parse(f"{line.strip()} pass" if line.rstrip().endswith(":") else line.strip())
    except SyntaxError:
        return True
    tuples = (node for node in ast.walk(tree) if isinstance(node, ast.Tuple | ast.List))
    names = [[type(one) for one in node.elts] for node in tuples if isinstance(node.ctx, ast.Store)]
    return any(told is None or len(each) - (ast.Starred in each) == int(told[1]) for each in names)


def _truth(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    if re.search(r"\b(if|elif|while|and|or|not|in|max|min|sorted|any|all|assert)\b", error.line):
        return (
            "if, max, and, or, and some functions ask for one truth value, and each entry of an array has its own. "
            "np.where and np.maximum help."
        )
    if re.search(r"\b(arange|linspace)\s*\(", error.line):
        return "np.arange and np.linspace take numbers, and an array is given: its length is len(a) or a.shape[0]."
    return "One truth value is asked for, and each entry of an array has its own."


def _said(text: str) -> Find:
    return lambda match, error, case: text.format(*match.groups())


def _undefined(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    return f"{match[1]} has no value there: is it misspelt, or given in another branch or in a cell that has not run?"


def _arguments(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    called = error.call.partition(" = ")[2].partition("(")[0] or error.call.partition("(")[0]
    if error.line or match["name"] != called.strip():  # without a line it is the check's own call
        return f"It is {match['name']}, in your line, that is called with other arguments than it takes."
    return f"The check calls {error.call.partition(' = ')[2]}: keep the names of the arguments that the stub has."


def _too_far(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    axis, size = match[2], int(match[3])
    if not size:
        return f"Axis {axis} has no entries here: is the array of this case empty, or a slice of it?"
    entries = "1 entry, index 0" if size == 1 else f"{size} entries, indices 0 to {size - 1}"
    return (
        f"Axis {axis} has {entries}, and index {match[1]} is asked for: is it an index of another axis, or does a loop "
        "or a window run past the end?"
    )


def _too_many_indices(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    arrays = [
        name for name, value in case.inputs.items() if isinstance(value, np.ndarray) and value.ndim == int(match[1])
    ]
    given = not error.line or any(re.search(rf"(?<![\w.]){re.escape(name)}\[", error.line) for name in arrays)
    why = (
        "are images, rows and single examples all allowed for?"
        if given
        else "is it made with an axis too few, or of a list that is empty?"
    )
    return f"A {match[1]}D array gets {match[2]} indices: {why}"


def _no_whole_number(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    if "float" in (match[1] or "") or re.search(r"\d\.", match[2] or ""):
        return "A float stands where a whole number has to: / makes floats, and // whole numbers of such."
    return f"A whole number is asked for, and what is given is of another kind: {match[1] or match[2]}."


def _reshaped(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    if error.line and "shape" not in error.line:
        return ""  # another function has asked for the shape
    size, shape = int(match[1]), match[2]
    text = f"An array of {size} entries cannot have the shape {shape}"
    product = math.prod(_numbers(shape))
    if not size and not product:  # as many entries: numpy refuses a -1 alone, which it leaves out where it comes first
        return f"{text} with a -1 before it: it is empty, and then nothing tells what -1 stands for."
    if not product:
        return f"{text}: 0 leaves room for no entry."
    if size % product and re.search(r"-\s*1\b", error.line):
        return f"{text}, with a -1 before it or without: {size} is no multiple of the product."
    return f"{text}: their product is another number."


def _no_axis(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    whose = "result" if re.search(r"\b(stack|expand_dims)\(", error.line) else "array"  # an axis that is to be made
    axes = "1 axis, number 0" if match[2] == "1" else f"{match[2]} axes, numbered from 0"
    return f"The {whose} has {axes}, so there is no axis {match[1]}."


def _own_assertion(match: re.Match[str], error: CallError, case: SheetCase) -> str:
    return "An assert of your own stops it: this case is allowed, so it asks too much, or something came out wrong."


_MESSAGES: tuple[tuple[str, str, Find], ...] = (
    ("shapes that do not fit", rf"operands could not be broadcast together with shapes {_SHAPE} {_SHAPE}", _broadcast),
    ("shapes that do not fit", rf"could not broadcast input array from shape {_SHAPE} into shape {_SHAPE}", _assigned),
    ("shapes that do not fit", rf"non-broadcastable output operand with shape {_SHAPE} .*{_SHAPE}", _written_back),
    ("a product of unequal sizes", r"matmul: .*size (?P<one>\d+) is different from (?P<other>\d+)", _product),
    (
        "a product of unequal sizes",
        rf"shapes {_SHAPE} and {_SHAPE} not aligned: (?P<one>\d+) .*!= (?P<other>\d+)",
        _product,
    ),
    (
        "one number in a product",
        r"matmul: Input operand \d does not have enough dimensions",
        _said(
            "One side of @ has no axes: it is a single number, or no array at all. Is an array meant? By a number "
            "multiply with *."
        ),
    ),
    ("unpacking", r"^ValueError: (too many values|not enough values) to unpack", _unpacked),
    (
        "an axis that is not there",
        r"AxisError: axis (-?\d+) is out of bounds for array of dimension (\d+)",
        _no_axis,
    ),
    (
        "an index too far",
        r"IndexError: index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        _too_far,
    ),
    (
        "too many indices",
        r"IndexError: too many indices for array: array is (\d+)-dimensional, but (\d+) were indexed",
        _too_many_indices,
    ),
    (
        "an array where a number is asked",
        r"only (integer scalar arrays|length-1 arrays|0-dimensional arrays) can be converted",
        _said(
            "An array stands where Python wants one number: float, int, range and the math module take numbers, np.exp "
            "and its like take arrays."
        ),
    ),
    (
        "the truth of an array",
        r"The truth value of an array with more than one element is ambiguous",
        _truth,
    ),
    (
        "a size that is no whole number",
        r"'([\w.]*)' object cannot be interpreted as an integer|a sequence of integers or a single integer, got '(.*)'",
        _no_whole_number,
    ),
    (
        "a size that is no whole number",
        r"slice indices must be integers",
        _said("A slice wants whole numbers: / makes floats, and // whole numbers of such."),
    ),
    (
        "floats into integers",
        r"Cannot cast ufunc '(\w+)' output from dtype\('float\d+'\) to dtype\('(u?int\d+|bool)'\)",
        _said("The array holds {1} and cannot take floats in place: write y = y - a instead of y -= a."),
    ),
    (
        "minus of booleans",
        r"numpy boolean (subtract|negative)",
        _said("True and False cannot be subtracted: make numbers of the mask with .astype(x.dtype)."),
    ),
    (
        "another number of entries",
        r"cannot reshape array of size (\d+) into shape (\([\d,]*\))",
        _reshaped,
    ),
    ("an undefined name", r"(?:NameError|UnboundLocalError): .*?'(\w+)'", _undefined),
    (
        "other arguments",
        r"TypeError: (?:\w+\.)*(?P<name>\w+)\(\) (got an unexpected|missing|takes|got multiple)",
        _arguments,
    ),
    ("an assertion", r"^AssertionError", _own_assertion),
    (
        "a debugger",
        r"^BdbQuit",
        _said("A debugger stops here, and nobody can type in a check: take it out, and call the function yourself."),
    ),
    (
        "a key that is not there",
        r"^KeyError: '?([^<]{1,60}?)'?$",
        _said("There is no {0} in the dict: it was stored under another name, or not at all."),
    ),
    (
        "no end of calls",
        r"^RecursionError",
        _said("Calls are nested without an end, or too deep: does a function call the name that it defines?"),
    ),
    (
        "division by zero",
        r"^ZeroDivisionError: .*negative power",
        _said("0 is raised to a negative power, and that divides by 0: what is its base in this case?"),
    ),
    (
        "division by zero",
        r"^ZeroDivisionError",
        _said("A plain Python number is divided by 0: what stands below the bar is 0 in this case."),
    ),
    (
        "an attribute that is not there",
        r"AttributeError: '([\w.]+)' object has no attribute '(\w+)'",
        _said("A {0} has no .{1}: is it what you take it for? print(type(...)) tells."),
    ),
    (
        "an attribute that is not there",
        r"AttributeError: module '(\w+)' has no attribute '(\w+)'",
        _said("{0} has nothing called {1}: is it misspelt?"),
    ),
    (
        "arrays that cannot be joined",
        r"all the input array dimensions except for the concatenation axis must match",
        _said("np.concatenate needs equal sizes along all axes but the one that is joined."),
    ),
    (
        "no entries",
        r"zero-size array to reduction operation (\w+)",
        _said("An array without entries has no {0}: is it a slice that takes nothing? {0} takes an initial=."),
    ),
    (
        "arithmetic of tuples",
        r"unsupported operand type\(s\) for .*'tuple' and 'tuple'",
        _said("Tuples are joined by +, and no other arithmetic works between two of them."),
    ),
    (
        "a tuple among numbers",
        r"unsupported operand type\(s\) for .*'tuple'|not supported between instances of .*'tuple'",
        _said("A tuple stands where a number or an array is needed: unpack it, as in a, b = pair, or index it."),
    ),
    (
        "a function among numbers",
        r"unsupported operand type\(s\) for .*'function'",
        _said("A function stands where its value is needed: call it, with brackets."),
    ),
    (
        "a call of what is no function",
        r"TypeError: '([\w.]+)' object is not callable",
        _said("A {0} is called as if it were a function: square brackets index, round ones call."),
    ),
    (
        "a ragged list",
        r"setting an array element with a sequence\. The requested array has an inhomogeneous shape",
        _said("An array is made of things of several lengths: it needs numbers, or rows that are all of one length."),
    ),
    (
        "an array in one entry",
        r"setting an array element with a sequence",
        _said("An array is written into a single entry: index a whole row, or take one number of it."),
    ),
    (
        "an index too far",
        r"IndexError: list index out of range",
        _said("A list has fewer entries than the index asks for: where is it filled, and where does the loop end?"),
    ),
    (
        "shapes that do not fit",
        rf"with remapped shapes \[original->remapped\]: {_SHAPE} +and requested shape {_SHAPE}",
        _requested,
    ),
    (
        "shapes that do not fit",
        r"operands could not be broadcast together with remapped shapes",
        _unequal_letters,
    ),
    (
        "einsum",
        r"einstein sum subscripts string and at least one operand|(fewer|more) operands provided to einstein sum",
        _said("einsum needs one array for each group of letters between the commas."),
    ),
    (
        "einsum",
        r"einstein sum subscripts string|operand has (more|fewer) dimensions than subscripts|dimension.*einstein sum",
        _said("The letters of einsum do not fit the axes: each axis needs one letter, and equal letters equal sizes."),
    ),
)


def given(case: SheetCase) -> str:
    """Return a line with the shapes of the inputs of a case, numbers and options as they are."""
    said = []
    for name, value in case.inputs.items():
        if isinstance(value, np.ndarray) and value.ndim:
            narrow = f" {value.dtype}" if value.dtype != np.float64 else ""
            said.append(f"{name} {value.shape}{narrow}")
        elif isinstance(value, np.ndarray | bool | int | float | str | None):
            said.append(f"{name} = {brief(value)}")
        else:
            said.append(f"{name}: {brief(value)}")
    return f"given: {', '.join(said[:8])}{', ...' if len(said) > 8 else ''}" if said else ""
