"""What the check cache has to say, made on purpose."""

from __future__ import annotations

import hashlib
import os

from cvmwebapi.sessions.ledger.rows import Stage

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import produces, session_of, untouched


@produces("imageDamaged")
def _(computer: Computer) -> None:
    images = computer.around.cache / "images"
    images.mkdir()
    (images / f"{hashlib.sha256(b'whole').hexdigest()}.iso").write_bytes(b"half")


@produces("imageInUse")
def _(computer: Computer) -> None:
    image = computer.around.cache / "images" / f"{'2' * 64}.iso"
    image.parent.mkdir()
    image.write_bytes(b"half")
    session_of(computer, stage=Stage.MADE, iso=str(image))


@produces("downloadForgotten")
def _(computer: Computer) -> None:
    images = computer.around.cache / "images"
    images.mkdir()
    part = images / f"{'0' * 64}.part"
    part.touch()
    os.utime(part, (0, 0))


produces("cacheFine")(untouched)
