"""Run a script: calls in order, on copies of the inputs, and classify what went wrong."""

import contextlib
import dataclasses
import functools
import linecache
import os
import sys
import sysconfig
import time
import traceback
import types
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from classroom.call import input_functions, script
from classroom.call.clock import process_seconds
from classroom.call.script import Call
from classroom.call.time_limit import OutOfTime, time_limit
from classroom.call.typed_input import NoInput, no_typed_input
from classroom.call.value import ATOMS, Function, Generator, NotPlain, Value, alive, duplicate, may_change, plain, same

Kind = Literal["not started", "missing", "undefined", "crashed", "arity", "timeout", "killed", "slow", "not plain"]


@dataclass(frozen=True)
class CallError:
    """Why a script stopped.

    kind : "not started" (the stub), "missing" (no such function), "undefined" (it is missing because its cell failed),
        "crashed", "arity" (another number of values than the targets), "timeout", "killed" (by the sandbox), "slow",
        "not plain" (a value that cannot be compared)
    call : the line of the script
    name, message : type and text of the exception; of "not started", the function that was called and is not written,
        when it is another than that of the script
    line, lineno : the student's line that raised it, as far as it is known
    """

    kind: Kind
    call: str = ""
    name: str = ""
    message: str = ""
    line: str = ""
    lineno: int = 0


@dataclass
class Run:
    """The result of a script: outputs by name, the inputs and outputs that were changed in place, and why it stopped.

    seconds : on the wall; cpu_seconds : of the processor; inputs : as the calls left them, where that is asked for
    """

    values: dict[str, Value] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    error: CallError | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    inputs: dict[str, Value] = field(default_factory=dict)


Calls = Sequence[Call]
Inputs = Mapping[str, Value]
"""By name."""
Outputs = Sequence[str]
"""The names that the calls give to what is asked for."""


class CaseKey(NamedTuple):
    """Which case of an answer sheet is run: the id of its exercise, and its place among the visible or hidden cases.

    ask : what a property asks is a case too: its place among those of the property, which `number` then counts
    """

    exercise: str
    number: int
    hidden: bool
    ask: int | None = None


class Caller(Protocol):
    """Whoever can run a script: this process, or a sandbox."""

    def run(self, calls: Calls, inputs: Inputs, outputs: Outputs, case: CaseKey | None = None) -> Run:
        """Run the calls on copies of the inputs and return the outputs.

        `case` tells which case of the sheet this is, so that a caller may recall its answer.
        """
        ...

    @property
    def hidden(self) -> "Caller":
        """The caller for hidden cases: when grading, one that tells less of what went wrong."""
        ...


@dataclass
class LocalCaller:
    """Runs scripts in this process; functions are looked up by name in `namespace`.

    seconds : that one call may compute, or wait, where it can be stopped; None sets no limit
    late : whether a call was stopped: the others then have a fortieth of the time, for what never ends mostly does so
        in every case, and somebody waits
    """

    namespace: Mapping[str, Any]
    seconds: float | None = None
    late: bool = field(default=False, init=False)

    def run(self, calls: Calls, inputs: Inputs, outputs: Outputs, case: CaseKey | None = None) -> Run:
        """Run the calls on copies of the inputs and return the outputs."""
        seconds = self.seconds / 40 if self.late and self.seconds is not None else self.seconds
        ran = execute(calls, inputs, outputs, self.namespace, seconds)
        self.late = self.late or (ran.error is not None and ran.error.kind == "timeout")
        return ran

    @property
    def hidden(self) -> "LocalCaller":
        """Itself: on a student's machine nothing is hidden."""
        return self


class Stopped(Exception):
    """A script ended before its last call."""

    def __init__(self, error: CallError) -> None:
        super().__init__(error.message)
        self.error = error


def execute(
    calls: Calls,
    inputs: Inputs,
    outputs: Outputs,
    namespace: Mapping[str, Any],
    seconds: float | None = None,
    *,
    back: bool = False,
) -> Run:
    """Run a script on copies of its inputs.

    Parameters
    ----------
    calls : the lines, from `classroom.call.script.parse`
    inputs : plain data by name; a Generator or Function becomes the real thing
    outputs : names to return: targets, or names of the namespace that no call assigns
    namespace : where functions are found
    seconds : that one call may compute, or wait, where it can be stopped
    back : whether to return also the inputs as the calls left them, those that can be written into

    Notes
    -----
    Each output is copied when it is assigned, so that a later call that writes into it is seen (in `changed`) and
    cannot alter what an earlier one returned.  Warnings of the called code are dropped: they cost nobody a point.
    """
    variables = {name: bring_to_life(value) for name, value in inputs.items()}
    wanted, kept = set(outputs), dict[str, Value]()
    run = Run()
    started, spent = time.perf_counter(), process_seconds()
    try:
        with no_typed_input(), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for call in calls:
                _bind(call.targets, _result(call, variables, namespace, seconds), call, variables)
                for name in wanted.intersection(call.defines):
                    kept[name] = _plain_output(variables[name], name, call.text)
            for name in outputs:
                if name not in kept:
                    if name not in namespace:
                        raise Stopped(CallError("missing", message=f"{name} is not defined in the notebook"))
                    kept[name] = _plain_output(namespace[name], name, name)
    except Stopped as stopped:
        run.error = stopped.error
    run.seconds, run.cpu_seconds = time.perf_counter() - started, process_seconds() - spent
    run.values = {name: kept[name] for name in outputs if name in kept}
    run.changed = tuple(
        name
        for name, before in [*inputs.items(), *kept.items()]
        if not isinstance(before, Generator | Function)
        and name in variables
        and not _unchanged(before, variables[name])
    )
    for name in may_change(inputs) if back else ():
        with contextlib.suppress(NotPlain):  # what is no plain data any more does not come back
            run.inputs[name] = plain(variables[name])
    return run


def bring_to_life(value: Value) -> Any:
    """Return a copy of an input as the called function receives it: a Generator or Function becomes the real thing."""
    if type(value) in ATOMS:
        return value
    if isinstance(value, Generator):
        return np.random.default_rng(value.seed)
    if isinstance(value, Function):
        return input_functions.make(value.name, {key: bring_to_life(item) for key, item in value.params.items()})
    if isinstance(value, tuple):
        return tuple(map(bring_to_life, value))
    if isinstance(value, list):
        return list(map(bring_to_life, value))
    if isinstance(value, dict):
        return {key: bring_to_life(item) for key, item in value.items()}
    return duplicate(value)


def _unchanged(before: Value, now: Any) -> bool:
    if type(before) in ATOMS or isinstance(before, complex):
        return True  # cannot be written into
    if type(before) is type(now) is np.ndarray and now.dtype == before.dtype:
        return same(before, now)
    if same(before, now):
        return True  # as nearly always, and no copy has to be made to see it
    try:
        return same(before, plain(now))
    except NotPlain:
        return alive(before)  # a generator inside a list, say


def _plain_output(value: Any, name: str, text: str) -> Value:
    try:
        return plain(value)
    except NotPlain as error:
        raise Stopped(CallError("not plain", text, "TypeError", f"{name} is {error}")) from None


def _result(call: Call, variables: Mapping[str, Any], namespace: Mapping[str, Any], seconds: float | None) -> Any:
    function = _function(call, variables, namespace)
    for name in call.uses:
        if name not in variables and name not in namespace:
            raise Stopped(CallError("missing", call.text, "NameError", f"{name} is not defined in the notebook"))
    arguments = [_value(argument, variables, namespace) for argument in call.arguments]
    keywords = {key: _value(argument, variables, namespace) for key, argument in call.keywords}
    try:
        with time_limit(seconds) if seconds is not None else contextlib.nullcontext():
            return function(*arguments, **keywords)
    except (OutOfTime, NoInput) as error:  # their messages say all that there is to say
        found = _error_of(error, "timeout" if isinstance(error, OutOfTime) else "crashed", call.text)
        raise Stopped(dataclasses.replace(found, name="")) from None
    except (Exception, SystemExit) as error:  # whatever the student's code raises; exit() is a crash too
        if type(error) is not NotImplementedError:  # its kinds are other things, such as a kernel without input
            raise Stopped(_error_of(error, "crashed", call.text)) from None
        found = _error_of(error, "not started", call.text)
        raise Stopped(dataclasses.replace(found, message=_unwritten(error, call, namespace))) from None


def _function(call: Call, variables: Mapping[str, Any], namespace: Mapping[str, Any]) -> Any:
    function = variables.get(call.function)  # a Function among the inputs comes first
    if call.item:
        if not isinstance(function, Mapping) or call.item not in function:
            raise Stopped(CallError("not started", call.text, "KeyError", f"there is no {call.item} yet"))
        function = function[call.item]
    elif not callable(function):
        function = namespace.get(call.function)
    if not callable(function):
        what = "is not a function" if call.function in namespace else "is not defined in the notebook"
        raise Stopped(CallError("missing", call.text, "NameError", f"{call.item or call.function} {what}"))
    return function


def _value(argument: script.Argument, variables: Mapping[str, Any], namespace: Mapping[str, Any]) -> Any:
    if isinstance(argument, script.Name):
        return variables[argument.name] if argument.name in variables else namespace[argument.name]
    if isinstance(argument, script.Literal):
        return duplicate(argument.value)
    items = [_value(item, variables, namespace) for item in argument.items]
    return items if argument.is_list else tuple(items)


def _bind(target: script.Target, value: Any, call: Call, variables: dict[str, Any]) -> None:
    if isinstance(target, str):
        variables[target] = value
        return
    if getattr(value, "shape", None) == (len(target),):
        value = list(value)  # a pair of numbers in an array
    if not isinstance(value, tuple | list) or len(value) != len(target):
        got = f"{len(value)} values" if isinstance(value, tuple | list) else "one value"
        if value is None:
            got = "nothing (None)"
        message = f"{call.function} returns {got}, needs {len(target)}: {_written(target)}"
        raise Stopped(CallError("arity", call.text, "ValueError", message))
    for item, part in zip(target, value, strict=True):
        _bind(item, part, call, variables)


def _written(target: script.Target) -> str:
    if isinstance(target, str):
        return target
    inside = ", ".join(_written(item) if isinstance(item, str) else f"({_written(item)})" for item in target)
    return inside


@functools.cache
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = {paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"], os.path.dirname(np.__file__)}
    return tuple(os.path.join(folder, "") for folder in folders)


def _error_of(error: BaseException, kind: Kind, text: str) -> CallError:
    """Find the student's own line: the last frame outside libraries, this package and what is given."""
    here = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
    elsewhere = (here, *_library_folders(), "<frozen")
    line, lineno = "", 0
    for frame, number in traceback.walk_tb(error.__traceback__):
        filename = frame.f_code.co_filename
        if not filename.startswith(elsewhere) and not os.path.basename(filename).startswith("given_"):
            line, lineno = _line_of(frame, filename, number), number
    name = type(error).__name__
    try:
        message = str(error)
    except Exception:  # an exception class of the student's own may fail here too
        message = ""
    return CallError(kind, text, name[:80], message[:400], line[:200], lineno)


def _unwritten(error: NotImplementedError, call: Call, namespace: Mapping[str, Any]) -> str:
    """Name the function of the notebook that raised it, if it is not the one that the script called."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    name = frame.f_code.co_name
    return name if name != call.function and callable(namespace.get(name)) else ""


def _line_of(frame: types.FrameType, filename: str, number: int) -> str:
    return linecache.getline(filename, number, frame.f_globals).strip()


def find_functions(functions: Mapping[str, Any]) -> dict[str, Any]:
    """Return a namespace of the functions and of all other names in their notebook."""
    namespace: dict[str, Any] = {}
    for function in functions.values():
        namespace.update(getattr(function, "__globals__", {}))
    if not namespace:
        namespace.update(vars(sys.modules.get("__main__", types.ModuleType("nothing"))))
    return namespace | dict(functions)
