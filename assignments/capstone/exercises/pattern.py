"""The pattern of a network."""

from classroom.staff.declare.exercise import Case, Mutant, Property, Refuses, exercise_of, textual_mutants
from solutions.network import expand_pattern


def pattern_case(name, pattern, kind=""):
    return Case(name, {"pattern": pattern}, ["words = expand_pattern(pattern)"], ("words",), kind)


def expand_by_descent(pattern):
    def sequence(i):
        words = []
        while True:
            if text[i] == "[":
                inner, i = sequence(i + 1)
                if text[i] != "]":
                    raise ValueError(f"a bracket of {pattern!r} is not closed")
                i += 1
                digits = ""
                if text[i] == "*":
                    i += 1
                    while text[i].isdigit():
                        digits += text[i]
                        i += 1
                words += inner * int(digits or 1)
            else:
                start = i
                while text[i].isalpha():
                    i += 1
                if start == i:
                    raise ValueError(f"{pattern!r} has an empty word")
                words.append(text[start:i])
            if text[i] != "-":
                return words, i
            i += 1

    text = pattern.upper().replace(" ", "") + "$"
    words, end = sequence(0)
    if text[end] != "$":
        raise ValueError(f"{pattern!r} goes on behind its end")
    return words


def expand_by_stack(pattern):
    text, stack = pattern.upper().replace(" ", ""), [[]]
    if text.count("[") != text.count("]"):
        raise ValueError("brackets do not match")
    i = 0
    while i < len(text):
        if text[i] == "[":
            stack.append([])
            i += 1
        elif text[i] == "]":
            i += 1
            j = i + 1
            while j < len(text) and text[j].isdigit():
                j += 1
            group = stack.pop()
            if i < len(text) and text[i] == "*":
                group, i = group * int(text[i + 1 : j]), j
            stack[-1] += group
        elif text[i] == "-":
            i += 1
        else:
            j = i
            while j < len(text) and text[j].isalpha():
                j += 1
            stack[-1].append(text[i:j])
            i = j
    return stack[0]


def not_nested(pattern):
    import re

    text = pattern.upper().replace(" ", "")
    text = re.sub(r"\[([^\[\]]*)\](?:\*(\d+))?", lambda m: "-".join([m[1]] * int(m[2] or 1)), text)
    return text.replace("[", "").replace("]", "").split("-")


EXPAND = exercise_of(
    expand_pattern,
    points=4,
    cases=[
        pattern_case("no bracket", "CONV-RELU-SOFTMAX"),
        pattern_case("one group", "[CONV-RELU]*3-SOFTMAX"),
        pattern_case("a group in a group", "[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX"),
        pattern_case("groups beside each other", "[CONV-BN]*2-[FC-DROPOUT]*2-SOFTMAX"),
        pattern_case("a group without a number", "[CONV-POOL]-[[FC]*2-RELU]*2-SOFTMAX"),
        pattern_case("small letters and blanks", "[conv - relu]*2 - softmax"),
        pattern_case("ten times", "[FC-RELU]*10-SOFTMAX"),
        pattern_case("twelve times", "[[FC]*12-RELU]*2"),
    ],
    hidden=lambda rng: [
        pattern_case("deep", f"[[[CONV-RELU]*{rng.integers(2, 5)}-BN]*3-POOL]*2-FC-SOFTMAX", "three brackets deep"),
        pattern_case("often", f"[LRELU-CONV]*{rng.integers(11, 40)}-GAP-SOFTMAX", "many repetitions"),
        pattern_case("mixed", f"[Conv-[Bn-Relu]*{rng.integers(2, 6)}]*2 -SoftMax", "small letters and blanks"),
        pattern_case("none", f"CONV-[RELU]*0-[POOL]*{rng.integers(2, 5)}-FC", "no repetition at all"),
        pattern_case("none first", f"[RELU]*0-FC-[[POOL]*0-BN]*{rng.integers(2, 5)}", "no repetition at all"),
    ],
    properties=[
        Property(
            Refuses("ValueError", "a bracket is not closed"),
            title="an open bracket",
            calls=["words = expand_pattern(pattern)"],
            inputs={"pattern": "[CONV-RELU*2-SOFTMAX"},
        )
    ],
    mutants=[
        *textual_mutants(
            expand_pattern,
            """
            once_more: "-".join([group] * count) => "-".join([group] * (count + 1))
                A group with *n stands there n times; yours stands there n + 1 times.
            once_less: "-".join([group] * count) => "-".join([group] * max(1, count - 1))
                A group with *n stands there n times; yours stands there n - 1 times.
            never: "-".join([group] * count) => group
                The number after a bracket is not used.
            always_two: int(match[2] or 1) => 2
                The number after a bracket is not used: a group without one stands there once.
            one_digit: {1,4} => {1}
                A number may have more than one digit.
            small_letters: pattern.upper() => pattern
                Small letters mean the same: turn them into capitals first.
            reversed: words = text.split("-") => words = text.split("-")[::-1]
                The words come in the wrong order.
            last_word_lost: words = text.split("-") => words = text.split("-")[:-1]
                The last word is missing.
            """,
        ),
        Mutant(
            "not_nested",
            {"expand_pattern": not_nested},
            "Groups inside groups are not expanded: go on until no bracket is left.",
        ),
    ],
    alternatives=[expand_by_descent, expand_by_stack],
    hints=r"""
    Write out an innermost group, one without brackets inside; then what was around it is the innermost one.
    re.search(r'\[([^\[\]]*)\](?:\*(\d+))?', text) finds an innermost group and its number.
    When no group is left, split at the dashes, and raise ValueError when a word is not made of letters.
    """,
)
