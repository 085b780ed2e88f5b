"""What the check driver has to say, made on purpose."""

from __future__ import annotations

from collections.abc import Sequence

from cvmwebapi.doctor.surroundings import Output

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import produces

_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


def recorded_driver(computer: Computer, loaded: str = "", built: bool = True) -> None:
    computer.recorded_virtualbox("7.0.14r161095")
    folder = f"/lib/modules/{computer.around.kernel}"
    computer.file(f"{folder}/updates/dkms/vboxdrv.ko" if built else f"{folder}/modules.dep")
    computer.file("/proc/modules", "vboxdrv 700416 2 vboxnetadp,vboxnetflt, Live 0x0 (OE)\n" if loaded else "")
    if loaded:
        computer.file("/sys/module/vboxdrv/version", f"{loaded} r161095 (0x00330004)\n")


@produces("driverNotBuilt")
def _recorded_kernel(computer: Computer) -> None:
    recorded_driver(computer, built=False)


@produces("driverNotLoaded")
def _recorded_unloaded(computer: Computer) -> None:
    recorded_driver(computer)


@produces("driverUnsigned")
def _recorded_secure_boot(computer: Computer) -> None:
    recorded_driver(computer)
    computer.file(_SECURE_BOOT, b"\x06\x00\x00\x00\x01")


@produces("driverOther")
def _recorded_other_driver(computer: Computer) -> None:
    recorded_driver(computer, loaded="6.1.50")


@produces("driverNoDevice")
def _recorded_no_device(computer: Computer) -> None:
    recorded_driver(computer, loaded="7.0.14")


@produces("driverForbidden")
def _recorded_forbidden(computer: Computer) -> None:
    recorded_driver(computer, loaded="7.0.14")
    computer.file("/dev/vboxdrv").chmod(0)
    real = computer.around.run

    def run(command: Sequence[str], *rest: float) -> Output:
        # From here on: nobody may look into this test's folder, where VirtualBox had to be found first.
        answer = real(command, *rest)
        computer.become_nobody()
        return answer

    computer.around.run = run


@produces("driverFine")
def _recorded_driver_fine(computer: Computer) -> None:
    recorded_driver(computer, loaded="7.0.14")
    computer.file("/dev/vboxdrv")
