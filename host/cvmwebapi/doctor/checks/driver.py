"""VirtualBox's kernel driver on Linux: built for this kernel, loaded, of the same version, and open to this user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from cvmwebapi.doctor import virtualbox_facts
from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding, Params
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.hypervisor import versions
from cvmwebapi.hypervisor.versions import Version

_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


@dataclass(frozen=True)
class Facts:
    """``version`` is VirtualBox's, ``driver`` that of the loaded driver ("" if not loaded)."""

    version: Version
    kernel: str
    loaded: bool
    driver: str
    built: bool
    secure_boot: bool
    device: bool
    usable: bool
    debian: bool


def look(around: Surroundings) -> Iterator[Finding]:
    """On Linux, and with a VirtualBox there; elsewhere its installer sees to the driver."""
    if around.system != "linux":
        return
    version = versions.parse(virtualbox_facts.of(around).answer)
    if version:
        yield judge(gather(around, version))


def gather(around: Surroundings, version: Version) -> Facts:
    """From /proc, /sys, /dev and /lib/modules."""
    modules = around.place(f"/lib/modules/{around.kernel}")
    device = around.place("/dev/vboxdrv")
    return Facts(
        version=version,
        kernel=around.kernel,
        loaded=any(line.startswith("vboxdrv ") for line in around.text("/proc/modules").splitlines()),
        driver=around.text("/sys/module/vboxdrv/version").strip(),
        built=modules.is_dir() and any(modules.rglob("vboxdrv.ko*")),
        secure_boot=_secure_boot(around),
        device=device.exists(),
        usable=os.access(device, os.R_OK | os.W_OK),
        debian=around.place("/etc/debian_version").exists(),
    )


def _secure_boot(around: Surroundings) -> bool:
    try:
        # Four bytes of attributes, then the value.
        return around.place(_SECURE_BOOT).read_bytes()[4:5] == b"\x01"
    except OSError:
        return False


def judge(facts: Facts) -> Finding:
    """Pure."""
    params: Params = {"kernel": facts.kernel, "version": str(facts.version)}
    if not facts.loaded:
        if facts.built and facts.secure_boot:
            return Finding("driverUnsigned", params, command="sudo mokutil --import /var/lib/dkms/mok.pub")
        if facts.built:
            return Finding("driverNotLoaded", params, command="sudo modprobe vboxdrv")
        return Finding("driverNotBuilt", params, command=_build(facts))
    ours = versions.parse(facts.driver.replace(" ", "").split("(")[0])
    if ours and ours != facts.version and str(ours) != str(facts.version):
        other: Params = {**params, "driver": str(ours)}
        return Finding(
            "driverOther", other, command="sudo modprobe -r vboxnetadp vboxnetflt vboxdrv; sudo modprobe vboxdrv"
        )
    if not facts.device:
        return Finding("driverNoDevice", params, command="sudo systemctl restart vboxdrv")
    if not facts.usable:
        return Finding("driverForbidden", params, command='sudo usermod -aG vboxusers "$USER"')
    return Finding("driverFine", params)


def _build(facts: Facts) -> str:
    if facts.version.flavour == "Debian" or (facts.debian and facts.version.flavour == "Ubuntu"):
        return f"sudo apt-get install virtualbox-dkms linux-headers-{facts.kernel}"
    return "sudo /sbin/vboxconfig"


CHECK = Check(
    __name__,
    look=look,
    advice={
        "driverFine": Advice("ok"),
        "driverNotBuilt": Advice("problem", waited_for=True),
        "driverUnsigned": Advice("problem"),
        "driverNotLoaded": Advice("problem", waited_for=True),
        "driverOther": Advice("problem", waited_for=True),
        "driverNoDevice": Advice("problem", waited_for=True),
        "driverForbidden": Advice("problem", waited_for=True),
    },
    explains=("driverMissing", "driverForbidden", "driverMismatch"),
    may_explain=("hypervisorFailed", "hypervisorTimeout", "virtualboxUnavailable"),
)
