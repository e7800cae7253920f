"""Schedules: values by hand and torch's schedulers."""

import pytest
import torch

from solutions.schedule import cosine_schedule, plateau_schedule, step_schedule, warmup_schedule


def torch_rates(make, steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def test_step_schedule_is_torch_s():
    expected = torch_rates(lambda o: torch.optim.lr_scheduler.StepLR(o, 3, gamma=0.2), 10)
    assert [step_schedule(0.5, step, every=3, factor=0.2) for step in range(10)] == pytest.approx(expected)


def test_cosine_schedule_is_torch_s_and_stays_at_the_minimum():
    expected = torch_rates(lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 8, eta_min=0.1), 9)
    assert [cosine_schedule(0.5, step, 8, minimum=0.1) for step in range(9)] == pytest.approx(expected)
    assert cosine_schedule(0.5, 100, 8, minimum=0.1) == pytest.approx(0.1)
    assert cosine_schedule(1.0, 4, 8) == pytest.approx(0.5)


def test_warmup_rises_in_equal_steps_and_stays():
    assert [warmup_schedule(1.0, step, 4) for step in range(6)] == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("losses", "rate"),
    [
        ([], 1.0),
        ([5, 4, 3, 2], 1.0),
        ([5, 6], 1.0),
        ([5, 6, 6], 0.1),
        ([5, 5, 5], 0.1),  # no improvement is a stall too
        ([5, 6, 4, 6], 1.0),  # the better value restarts the count
        ([5, 6, 6, 6, 6], 0.01),
        ([5, 6, 6, 4, 6, 6], 0.01),
        ([5, float("nan"), float("nan")], 0.1),
    ],
)
def test_plateau_schedule_by_hand(losses, rate):
    assert plateau_schedule(1.0, losses, patience=2) == pytest.approx(rate)


def test_plateau_is_torch_s_with_one_value_more_of_patience():
    losses = [5, 4, 4.5, 4.2, 4.1, 3, 3.5, 3.6, 3.7, 3.8, 3.9, 2, 2.5]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    twin = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1, threshold=0)
    for seen, loss in enumerate(losses, 1):
        twin.step(loss)
        assert plateau_schedule(1.0, losses[:seen], patience=2) == pytest.approx(optimizer.param_groups[0]["lr"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: step_schedule(1, 0, 0), "every is 0"),
        (lambda: step_schedule(1, -1, 1), "step is -1"),
        (lambda: plateau_schedule(1, [], 0), "patience is 0, needs at least 1"),
        (lambda: cosine_schedule(1, 0, 0), "total is 0"),
        (lambda: warmup_schedule(1, 0, 0), "warmup is 0"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
