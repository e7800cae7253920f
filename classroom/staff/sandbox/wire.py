"""Frames on a unix socket: a JSON header and raw array buffers, with every byte from the other side distrusted.

This file is also run inside the sandbox, so it imports nothing but numpy and the student part of the course.

A frame is ``magic, header length, body length, header, body``.  The header is JSON: a tree of tagged nodes and a table
of arrays (dtype, shape, layout); the body is the arrays' bytes, one after the other.
"""

import json
import math
import random
import select
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from classroom.call.value import Function, Generator, NotPlain, lay_out, layout

MAGIC = b"LWF1"
PREFIX = struct.Struct("<4sIQ")
HEADER_BYTES = 4 << 20
BODY_BYTES = 96 << 20
JOINED_BYTES = 1 << 16
LOOK_EVERY = 0.1  # seconds between two looks at a side that does not answer
HOLLOW = 1 << 20
ARRAYS = 1024
NODES = 100_000
DEPTH = 40
AXES = 32
KINDS = frozenset("biufc")
_JSON = json.JSONEncoder(separators=(",", ":"))
# Sizes that a dtype of each kind may have; the long double of this machine included, objects never.
ITEM_BYTES = {"b": {1}, "i": {1, 2, 4, 8}, "u": {1, 2, 4, 8}, "f": {2, 4, 8, 16}, "c": {8, 16, 32}}


class WireError(Exception):
    """The other side broke the rules of the wire, or left."""


class Late(WireError):
    """The other side used up its time, and did not answer."""


class Overdue(Exception):
    """The other side did not answer while somebody waited, and has not used up its time: that tells nothing of it.

    It is no WireError, so that nobody takes it for something that the other side did.
    """


def encode(value: Any, most: int = BODY_BYTES) -> list[bytes | memoryview]:
    """Turn plain data into the pieces of one frame, whose arrays may have so many bytes at most.

    Raises
    ------
    NotPlain
        If the value holds anything but None, booleans, numbers, text, lists, tuples, dicts with plain keys, numeric
        arrays, generators given by a seed and named functions.
    """
    table: list[list[Any]] = []
    buffers: list[bytes | memoryview] = []
    tree = _tree(value, table, buffers, 0)
    header = _JSON.encode([tree, table]).encode()
    if len(header) > HEADER_BYTES:
        raise NotPlain(f"{len(header)} bytes of text and numbers, at most {HEADER_BYTES} cross")
    size = sum(map(len, buffers))
    if size > most or len(table) > ARRAYS:
        raise NotPlain(f"{len(table)} arrays of {size} bytes, at most {ARRAYS} of {most} bytes cross")
    return [PREFIX.pack(MAGIC, len(header), size), header, *buffers]


def pack(value: Any) -> np.ndarray:
    """Turn plain data into bytes that can be a part of a message, to be sent more than once.

    Raises
    ------
    NotPlain
        As `encode` does.
    """
    return np.frombuffer(b"".join(encode(value)), np.uint8)


def unpack(packed: np.ndarray) -> Any:
    """Return what `pack` was given.  Generators and named functions may be in it: this is for the student's side."""
    data = bytearray(packed)
    _, header_size, _ = PREFIX.unpack_from(data)
    start = PREFIX.size + header_size
    return decode(bytes(data[PREFIX.size : start]), data[start:], alive=True)


def _tree(value: Any, table: list[list[Any]], buffers: list[bytes | memoryview], depth: int) -> Any:
    """Return the JSON node of a value, adding its arrays to the table."""
    if depth > DEPTH:
        raise NotPlain(f"nested deeper than {DEPTH}")
    kind = type(value)
    if kind is np.ndarray:
        return _array_node(value, table, buffers)
    if kind is float:
        return value if math.isfinite(value) else ["f", repr(value)]
    if value is None or kind is str or kind is bool:
        return value
    if kind is int:
        return ["i", str(value)] if abs(value) >= 1 << 63 else value
    if kind is complex:
        return ["c", repr(value.real), repr(value.imag)]
    if kind is list or kind is tuple:
        return ["l" if kind is list else "t", [_tree(item, table, buffers, depth + 1) for item in value]]
    if kind is dict:
        if not all(type(key) is str for key in value):
            raise NotPlain("a dict whose keys are not all text")
        return ["d", [[key, _tree(item, table, buffers, depth + 1)] for key, item in value.items()]]
    if isinstance(value, np.ndarray | np.generic):
        return _array_node(value, table, buffers)
    if kind is Generator:
        return ["g", _tree(value.seed, table, buffers, depth + 1)]
    if kind is Function:
        return ["n", value.name, _tree(dict(value.params), table, buffers, depth + 1)]
    raise NotPlain(f"a value of type {kind.__name__}")


def _array_node(value: np.ndarray | np.generic, table: list[list[Any]], buffers: list[bytes | memoryview]) -> list[Any]:
    array = np.asarray(value)
    dtype, shape = array.dtype, array.shape
    if dtype.kind not in KINDS:
        raise NotPlain(f"an array of dtype {dtype}")
    if hollow(shape):
        raise NotPlain(f"an array of no numbers and the shape {shape}")
    # Memory order is part of a case ("non-contiguous"): the other side lays the copy out in the same way.
    table.append([dtype.str, shape, layout(array)])
    if array.nbytes < JOINED_BYTES:
        buffers.append(array.tobytes())
    else:  # (reshape: ascontiguousarray makes one axis of none)
        buffers.append(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return ["a", len(table) - 1]


def hollow(shape: Sequence[int]) -> bool:
    """Tell whether an array has no bytes, and so many rows all the same that listing them takes gigabytes."""
    return 0 in shape and math.prod([max(1, size) for size in shape]) > HOLLOW


def decode(header: bytes, body: bytearray, *, alive: bool = False) -> Any:
    """Turn the header and body of one frame into plain data.

    Parameters
    ----------
    header, body : bytes
        The two parts of a frame.
    alive : bool
        Whether generators and named functions may come in: they do on the student's side alone.

    Raises
    ------
    WireError
        If anything at all is not as `encode` writes it.
    """
    try:
        tree, table = json.loads(header)
    except (ValueError, TypeError, RecursionError):
        raise WireError("the header is not a pair in JSON") from None
    arrays = _read_arrays(table, body)
    try:
        return _Reader(arrays, alive).value(tree, 0)
    except (TypeError, ValueError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise WireError(f"a node is malformed: {type(error).__name__}") from None


def _read_arrays(table: Any, body: bytearray) -> list[np.ndarray]:
    if type(table) is not list or len(table) > ARRAYS:
        raise WireError("the table of arrays is malformed or too long")
    arrays: list[np.ndarray] = []
    offset, most = 0, len(body)
    for row in table:
        if type(row) is not list or len(row) != 3:
            raise WireError("a row of the array table is malformed")
        dtype = _dtype(row[0])
        shape = _shape(row[1])
        count = math.prod(shape)
        # With a size of 0 somewhere, numpy still multiplies the others: keep every product in range.
        if (count or math.prod([max(1, size) for size in shape])) * dtype.itemsize > BODY_BYTES:
            raise WireError("an array is larger than a frame")
        if not count and hollow(shape):
            raise WireError("an array has no numbers and more rows than anybody can list")
        end = offset + count * dtype.itemsize
        if end > most:
            raise WireError("an array runs over the end of the frame")
        arrays.append(_array(np.frombuffer(body, np.uint8, end - offset, offset), dtype, shape, row[2]))
        offset = end
    if offset != most:
        raise WireError("bytes are left over after the arrays")
    return arrays


def _dtype(text: Any) -> np.dtype:
    if type(text) is not str:
        raise WireError("an array has a dtype that may not cross")
    return _named(text)


@lru_cache(maxsize=64)
def _named(text: str) -> np.dtype:
    if not 2 <= len(text) <= 4 or text[0] not in "<>|" or text[1] not in KINDS:
        raise WireError("an array has a dtype that may not cross")
    if not text[2:].isascii() or not text[2:].isdigit() or int(text[2:]) not in ITEM_BYTES[text[1]]:
        raise WireError("an array has a dtype that may not cross")
    try:
        return np.dtype(text)
    except TypeError:
        raise WireError("an array has a dtype that this machine does not know") from None


def _shape(sizes: Any) -> tuple[int, ...]:
    if type(sizes) is not list or len(sizes) > AXES:
        raise WireError("an array has a malformed shape")
    for size in sizes:
        if type(size) is not int or not 0 <= size <= BODY_BYTES:
            raise WireError("an array has a malformed shape")
    return tuple(sizes)


def _array(raw: np.ndarray, dtype: np.dtype, shape: tuple[int, ...], how: Any) -> np.ndarray:
    """Copy the bytes into an array of its own, in the memory order that the sender had."""
    if how not in ("C", "F", "strided") or (how == "strided" and not shape):
        raise WireError("an array has an unknown memory order")
    # A boolean of byte 2 is neither true nor false to numpy.
    flat = raw != 0 if dtype.kind == "b" else raw.copy().view(dtype)
    return flat.reshape(shape) if how == "C" else lay_out(flat.reshape(shape), how)


class _Reader:
    """Turns the tree of a header into values, counting its nodes."""

    def __init__(self, arrays: list[np.ndarray], alive: bool) -> None:
        self.arrays = arrays
        self.alive = alive
        self.left = NODES
        self.taken = 0

    def value(self, node: Any, depth: int) -> Any:
        self.left -= 1
        if self.left < 0 or depth > DEPTH:
            raise WireError("a value has too many parts or is nested too deep")
        kind = type(node)
        if kind is float or kind is int or kind is bool or node is None:
            return node
        if kind is str:
            return _whole(node)
        if kind is not list or not node or type(node[0]) is not str:
            raise WireError("a node has no tag")
        tag = node[0]
        if tag == "a":
            # In their order, once each: a list that names one array a thousand times is a thousand arrays to numpy.
            number = node[1]
            if type(number) is not int or number != self.taken or number >= len(self.arrays):
                raise WireError("a node names an array that is not there, or not its turn")
            self.taken += 1
            return self.arrays[number]
        if tag == "l":
            return [self.value(item, depth + 1) for item in _list(node[1])]
        if tag == "t":
            return tuple([self.value(item, depth + 1) for item in _list(node[1])])
        if tag == "d":
            return {_text(key, 1000): self.value(item, depth + 1) for key, item in _list(node[1])}
        return self.scalar(tag, node[1:], depth)

    def scalar(self, tag: str, rest: list[Any], depth: int) -> Any:
        if tag == "i":
            return int(_text(rest[0], 4000))
        if tag == "f":
            return float(_text(rest[0], 8))
        if tag == "c":
            return complex(float(_text(rest[0], 40)), float(_text(rest[1], 40)))
        if tag == "g" and self.alive:
            return Generator(self.value(rest[0], depth + 1))
        if tag == "n" and self.alive:
            return Function(_text(rest[0], 100), **self.value(rest[1], depth + 1))
        raise WireError("a node has an unknown tag")


def _list(items: Any) -> list[Any]:
    if type(items) is not list:
        raise WireError("a node has no list of parts")
    return items


def _text(text: Any, limit: int) -> str:
    if type(text) is not str or len(text) > limit:
        raise WireError("a node has no short text")
    return _whole(text)


def _whole(text: str) -> str:
    """Return text that a file can hold: halves of surrogate pairs become question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


class Meter(Protocol):
    """Counts what the other side uses: of the processor, and of time in which it only sleeps."""

    def used(self) -> float:
        """Return the seconds so far."""
        ...

    def look(self) -> None:
        """Look whether it sleeps, now that it has sent all that it had to send."""
        ...


class Deadline:
    """How long to wait for the other side.

    Parameters
    ----------
    wall : seconds after which nobody waits any longer; that says nothing about the other side
    seconds : that it may use, so that a busy machine costs nobody anything
    meter : counts what it uses; without one only the wall counts
    """

    def __init__(self, wall: float = math.inf, seconds: float = math.inf, meter: Meter | None = None) -> None:
        self._wall, self._until = wall, time.monotonic() + wall
        self._seconds, self._meter = seconds, meter
        self._most = meter.used() + seconds if meter is not None else math.inf

    def left(self) -> float:
        """Return for how many seconds it certainly has not passed; 0 or less when it has."""
        wall = self._until - time.monotonic()
        # One thread computes no more than a second in a second, several do: whoever waits asks again.
        return wall if self._meter is None else min(wall, self._most - self._meter.used())

    def look(self) -> float:
        """Let the meter look at the other side; return after how many seconds to look again."""
        if self._meter is None:
            return math.inf
        self._meter.look()
        return LOOK_EVERY * random.uniform(0.5, 1.5)  # at no moment that could be foreseen

    def passed(self) -> "Late | Overdue":
        """Return the error that says which limit was exceeded."""
        if self._meter is not None and self._meter.used() >= self._most:
            return Late(f"no answer within {self._seconds:g} s of its own time")
        return Overdue(f"no answer within {self._wall:g} s")


FOREVER = Deadline()


def send(channel: socket.socket, value: Any, deadline: Deadline, most: int = BODY_BYTES) -> None:
    """Send one frame of so many bytes at most before the deadline."""
    pieces = encode(value, most)
    if sum(map(len, pieces)) < JOINED_BYTES:
        pieces = [b"".join(pieces)]  # one system call, and the other side wakes once
    for piece in pieces:
        view = memoryview(piece)
        while view.nbytes:
            try:
                sent = channel.send(view, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            except BlockingIOError:
                _wait(channel, select.POLLOUT, deadline)
            except OSError:
                raise WireError("the other side is gone") from None
            else:
                view = view[sent:]


def receive(channel: socket.socket, deadline: Deadline, *, alive: bool = False, most: int = BODY_BYTES) -> Any:
    """Return the value of the next frame of so many bytes at most, if all of it arrives before the deadline.

    Raises
    ------
    Late, Overdue
        If the deadline passes.
    WireError
        If the other side leaves or breaks the rules.
    """
    data = bytearray()
    while len(data) < PREFIX.size:
        data += _some(channel, JOINED_BYTES, deadline)
    magic, header_size, body_size = PREFIX.unpack_from(data)
    if magic != MAGIC or header_size > HEADER_BYTES or body_size > most:
        raise WireError("a frame has a malformed start")
    start = PREFIX.size + header_size
    # Memory grows with what arrives, not with what is announced.
    while len(data) < start + body_size:
        data += _some(channel, min(start + body_size - len(data), 1 << 20), deadline)
    if len(data) > start + body_size:
        raise WireError("more than one frame was sent")
    return decode(bytes(data[PREFIX.size : start]), data[start:], alive=alive)


def _some(channel: socket.socket, size: int, deadline: Deadline) -> bytes:
    """Receive what there is, at least one byte."""
    _wait(channel, select.POLLIN, deadline)  # first of all: a sender of one byte a second must not stretch the time
    try:
        piece = channel.recv(size, 0 if deadline is FOREVER else socket.MSG_DONTWAIT)
    except BlockingIOError:
        # An urgent byte wakes the reader and is not there to be read: a read that waits would wait for ever.
        raise WireError("the other side sent something beside its frames") from None
    except OSError:
        raise WireError("the other side is gone") from None
    if not piece:
        raise WireError("the other side is gone")
    return piece


def _wait(channel: socket.socket, event: int, deadline: Deadline) -> None:
    if deadline is FOREVER and event == select.POLLIN:  # the read itself waits
        return
    poll = select.poll()
    poll.register(channel, event)
    while (left := deadline.left()) > 0:
        if poll.poll(0):
            return
        if poll.poll(_milliseconds(min(left, deadline.look()))):
            return
    raise deadline.passed()


def _milliseconds(seconds: float) -> int | None:
    return None if seconds == math.inf else math.ceil(1000 * seconds)


def is_message(value: Any, fields: Mapping[str, type | tuple[type, ...]]) -> bool:
    """Tell whether a value is a dict with exactly these fields, each of (exactly) one of these types."""
    return (
        type(value) is dict
        and value.keys() == fields.keys()
        and are_of([value[name] for name in fields], [*fields.values()])
    )


def are_of(values: Sequence[Any], types: Sequence[type | tuple[type, ...]]) -> bool:
    """Tell whether values are so many, each of (exactly) one of these types."""
    return len(values) == len(types) and all(
        type(value) in (kinds if isinstance(kinds, tuple) else (kinds,))
        for value, kinds in zip(values, types, strict=True)
    )
