"""What the check versions has to say, made on purpose."""

from __future__ import annotations

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import produces, untouched


@produces("hostOld")
def _(computer: Computer) -> None:
    computer.around.extension = "99.0.0"


@produces("extensionOld")
def _(computer: Computer) -> None:
    computer.around.extension = "1.2.3"


produces("hostVersion")(untouched)


@produces("versionsFit")
def _(computer: Computer) -> None:
    computer.around.extension = "3.0.0"
