"""What `VBoxManage list extpacks` says of the RDP server. Oracle's packs can't be had for the tests, for their licence:
their listings are doubles, as users have published them; those of the VNC pack and of none are the rig's own."""

from __future__ import annotations

import pytest
from cvmwebapi.hypervisor.remote_display import rdp_among

ORACLE_6 = """Extension Packs: 1
Pack no. 0:   Oracle VM VirtualBox Extension Pack
Version:      6.1.44
Revision:     156814
Edition:
Description:  Oracle Cloud Infrastructure integration, Host Webcam, VirtualBox RDP, PXE ROM, Disk Encryption, NVMe.
VRDE Module:  VBoxVRDP
Usable:       true
Why unusable:
"""
ORACLE_7_2_4 = """Extension Packs: 1
Pack no. 0:   Oracle VirtualBox Extension Pack
Version:        7.2.4
Revision:       170995
Edition:
Description:    Oracle Cloud Infrastructure integration, VirtualBox RDP, PXE ROM, Disk Encryption, full VM encryption.
VRDE Module:    VBoxVRDP
Crypto Module:  VBoxPuelCrypto
Usable:         true
Why unusable:
"""
ORACLE_7_2_6 = ORACLE_7_2_4.replace("VBoxVRDP", "").replace("VirtualBox RDP, ", "")
VNC = """Extension Packs: 1
Pack no. 0:   VNC
Version:        7.2.22
Revision:       175245
Edition:
Description:    VNC plugin module
VRDE Module:    VBoxVNC
Crypto Module:
Usable:         true
Why unusable:
"""
BOTH = VNC + ORACLE_6.partition("\n")[2].replace("no. 0", "no. 1")


@pytest.mark.parametrize("listing", [ORACLE_6, ORACLE_7_2_4, BOTH, "WARNING: no driver.\n" + ORACLE_6])
def test_packs_with_the_server(listing: str) -> None:
    assert rdp_among(listing)


@pytest.mark.parametrize(
    "listing", [ORACLE_7_2_6, VNC, "Extension Packs: 0\n", "", ORACLE_6.replace("true", "false"), VNC + ORACLE_7_2_6]
)
def test_packs_without_it(listing: str) -> None:
    assert not rdp_among(listing)
