from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import Phrase
from cvmwebapi.vmcp.canonical import signed_fields
from cvmwebapi.vmcp.description import (
    Flags,
    MachineDescription,
    SignedDescription,
    check_required,
    parse,
)
from cvmwebapi.vmcp.values import MAX_USER_DATA
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.site_fixtures import failure

CHECKSUM = "ab" * 32
SIGNED = {"name": "n", "secret": "s", "signature": "x"}


def machine(**values: Any) -> SignedDescription:
    return parse(signed_fields({"name": "my-vm", "secret": "s", **values}))


def test_defaults() -> None:
    assert machine() == SignedDescription(name="my-vm", secret="s")
    assert asdict(machine()) == {
        "name": "my-vm",
        "secret": "s",
        "user_data": "",
        "cpus": 1,
        "memory": 512,
        "disk": 1024,
        "version": "latest",
        "flavor": "prod",
        "flags": 0,
        "disk_url": "",
        "disk_checksum": "",
        "api_port": 80,
        "execution_cap": 100,
        "can_override": (),
        "min_cpus": 0,
        "min_memory": 0,
        "min_disk": 0,
    }


def test_everything_said() -> None:
    assert machine(
        userData="[amiconfig]\nx=${y:z}\n",
        cpus="2",
        memory=2048,
        disk="0",
        version="2.7-8.cernvm",
        cernvmFlavor="testing",
        flags="3",
        diskURL="https://example.org/disk.vdi.gz",
        diskChecksum=CHECKSUM.upper(),
        apiPort=8080,
        executionCap=80,
        canOverride="cpus, memory,,cpus",
        somethingElse="kept, signed over, ignored",
    ) == SignedDescription(
        "my-vm",
        "[amiconfig]\nx=${y:z}\n",
        2,
        2048,
        0,
        "2.7-8.cernvm",
        "testing",
        3,
        "https://example.org/disk.vdi.gz",
        CHECKSUM,
        8080,
        80,
        ("cpus", "memory"),
        secret="s",
    )


@pytest.mark.parametrize(
    ("alias", "value", "attribute", "expected"),
    [
        ("vcpus", 4, "cpus", 4),
        ("ram", 1024, "memory", 1024),
        ("cernvmVersion", "3.1", "version", "3.1"),
        ("flavor", "devel", "flavor", "devel"),
        ("MEMORY", 1024, "memory", 1024),
        ("apiport", 81, "api_port", 81),
    ],
)
def test_other_spellings(alias: str, value: object, attribute: str, expected: object) -> None:
    assert getattr(machine(**{alias: value}), attribute) == expected


def test_two_spellings_may_agree_but_not_differ() -> None:
    assert machine(ram=1024, memory="1024").memory == 1024
    assert machine(ram="", memory="1024").memory == 1024
    assert machine(ram="1024", memory="").memory == 1024
    assert failure(machine, ram=1024, memory=2048).name == "vmcpConflict"


def test_an_empty_value_means_the_default() -> None:
    empty = dict.fromkeys(
        ["userData", "cpus", "memory", "disk", "version", "flavor", "flags", "diskURL", "diskChecksum", "canOverride"],
        "",
    )
    assert machine(**empty) == machine()


@pytest.mark.parametrize(
    ("values", "error", "code"),
    [
        ({"name": "my vm"}, "machineName", -99),
        ({"name": "../x"}, "machineName", -99),
        ({"name": "a/b"}, "machineName", -99),
        ({"name": "a.b"}, "machineName", -99),
        ({"name": "-é"}, "machineName", -99),
        ({"name": "a\n"}, "machineName", -99),
        ({"name": "a" * 101}, "machineName", -99),
        ({"name": ""}, "vmcpIncomplete", -99),
        ({"secret": ""}, "vmcpIncomplete", -99),
        ({"secret": "a" * 1025}, "machineText", -99),
        ({"secret": "a\0"}, "machineText", -99),
        ({"cpus": 0}, "machineNumber", -99),
        ({"cpus": 65}, "machineNumber", -99),
        ({"cpus": -1}, "machineNumber", -99),
        ({"cpus": "two"}, "machineNumber", -99),
        ({"cpus": " 2"}, "machineNumber", -99),
        ({"cpus": "2.0"}, "machineNumber", -99),
        ({"cpus": "1e1"}, "machineNumber", -99),
        ({"cpus": "0x2"}, "machineNumber", -99),
        ({"cpus": "٢"}, "machineNumber", -99),
        ({"cpus": "9" * 5000}, "machineNumber", -99),
        ({"memory": 15}, "machineNumber", -99),
        ({"memory": 1048577}, "machineNumber", -99),
        ({"disk": 2097153}, "machineNumber", -99),
        ({"disk": "-5"}, "machineNumber", -99),
        ({"apiPort": 0}, "machineNumber", -99),
        ({"apiPort": 65536}, "machineNumber", -99),
        ({"executionCap": 0}, "machineNumber", -99),
        ({"executionCap": 101}, "machineNumber", -99),
        ({"flags": 256}, "machineFlags", -10),
        ({"flags": 513}, "machineFlags", -10),
        ({"flags": "1025"}, "machineFlags", -10),
        ({"flags": -1}, "machineNumber", -99),
        ({"flags": 2**31}, "machineNumber", -99),
        ({"flags": 2}, "machineBootDisk", -99),
        ({"version": "../../evil"}, "machineText", -99),
        ({"version": "a b"}, "machineText", -99),
        ({"version": "1" * 65}, "machineText", -99),
        ({"version": "latest\n"}, "machineText", -99),
        ({"flavor": "huge"}, "machineText", -99),
        ({"diskURL": "https://example.org/d"}, "vmcpIncomplete", -99),
        ({"diskChecksum": CHECKSUM}, "vmcpIncomplete", -99),
        ({"diskURL": "https://example.org/d", "diskChecksum": "ab"}, "machineText", -99),
        ({"diskURL": "https://example.org/d", "diskChecksum": "xy" * 32}, "machineText", -99),
        ({"diskURL": "file:///etc/passwd", "diskChecksum": CHECKSUM}, "machineText", -99),
        ({"diskURL": "-oX=y", "diskChecksum": CHECKSUM}, "machineText", -99),
        ({"diskURL": "https://a b", "diskChecksum": CHECKSUM}, "machineText", -99),
        ({"diskURL": "https://" + "a" * 5000, "diskChecksum": CHECKSUM}, "machineText", -99),
        ({"userData": "a" * (MAX_USER_DATA + 1)}, "machineUserData", -99),
        ({"userData": "é" * (MAX_USER_DATA // 2 + 1)}, "machineUserData", -99),
        ({"userData": "a\0b"}, "machineUserData", -99),
        ({"canOverride": "cpus;rm"}, "machineText", -99),
        ({"canOverride": ",".join(f"a{number}" for number in range(65))}, "machineText", -99),
    ],
    ids=lambda value: str(value)[:40],
)
def test_refused(values: dict[str, Any], error: str, code: int) -> None:
    caught = failure(machine, **values)
    assert (caught.name, caught.code) == (error, code)
    assert caught.message
    assert caught.fix


@pytest.mark.parametrize(
    ("key", "attribute", "low", "high"),
    [
        ("cpus", "cpus", 1, 64),
        ("memory", "memory", 16, 1048576),
        ("disk", "disk", 0, 2097152),
        ("flags", "flags", 0, 2147483647),
        ("apiPort", "api_port", 1, 65535),
        ("executionCap", "execution_cap", 1, 100),
        ("minCpus", "min_cpus", 0, 64),
        ("minMemory", "min_memory", 0, 1048576),
        ("minDisk", "min_disk", 0, 2097152),
    ],
)
def test_numbers_end_at_their_limits_and_errors_name_them(key: str, attribute: str, low: int, high: int) -> None:
    # The highest flags ask for files of the user's own computer.
    for allowed in (low, high if key != "flags" else 255 - 2):
        assert getattr(machine(**{key: allowed}), attribute) == allowed
    for refused in (low - 1, high + 1):
        error = failure(machine, **{key: refused})
        assert (error.name, error.params) == ("machineNumber", {"key": key, "low": low, "high": high})


@pytest.mark.parametrize(
    ("values", "params"),
    [
        ({"secret": "a" * 1025}, {"key": "secret", "rule": Phrase("rule_printable", {"limit": 1024})}),
        ({"version": "a b"}, {"key": "version", "rule": Phrase("rule_version")}),
        ({"flavor": "huge"}, {"key": "cernvmFlavor", "rule": "prod, devel, testing"}),
        ({"diskURL": "ftp://x", "diskChecksum": CHECKSUM},
         {"key": "diskURL", "rule": Phrase("rule_address", {"limit": 4096})}),
        ({"diskURL": "https://x", "diskChecksum": "ab"}, {"key": "diskChecksum", "rule": Phrase("rule_hex64")}),
        ({"canOverride": "cpus;rm"}, {"key": "canOverride", "rule": Phrase("rule_names", {"limit": 64})}),
        ({"name": "a b"}, {"limit": 100}),
        ({"userData": "a\0b"}, {"limit": 256}),
        ({"flags": 256 | 1}, {"flags": 257}),
        ({"ram": 1024, "memory": 2048}, {"key": "memory"}),
        ({"name": ""}, {"key": "name"}),
        ({"secret": ""}, {"key": "secret"}),
        ({"diskURL": "https://example.org/d"}, {"key": "diskChecksum"}),
        ({"diskChecksum": CHECKSUM}, {"key": "diskURL"}),
    ],
)  # fmt: skip
def test_errors_say_which_value_is_wrong_and_what_it_must_be(values: dict[str, Any], params: dict[str, Any]) -> None:
    assert failure(machine, **values).params == params


def test_limits_themselves_are_allowed() -> None:
    assert machine(userData="a" * MAX_USER_DATA, name="a" * 100, secret="s" * 1024, version="1" * 64)
    longest = "https://example.org/" + "d" * (4096 - 20)
    assert machine(diskURL=longest, diskChecksum=CHECKSUM).disk_url == longest
    names = [f"a{number}" for number in range(64)]
    assert machine(canOverride=",".join(names)).can_override == tuple(names)


def test_bits_that_nobody_knows_ask_for_nothing() -> None:
    described = machine(flags=2048 | 1 | 8)
    assert described.flags == 9
    assert described.has(Flags.FLOPPY_IO)
    assert not described.has(Flags.HEADFUL)


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ({**SIGNED, "name": ""}, "name"),
        ({**SIGNED, "name": None}, "name"),
        ({"secret": "s", "signature": "x"}, "name"),
        ({"name": "n", "signature": "x"}, "secret"),
        ({"name": "n", "secret": "s"}, "signature"),
        ({**SIGNED, "diskURL": "https://example.org/d"}, "diskChecksum"),
        ({**SIGNED, "diskChecksum": CHECKSUM}, "diskURL"),
        ({**SIGNED, "diskURL": "https://example.org/d", "diskChecksum": ""}, "diskChecksum"),
    ],
)
def test_what_is_required(answer: dict[str, object], key: str) -> None:
    error = failure(check_required, answer)
    assert (error.name, error.code, error.params) == ("vmcpIncomplete", -99, {"key": key})


def test_nothing_required_is_missing() -> None:
    check_required({**SIGNED, "diskURL": "https://example.org/d", "diskChecksum": CHECKSUM})


def test_the_page_overrides_what_the_site_allows() -> None:
    described = machine(canOverride="ram, diskURL,diskChecksum,name,secret,canOverride,flags")
    assert described.overridden({"memory": "2048"}).memory == 2048
    assert described.overridden({"ram": "2048", "flags": "9"}).flags == 9
    assert described.overridden({"memory": ""}).memory == 512
    assert described.overridden({}) == described.without_secret()
    for name in ("cpus", "name", "secret", "canOverride", "userData", "SECRET", ""):
        assert failure(described.overridden, {name: "1"}).name == "settingNotAllowed"


def test_what_the_page_does_not_override_stays_as_the_site_has_it() -> None:
    described = MachineDescription(
        "my-vm", "data", 2, 2048, 4096, "2.7-8", "devel", 3, "https://example.org/d", CHECKSUM, 8080, 80,
        ("executionCap", "memory"), 1, 1024, 3072,
    )  # fmt: skip
    assert described.overridden({"executionCap": "50"}) == replace(described, execution_cap=50)
    assert described.overridden({"memory": "1024"}) == replace(described, memory=1024)


def test_a_name_that_can_not_be_overridden_is_told_cut_short() -> None:
    assert failure(machine().overridden, {"n" * 65: "1"}).params == {"name": "n" * 64}


def test_what_the_page_overrides_obeys_the_same_limits() -> None:
    described = machine(canOverride="memory,flags,diskURL")
    assert failure(described.overridden, {"memory": "1"}).name == "machineNumber"
    assert failure(described.overridden, {"flags": "256"}).name == "machineFlags"
    assert failure(described.overridden, {"diskURL": "https://example.org/d"}).name == "vmcpIncomplete"


def test_secrets_stay_out_of_logs() -> None:
    assert "hush" not in repr(machine(secret="hush", userData="hush"))


@given(
    st.dictionaries(
        st.sampled_from(["cpus", "memory", "flags", "diskurl", "diskchecksum", "version", "canoverride", "userdata"]),
        st.text(max_size=20) | st.integers().map(str),
    )
)
def test_any_fields_are_read_or_refused(fields: dict[str, str]) -> None:
    fields = {key: value.encode("utf-8", "replace").decode() for key, value in fields.items()}
    try:
        described = parse({"name": "n", "secret": "s", **fields})
    except CVMError:
        return
    assert parse({"name": "n", "secret": "s"}) == described or fields
