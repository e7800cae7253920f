"""Frames between the grader and student code: what is sent arrives, and nothing else is believed."""

import json
import socket
import struct
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from classroom.call.value import Function, Generator, NotPlain, layout, same
from classroom.staff.sandbox import wire

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text(max_size=20)
arrays = hnp.arrays(
    st.sampled_from([np.bool_, np.int8, np.uint16, np.int64, np.float16, np.float32, np.float64, np.complex128]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
values = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def over_the_wire(value, *, alive=False):
    near, far = socket.socketpair()
    with near, far:
        thread = threading.Thread(target=wire.send, args=(near, value, wire.Deadline(20)))
        thread.start()
        received = wire.receive(far, wire.Deadline(20), alive=alive)
        thread.join()
    return received


@given(values)
def test_what_is_sent_arrives(value):
    received = over_the_wire(value)
    if isinstance(value, complex) and value != value:
        assert received != received
    else:
        assert same(received, value) or repr(received) == repr(value)


@pytest.mark.parametrize("how", ["C", "F", "strided"])
def test_an_array_keeps_its_order_in_memory(how):
    array = np.arange(24.0).reshape(4, 6)
    array = {"C": array, "F": np.asfortranarray(array), "strided": array[:, ::2]}[how]
    received = over_the_wire(array)
    assert layout(received) == how
    assert np.array_equal(received, array)
    assert received.flags.writeable


def test_a_megabyte_crosses_a_small_socket_buffer():
    array = np.arange(400_000.0)
    assert np.array_equal(over_the_wire(array), array)


@pytest.mark.parametrize("value", [object(), np.array([object()]), {1: 2}, np.array(["text"]), {"a": {1, 2}}, len])
def test_what_is_not_plain_is_refused_before_it_is_sent(value):
    with pytest.raises(NotPlain):
        wire.encode(value)


def test_what_is_packed_is_a_part_of_any_message():
    value = {"x": np.arange(3.0), "rng": Generator(1)}
    packed = wire.pack(value)
    assert packed.dtype == np.uint8
    (sent,) = wire.unpack(wire.pack([packed]))
    again = wire.unpack(sent)
    assert same(again["x"], value["x"]) and again["rng"] == Generator(1)


def test_generators_and_functions_only_go_in():
    value = [Generator(3), Function("quadratic", center=np.zeros(2))]
    received = over_the_wire(value, alive=True)
    assert received[0] == value[0]
    assert received[1].name == "quadratic"
    with pytest.raises(wire.WireError):
        over_the_wire(value)


def frame(tree, table=(), body=b""):
    header = json.dumps([tree, list(table)]).encode()
    return header, bytearray(body)


HOSTILE = {
    "an object array": frame(["a", 0], [["|O", [1], "C"]], bytes(8)),
    "a void dtype": frame(["a", 0], [["|V8", [1], "C"]], bytes(8)),
    "text in an array": frame(["a", 0], [["<U2", [1], "C"]], bytes(8)),
    "a date": frame(["a", 0], [["<M8", [1], "C"]], bytes(8)),
    "a structured dtype": frame(["a", 0], [["f8,f8", [1], "C"]], bytes(16)),
    "an itemsize that is none": frame(["a", 0], [["<f3", [1], "C"]], bytes(3)),
    "a dtype that is a list": frame(["a", 0], [[["<f8"], [1], "C"]], bytes(8)),
    "a shape larger than the buffer": frame(["a", 0], [["<f8", [9], "C"]], bytes(8)),
    "a shape smaller than the buffer": frame(["a", 0], [["<f8", [1], "C"]], bytes(16)),
    "a negative size": frame(["a", 0], [["<f8", [-1], "C"]], b""),
    "a fractional size": frame(["a", 0], [["<f8", [1.0], "C"]], bytes(8)),
    "a true size": frame(["a", 0], [["<f8", [True], "C"]], bytes(8)),
    "a huge array without entries": frame(["a", 0], [["<f8", [0, 1 << 26, 1 << 26], "C"]], b""),
    "more axes than numpy has": frame(["a", 0], [["<f8", [1] * 65, "C"]], bytes(8)),
    "an unknown memory order": frame(["a", 0], [["<f8", [1], "K"]], bytes(8)),
    "a strided number": frame(["a", 0], [["<f8", [], "strided"]], bytes(8)),
    "an array that is not there": frame(["a", 3], [], b""),
    "an array from behind": frame(["a", -1], [["<f8", [1], "C"]], bytes(8)),
    "an array that is named twice": frame(["l", [["a", 0], ["a", 0]]], [["<f8", [1], "C"]], bytes(8)),
    "bytes left over": frame(None, [], b"more"),
    "an unknown tag": frame(["x", 1]),
    "a node without a tag": frame([1, 2]),
    "an empty node": frame([]),
    "a bare object": frame({"a": 1}),
    "a list that is text": frame(["l", "abc"]),
    "a dict with a number as key": frame(["d", [[1, 2]]]),
    "a dict with a list as key": frame(["d", [[["l", []], 2]]]),
    "a pair of three": frame(["d", [["a", 1, 2]]]),
    "an integer of a million digits": frame(["i", "9" * 10**6]),
    "an integer that is none": frame(["i", "0x10"]),
    "a float that is none": frame(["f", "1e"]),
    "a node without its part": frame(["c", "1.0"]),
    "a hundred thousand parts": frame(["l", [0] * 100_001]),
    "a thousand levels": (b'[["l",[' * 500 + b"]]" * 500 + b",[]]", bytearray()),
    "a deep header": (b"[" * 200_000, bytearray()),
    "three parts": (b"[1,2,3]", bytearray()),
    "a number": (b"7", bytearray()),
    "no JSON": (b"\xff\xfe", bytearray()),
    "too many arrays": frame(None, [["|u1", [0], "C"]] * 1025),
    "a table that is a dict": (b'[null,{"a":1}]', bytearray()),
    "a generator": frame(["g", 1]),
    "a function": frame(["n", "quadratic", ["d", []]]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_frames_are_refused(name):
    with pytest.raises(wire.WireError):
        wire.decode(*HOSTILE[name])


@given(st.binary(max_size=300))
def test_any_bytes_as_a_header_are_read_or_refused(header):
    try:
        wire.decode(header, bytearray())
    except wire.WireError as error:
        assert str(error)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda x: st.lists(x, max_size=4)))
def test_any_json_as_a_header_is_read_or_refused(tree):
    try:
        wire.decode(json.dumps([tree, []]).encode(), bytearray())
    except wire.WireError as error:
        assert str(error)


def test_booleans_are_true_or_false():
    received = wire.decode(*frame(["a", 0], [["|b1", [3], "C"]], bytes([0, 1, 255])))
    assert received.view(np.uint8).tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    "start",
    [
        b"GET / HTTP/1.1\r\n",
        struct.pack("<4sIQ", b"LWF1", 2**32 - 1, 0),
        struct.pack("<4sIQ", b"LWF1", 2, 2**63),
        struct.pack("<4sIQ", b"LWF2", 2, 0),
    ],
)
def test_a_malformed_start_is_refused_without_waiting_for_more(start):
    near, far = socket.socketpair()
    with near, far:
        near.sendall(start)
        with pytest.raises(wire.WireError, match="malformed start"):
            wire.receive(far, wire.Deadline(20))


class Meter:
    """The time of another side, told beforehand: at the start, and each time that it is asked for."""

    def __init__(self, *used):
        self.told = list(used)
        self.looks = 0

    def used(self):
        return self.told.pop(0) if len(self.told) > 1 else self.told[0]

    def look(self):
        self.looks += 1


def test_silence_is_waited_for_so_long_and_tells_nothing():
    near, far = socket.socketpair()
    with near, far, pytest.raises(wire.Overdue):
        wire.receive(far, wire.Deadline(0.05))
    assert not issubclass(wire.Overdue, wire.WireError)


def test_the_other_side_is_given_processor_time_however_long_it_takes_on_the_wall():
    meter = Meter(5.0, 5.0, 5.005, 5.02)
    near, far = socket.socketpair()
    with near, far, pytest.raises(wire.Late, match=r"no answer within 0.01 s of its own time"):
        wire.receive(far, wire.Deadline(20, 0.01, meter))
    assert meter.told == [5.02] and meter.looks == 2


def test_whoever_is_kept_from_running_is_overdue_and_not_late():
    near, far = socket.socketpair()
    with near, far, pytest.raises(wire.Overdue, match=r"no answer within 0.05 s"):
        wire.receive(far, wire.Deadline(0.05, 0.02, Meter(7.0)))


def test_an_array_of_no_bytes_has_no_millions_of_rows():
    """Whoever lists its rows makes an object of each."""
    with pytest.raises(NotPlain, match=r"an array of no numbers and the shape \(100000000, 0\)"):
        wire.encode(np.zeros((100_000_000, 0), np.int8))
    header = json.dumps([["a", 0], [["|i1", [50_000_000, 0], "C"]]]).encode()
    with pytest.raises(wire.WireError, match="more rows than anybody can list"):
        wire.decode(header, bytearray())
    assert over_the_wire(np.zeros((1000, 0, 7))).shape == (1000, 0, 7)


def test_a_frame_has_at_most_the_bytes_that_its_reader_wants():
    with pytest.raises(NotPlain, match="of 100 bytes, at most 1024 of 99 bytes cross"):
        wire.encode(np.zeros(100, np.int8), 99)
    near, far = socket.socketpair()
    with near, far:
        wire.send(near, np.zeros(100, np.int8), wire.Deadline(5))
        with pytest.raises(wire.WireError, match="malformed start"):
            wire.receive(far, wire.Deadline(5), most=99)


def test_a_byte_now_and_then_does_not_stretch_the_time():
    near, far = socket.socketpair()
    stop = threading.Event()

    def drip():
        for byte in wire.PREFIX.pack(wire.MAGIC, 1000, 0) + b" " * 1000:
            if stop.wait(0.01):
                return
            near.send(bytes([byte]))

    thread = threading.Thread(target=drip)
    with near, far:
        thread.start()
        with pytest.raises(wire.Overdue):
            wire.receive(far, wire.Deadline(0.2))
        stop.set()
        thread.join()


@pytest.mark.skipif(not hasattr(socket, "MSG_OOB"), reason="this system has no urgent bytes")
def test_an_urgent_byte_does_not_hold_the_reader():
    """It wakes whoever waits for something to read, and a plain read does not find it."""
    near, far = socket.socketpair()
    with near, far:
        try:
            near.send(b"L", socket.MSG_OOB)
        except OSError:
            pytest.skip("the kernel has no urgent bytes on unix sockets")
        with pytest.raises(wire.WireError):
            wire.receive(far, wire.Deadline(0.5))


def test_nobody_reading_does_not_hold_the_sender():
    near, far = socket.socketpair()
    with near, far, pytest.raises(wire.Overdue):
        wire.send(near, np.zeros(1_000_000), wire.Deadline(0.1))


def test_the_other_side_leaving_is_told():
    near, far = socket.socketpair()
    with far:
        near.close()
        with pytest.raises(wire.WireError, match="gone"):
            wire.receive(far, wire.Deadline(5))
        with pytest.raises(wire.WireError, match="gone"):
            wire.send(far, np.zeros(1_000_000), wire.Deadline(5))


def test_a_message_has_exactly_the_fields_asked_for():
    fields = {"ok": bool, "error": (type(None), list)}
    assert wire.is_message({"ok": True, "error": None}, fields)
    assert not wire.is_message({"ok": 1, "error": None}, fields)
    assert not wire.is_message({"ok": True}, fields)
    assert not wire.is_message({"ok": True, "error": None, "more": 1}, fields)
    assert not wire.is_message([("ok", True)], fields)


def test_half_characters_do_not_cross():
    header = b'[["d",[["\\ud800k","a\\udfff"],["caf\\u00e9","\\ud83d\\ude00"]]],[]]'
    assert wire.decode(header, bytearray()) == {"?k": "a?", "café": "😀"}
