"""Native messaging frames: a 32-bit length in the machine's byte order, then that many bytes of UTF-8 JSON."""

from __future__ import annotations

import json
import struct

from cvmwebapi.protocol import MAX_DEPTH, MAX_INWARD, MAX_OUTWARD

# The module typing costs more than all else that is imported before the handshake: only type checkers need it here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO

    from cvmwebapi.texts.codes import DetailCode

_LENGTH = struct.Struct("=I")


class BadFrame(Exception):
    """What is wrong with a frame: ``code`` and ``params`` of a ``detail`` (texts/phrase.py)."""

    def __init__(self, code: DetailCode, **params: str | int) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params = params


class BrokenFrame(BadFrame):
    """The stream can't be followed any more: too large or cut short. The host says so and ends."""


class BadJson(BadFrame):
    """One frame is no acceptable JSON object; the next one may be."""


def read(stream: BinaryIO) -> bytes | None:
    """The next frame's content, or ``None`` at the end of the stream. Raises ``BrokenFrame``."""
    header = _read_exactly(stream, _LENGTH.size)
    if not header:
        return None
    if len(header) < _LENGTH.size:
        raise BrokenFrame("endMissing")
    (length,) = _LENGTH.unpack(header)
    if length > MAX_INWARD:
        raise BrokenFrame("tooLarge", limit=MAX_INWARD // 1024)
    body = _read_exactly(stream, length)
    if len(body) < length:
        raise BrokenFrame("endMissing")
    return body


def _read_exactly(stream: BinaryIO, count: int) -> bytes:
    # A buffered reader returns fewer bytes only at the end of the stream.
    return stream.read(count) if count else b""


def decode(body: bytes) -> dict[str, object]:
    """The JSON object in a frame. Raises ``BadJson`` for anything else, and for nesting deeper than ``MAX_DEPTH``."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadJson("notJson", words=str(error)) from error
    if not isinstance(message, dict):
        raise BadJson("notObject")
    if _deeper_than(message, MAX_DEPTH):
        raise BadJson("tooDeep", limit=MAX_DEPTH)
    return message


def _deeper_than(message: dict[str, Any], depth: int) -> bool:
    """Whether lists and objects lie within each other deeper than that, not counting the message around them all."""
    layer: list[Any] = [message]
    for _ in range(depth + 1):
        layer = [
            item
            for outer in layer
            for item in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(item, (dict, list))
        ]
        if not layer:
            return False
    return True


def encode(message: dict[str, object]) -> bytes:
    """The frame of a message. Raises ``ValueError`` when it is larger than browsers take."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(body) > MAX_OUTWARD:
        raise ValueError(f"a message of {len(body)} bytes is larger than {MAX_OUTWARD}")
    return _LENGTH.pack(len(body)) + body
