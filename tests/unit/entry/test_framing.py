from __future__ import annotations

import io
import json
import struct

import pytest
from cvmwebapi.entry import framing
from cvmwebapi.protocol import MAX_DEPTH, MAX_INWARD, MAX_OUTWARD
from hypothesis import given
from hypothesis import strategies as st


def frame(body: bytes) -> bytes:
    return struct.pack("=I", len(body)) + body


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none(), max_size=8))
def test_what_is_encoded_is_read_back(message: dict[str, object]) -> None:
    body = framing.read(io.BytesIO(framing.encode(message)))
    assert body is not None and framing.decode(body) == message


@given(st.binary(max_size=64))
def test_any_bytes_end_in_a_frame_an_end_or_a_clear_error(data: bytes) -> None:
    try:
        body = framing.read(io.BytesIO(data))
        if body is not None:
            framing.decode(body)
    except (framing.BrokenFrame, framing.BadJson):
        pass


def test_end_of_stream_between_frames_is_no_error() -> None:
    assert framing.read(io.BytesIO(b"")) is None


@pytest.mark.parametrize("data", [b"\x01", frame(b"{}")[:-1], struct.pack("=I", MAX_INWARD + 1)])
def test_cut_and_oversized_frames_are_broken(data: bytes) -> None:
    with pytest.raises(framing.BrokenFrame):
        framing.read(io.BytesIO(data))


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(framing.BadJson):
        framing.decode(body)


def test_depth_is_bounded() -> None:
    deep: object = 0
    for _ in range(MAX_DEPTH + 2):
        deep = [deep]
    with pytest.raises(framing.BadJson, match="tooDeep"):
        framing.decode(json.dumps({"params": deep}).encode())


def test_a_message_that_browsers_would_refuse_is_not_sent() -> None:
    with pytest.raises(ValueError, match="larger"):
        framing.encode({"x": "y" * MAX_OUTWARD})
