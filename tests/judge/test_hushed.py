"""What student code prints is told for the case that the verdict speaks of."""

from bugs import LINEAR, plain_backward, visible

from classroom.call.caller import LocalCaller
from classroom.judge.hushed import MOST_PRINTED, Hushed
from classroom.judge.verdict import judge


def printed(backward):
    sheet = visible(LINEAR)
    hushed = Hushed(LocalCaller({**LINEAR.functions, "linear_backward": backward}))
    return hushed.printed(sheet, judge(sheet, hushed))


def test_the_case_that_fails_is_the_one_whose_prints_are_shown(capsys):
    def backward(grad_y, cache):
        print("shape", grad_y.shape)
        if len(grad_y) == 7:
            raise ValueError
        return plain_backward(grad_y, cache)

    assert printed(backward) == 'printed in the case "large":\nshape (7, 6)'
    assert capsys.readouterr().out == ""


def test_of_right_code_the_first_case_is_shown():
    def backward(grad_y, cache):
        print(len(grad_y))
        return plain_backward(grad_y, cache)

    assert printed(backward) == 'printed in the case "tiny":\n2'


def test_code_that_prints_nothing_shows_nothing_and_a_flood_is_cut():
    def flood(grad_y, cache):
        print("x" * 100_000)
        return plain_backward(grad_y, cache)

    assert printed(plain_backward) == "" and len(printed(flood)) < MOST_PRINTED + 50
