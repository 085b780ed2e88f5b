"""Recorded answers of `VBoxManage list hostonlyifs`."""

from __future__ import annotations

from cvmwebapi.hypervisor import host_only

LINUX = """\
WARNING: The character device /dev/vboxdrv does not exist.

Name:            vboxnet0
GUID:            786f6276-656e-4074-8000-0a0027000000
DHCP:            Disabled
IPAddress:       192.168.56.1
VBoxNetworkName: HostInterfaceNetworking-vboxnet0

Name:            vboxnet1
"""
WINDOWS = LINUX.replace("vboxnet0", "VirtualBox Host-Only Ethernet Adapter").replace("\n", "\r\n")


def test_the_first_adapter() -> None:
    assert host_only.first_name(LINUX) == "vboxnet0"
    assert host_only.first_name(WINDOWS) == "VirtualBox Host-Only Ethernet Adapter"
    assert host_only.first_name("") == "" and host_only.first_name("VBoxNetworkName: x\n") == ""
