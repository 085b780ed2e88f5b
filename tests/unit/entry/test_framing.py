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


@pytest.mark.parametrize(
    ("data", "code", "params"),
    [
        (b"\x01\x02\x03", "endMissing", {}),
        (frame(b"{}")[:-1], "endMissing", {}),
        (struct.pack("=I", MAX_INWARD + 1), "tooLarge", {"limit": MAX_INWARD // 1024}),
    ],
    ids=["no length", "cut", "too large"],
)
def test_a_broken_frame_says_what_is_wrong(data: bytes, code: str, params: dict[str, object]) -> None:
    with pytest.raises(framing.BrokenFrame) as broken:
        framing.read(io.BytesIO(data))
    assert (broken.value.code, broken.value.params, str(broken.value)) == (code, params, f"{code} {params}")


@pytest.mark.parametrize(
    ("body", "code", "params"),
    [
        (b"{", "notJson", {"words": "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"}),
        (b"[]", "notObject", {}),
        (b'{"a":' * (MAX_DEPTH + 2) + b"0" + b"}" * (MAX_DEPTH + 2), "tooDeep", {"limit": MAX_DEPTH}),
    ],
    ids=["cut", "list", "deep"],
)
def test_a_bad_message_says_what_is_wrong(body: bytes, code: str, params: dict[str, object]) -> None:
    with pytest.raises(framing.BadJson) as bad:
        framing.decode(body)
    assert (bad.value.code, bad.value.params) == (code, params)


@pytest.mark.parametrize(("opened", "closed"), [(b"[", b"]"), (b'{"a":', b"}")], ids=["lists", "objects"])
def test_the_deepest_message_that_is_read(opened: bytes, closed: bytes) -> None:
    framing.decode(b'{"a":' + opened * MAX_DEPTH + b"0" + closed * MAX_DEPTH + b"}")
    with pytest.raises(framing.BadJson):
        framing.decode(b'{"a":' + opened * (MAX_DEPTH + 1) + b"0" + closed * (MAX_DEPTH + 1) + b"}")


def test_limits_themselves_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "MAX_INWARD", 10)
    monkeypatch.setattr(framing, "MAX_OUTWARD", 10)
    assert framing.read(io.BytesIO(frame(b"0123456789"))) == b"0123456789"
    assert framing.read(io.BytesIO(frame(b""))) == b""
    assert framing.encode({"a": 1234}) == frame(b'{"a":1234}')
    with pytest.raises(ValueError, match=r"^a message of 11 bytes is larger than 10$"):
        framing.encode({"a": 12345})


def test_a_message_is_written_short_and_whatever_its_texts_hold() -> None:
    assert framing.encode({"é": ["a", 1]}) == frame('{"é":["a",1]}'.encode())
    assert framing.encode({"a": "\ud800"}) == frame(b'{"a":"\xed\xa0\x80"}')


def test_one_frame_after_the_other_is_read() -> None:
    stream = io.BytesIO(frame(b"{}") + frame(b"[]"))
    assert [framing.read(stream) for _ in range(3)] == [b"{}", b"[]", None]
