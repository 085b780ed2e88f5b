"""What the check rivals has to say, made on purpose."""

from __future__ import annotations

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import produces, untouched
from tests.unit.system.registry_double import RegistryDouble


def recorded_kvm(computer: Computer, kernel: str, virtualbox: str, users: int, parameter: str) -> None:
    computer.around.kernel = kernel
    computer.recorded_virtualbox(virtualbox)
    modules = f"kvm_intel 438272 {users} - Live 0x0\nkvm 1327104 1 kvm_intel, Live 0x0\n"
    computer.file("/proc/modules", modules)
    if parameter:
        computer.file("/sys/module/kvm/parameters/enable_virt_at_load", f"{parameter}\n")


@produces("kvmBusy")
def _recorded_busy(computer: Computer) -> None:
    recorded_kvm(computer, "6.1.0-18-amd64", "7.0.14r161095", 3, "")


@produces("kvmHolds")
def _recorded_holding(computer: Computer) -> None:
    recorded_kvm(computer, "6.12.38", "7.1.4r165100", 0, "Y")


@produces("kvmParameterOff")
def _recorded_turned(computer: Computer) -> None:
    recorded_kvm(computer, "6.12.38", "7.2.10r175245", 0, "N")


@produces("vmwareHolds")
def _recorded_vmware(computer: Computer) -> None:
    computer.file("/proc/modules", "vmmon 155648 0 - Live 0x0 (OE)\n")


@produces("hyperVHolds")
def _recorded_hyperv(computer: Computer) -> None:
    computer.around.system = "windows"
    computer.program("powershell.exe", "echo True")
    run = computer.around.run
    computer.around.run = lambda command, *rest: run([str(computer.bin / command[0]), *command[1:]], *rest)


@produces("memoryIntegrity")
def _recorded_integrity(computer: Computer) -> None:
    _recorded_hyperv(computer)
    registry = RegistryDouble()
    scenario = r"SYSTEM\CurrentControlSet\Control\DeviceGuard\Scenarios\HypervisorEnforcedCodeIntegrity"
    registry.tree[f"HKLM\\{scenario}"] = {"Enabled": 1}
    computer.around.registry = registry


produces("rivalsNone")(untouched)


@produces("rivalsQuiet")
def _recorded_quiet(computer: Computer) -> None:
    recorded_kvm(computer, "6.1.0-18-amd64", "7.0.14r161095", 0, "")


@produces("rivalsShare")
def _recorded_sharing(computer: Computer) -> None:
    recorded_kvm(computer, "6.18.2", "7.2.14r175245", 0, "Y")


@produces("rivalsUnknown")
def _(computer: Computer) -> None:
    # There is no powershell.exe here.
    computer.around.system = "windows"
