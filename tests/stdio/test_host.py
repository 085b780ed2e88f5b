"""The host as a browser meets it: frames, handshake, refusals. Real process, real pipes."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi import __version__
from cvmwebapi.protocol import MAX_INWARD

from tests.conftest import HOST
from tests.stdio.client import HostClient, HostError


@pytest.fixture
def host(tmp_path: Path) -> Iterator[HostClient]:
    environment = {**os.environ, "HOME": str(tmp_path), "PATH": str(tmp_path)}
    with HostClient(environment, HOST) as client:
        yield client


def test_the_handshake_tells_version_and_capabilities(host: HostClient) -> None:
    answer = host.hello()
    assert answer["version"] == __version__ and answer["protocol"] == 1 and "sessions" in answer["capabilities"]


def test_another_protocol_is_refused_with_advice(host: HostClient) -> None:
    with pytest.raises(HostError) as refused:
        host.hello(protocol=99)
    assert refused.value.name == "versionMismatch" and "Update" in refused.value.fix


def test_end_of_input_ends_the_host_at_once_and_well(host: HostClient) -> None:
    host.hello()
    assert host.close(seconds=2) == 0


@pytest.mark.parametrize("body", [b"nonsense", b"[]", b'{"id": 5}', b"{}"])
def test_a_bad_message_is_answered_and_the_next_one_served(host: HostClient, body: bytes) -> None:
    host.send_raw(struct.pack("=I", len(body)) + body)
    with pytest.raises(HostError, match="badMessage"):
        host.result("", 5)
    assert host.hello()["protocol"] == 1


@pytest.mark.parametrize("data", [struct.pack("=I", MAX_INWARD + 1), struct.pack("=I", 10) + b"short", b"\x01"])
def test_a_broken_frame_ends_the_host_with_an_answer(host: HostClient, data: bytes) -> None:
    host.send_raw(data)
    assert host.close(seconds=2) == 1
    with pytest.raises(HostError, match="badMessage"):
        host.result("", 5)


def test_a_page_may_not_speak_for_the_extension(host: HostClient) -> None:
    for action in ("hello", "answerQuestion", "nonsense", "__init__"):
        with pytest.raises(HostError, match="unknownAction"):
            host.call(action)


def test_the_extension_may_not_speak_for_a_page(host: HostClient) -> None:
    with pytest.raises(HostError, match="notAllowed"):
        host.call("start", {"kind": "extension"}, session="x")


def test_without_virtualbox_the_answer_says_so(host: HostClient) -> None:
    with pytest.raises(HostError) as missing:
        host.call("requestSession", url="http://localhost/vmcp")
    assert missing.value.name == "hypervisorMissing"


def test_floods_are_bounded(host: HostClient) -> None:
    numbers = [host.begin("requestSession", url="x" * 5000) for _ in range(300)]
    names = set()
    for number in numbers:
        with pytest.raises(HostError) as refused:
            host.result(number, 20)
        names.add(refused.value.name)
    assert names <= {"badValue", "tooManyRequests"}
    assert host.hello()["protocol"] == 1
