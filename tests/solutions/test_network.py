"""The one name for everything that a network is made of."""

from solutions import network


def test_every_name_it_promises_is_there():
    assert sorted(network.__all__) == sorted(set(network.__all__))
    assert all(hasattr(network, name) for name in network.__all__)
