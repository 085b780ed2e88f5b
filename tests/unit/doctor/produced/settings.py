"""What the check settings has to say, made on purpose."""

from __future__ import annotations

from cvmwebapi.errors import CVMError

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import produces, untouched


@produces("settingsBroken")
def _(computer: Computer) -> None:
    computer.around.fault = CVMError("settingsBroken", file="settings.json", detail="no JSON")


@produces("policyBroken")
def _(computer: Computer) -> None:
    computer.around.fault = CVMError("policyBroken", file="policy.json", detail="no JSON")


@produces("folderUnwritable")
def _(computer: Computer) -> None:
    computer.around.data.chmod(0o500)
    computer.become_nobody()


produces("settingsFine")(untouched)
