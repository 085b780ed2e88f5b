"""What the check processor has to say, made on purpose."""

from __future__ import annotations

from tests.unit.doctor.conftest import RECORDED_CPUINFO, Computer
from tests.unit.doctor.producing import produces


@produces("virtualizationOff")
def _recorded_firmware(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO.replace(" vmx", ""))


@produces("processorOther")
def _recorded_arm(computer: Computer) -> None:
    computer.around.machine = "aarch64"
    computer.file("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n")


@produces("nestedOff")
def _recorded_nested(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO.replace("vmx", "hypervisor"))


@produces("nestedSoftware")
def _recorded_nested_software(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO.replace("vmx", "hypervisor"))


@produces("nestedSlow")
def _recorded_nested_on(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO.replace("vmx", "vmx hypervisor"))


@produces("processorFine")
def _recorded_processor(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO)


@produces("processorUnknown")
def _recorded_silence(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", "processor\t: 0\n")
