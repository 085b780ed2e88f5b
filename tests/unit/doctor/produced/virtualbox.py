"""What the check virtualbox has to say, made on purpose."""

from __future__ import annotations

from cvmwebapi.config.settings import Settings

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import produces


@produces("virtualboxMissing")
def _(computer: Computer) -> None:
    computer.around.settings = Settings(vboxmanage=str(computer.bin / "VBoxManage"))


@produces("virtualboxOutOfReach")
def _(computer: Computer) -> None:
    computer.around.settings = Settings(vboxmanage=str(computer.bin / "VBoxManage"))
    computer.file("/.flatpak-info", "[Application]\n")


@produces("virtualboxBroken")
def _(computer: Computer) -> None:
    computer.program("VBoxManage", "exec /usr/lib/virtualbox-that-is-gone/VBoxManage")


@produces("virtualboxOld")
def _(computer: Computer) -> None:
    computer.recorded_virtualbox("5.2.44r139111")


@produces("virtualboxFine")
@produces("extensionPackNone")
def _recorded_version(computer: Computer) -> None:
    computer.recorded_virtualbox()


@produces("extensionPackThere")
def _recorded_pack(computer: Computer) -> None:
    listing = "Pack no. 0:\\nVRDE Module: VBoxVRDP\\nUsable: true\\n"
    computer.program("VBoxManage", f'case "$1" in --version) echo 7.0.14r1;; *) printf "{listing}";; esac')
