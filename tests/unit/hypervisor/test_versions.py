from __future__ import annotations

import pytest
from cvmwebapi.hypervisor import versions
from cvmwebapi.hypervisor.versions import Version

# As distributions print them; the warning is Debian's of a package without its kernel driver.
_WARNING = """WARNING: The character device /dev/vboxdrv does not exist.
\t Please install the virtualbox-dkms package and the appropriate
\t headers, most likely linux-headers-amd64.

\t You will not be able to start VMs until this problem is fixed.
"""


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("7.2.22_Debianr175245\n", Version(7, 2, 22, "Debian", 175245)),
        ("7.0.14_SUSEr161095", Version(7, 0, 14, "SUSE", 161095)),
        ("6.1.50r161033\r\n", Version(6, 1, 50, "", 161033)),
        ("7.1.0_BETA1r164000\n", Version(7, 1, 0, "BETA1", 164000)),
        ("7.0.16_Ubuntur162802\n", Version(7, 0, 16, "Ubuntu", 162802)),
        (_WARNING + "7.2.22_Debianr175245\n", Version(7, 2, 22, "Debian", 175245)),
    ],
)
def test_versions_with_suffixes_and_warnings(text: str, version: Version) -> None:
    assert versions.parse(text) == version


def test_what_is_no_version() -> None:
    for text in ("", _WARNING, "VBoxManage: error: 7.2.22 is broken", "7.2"):
        assert versions.parse(text) is None


def test_versions_compare_by_numbers() -> None:
    assert versions.OLDEST < Version(6, 1, 4) < Version(6, 1, 50) < Version(7, 0, 2) < Version(7, 2, 10)


def test_each_generation_is_told_to_shut_the_same_doors_in_its_own_words() -> None:
    old, new = versions.dialect(Version(6, 1, 50)).hardening(), versions.dialect(Version(7, 0, 0)).hardening()
    assert "--audio" in old and "--audio-enabled" in new and "--nat-localhostreachable1" not in old
    for options in (old, new):
        shut = {"off", "none", "disabled", "127.0.0.1", "external", "VBoxAuthSimple"}
        assert set(options[1::2]) <= shut and all(word.startswith("--") for word in options[::2])
    assert "--vrdeaddress" in old and "--vrde-address" in new
    assert versions.dialect(None) == versions.dialect(Version(7, 1, 0))
    assert versions.dialect(Version(7, 2, 4)).built_in_rdp() == () != versions.dialect(Version(7, 2, 6)).built_in_rdp()
