"""A backward pass may be called twice on one cache: asked of every exercise whose calls hand something on."""

import ast
from collections.abc import Mapping

from classroom.call import script
from classroom.judge.relation import Repeated
from classroom.staff.declare.declaration import Case, Exercise, Property

AGAIN = "_again"  # behind the names of the second answers


def second_calls(exercise: Exercise) -> list[Property]:
    """Return properties: the last call of a case, made twice, answers alike.  None where no call has a cache.

    What a call keeps for another one is its own business, and no check looks into it.  Whether that other call has
    spoiled it shows when it is made again, as a gradient check does, and layers that share one input.
    """
    made: dict[tuple[object, ...], Property] = {}
    for case in exercise.cases:
        last = script.parse_call(case.calls[-1])
        if last.function in exercise.subject and _hands_on(exercise, case) and set(last.defines) <= set(case.outputs):
            made[_literals(case)] = _made_again(case, last)  # the last ones: the first are for the hand, and small
    return list(made.values())


def _made_again(case: Case, last: script.Call) -> Property:
    parts = {name: _part(case, name) for name in last.defines}
    relation = Repeated({name: name + AGAIN for name in parts}, parts)
    title = f"{last.function}, called twice with the same arguments"
    calls = [*case.calls, _renamed(case.calls[-1])]
    return Property(relation, title=title, part=list(parts.values()), inputs=dict(case.inputs), calls=calls)


def _literals(case: Case) -> tuple[object, ...]:
    """What is written in the calls themselves, such as training=False: one case of each has to do."""
    arguments = [
        argument
        for call in script.parse(case.calls)
        for argument in (*call.arguments, *(value for _, value in call.keywords))
    ]
    return tuple(argument.value for argument in arguments if isinstance(argument, script.Literal))


def _hands_on(exercise: Exercise, case: Case) -> bool:
    """Whether the last call is given something that the student's code has made before, and that is not looked at."""
    calls = [call for call in script.parse(case.calls[:-1]) if call.function in exercise.functions]
    earlier = {name for call in calls for name in call.defines}
    return bool(set(script.parse_call(case.calls[-1]).uses) & earlier - set(case.outputs))


def _part(case: Case, output: str) -> str:
    return case.part.get(output, output) if isinstance(case.part, Mapping) else case.part or output


def _renamed(call: str) -> str:
    """Return the call with other targets."""
    tree = ast.parse(call)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id != "_":
            node.id += AGAIN
    return ast.unparse(tree)
