"""VirtualBox's extension pack, which RDP needs before VirtualBox 7.2.6: fetched and verified like an installer.

Its licence lies in it, and is the user's to accept: it is shown first, and VirtualBox is told the SHA-256 of the very
text that was shown.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import detect
from cvmwebapi.hypervisor.versions import Version
from cvmwebapi.provision import installers, installing, signed_list
from cvmwebapi.provision.installers import Installer
from cvmwebapi.provision.plan import Plan
from cvmwebapi.tasks import Task
from cvmwebapi.texts.codes import DetailCode
from cvmwebapi.texts.phrase import detail

_LICENCE = "ExtPack-license.txt"
_MAX_LICENCE = 512 * 1024
_MAX_UNPACKED = 512 * 2**20
_MAX_MEMBERS = 2000


@dataclass(frozen=True)
class Licence:
    """``text`` is for the user, ``sha256`` for VirtualBox."""

    text: str
    sha256: str


def find(settings: Settings, version: Version, task: Task) -> Installer:
    """The pack that the signed lists have for this very version.

    Raises ``CVMError``: ``extensionPackNone``, those of ``signed_list.get`` when no list could be had.
    """
    from cvmwebapi.vmcp.root_key import CERN

    found, faults = signed_list.lists(settings.keystores or (CERN,), task)
    for one in found:
        pack = installers.choose_pack(one, version)
        if pack:
            return pack
    raise faults[0] if faults else CVMError("extensionPackNone", version=str(version))


def licence(file: Path) -> Licence:
    """What the user has to accept. Nothing is written to the disk; raises ``CVMError("extensionPackBad")``."""
    try:
        with tarfile.open(file, "r|gz") as pack:
            unpacked = 0
            for number, member in enumerate(pack):
                unpacked += member.size
                if number > _MAX_MEMBERS or unpacked > _MAX_UNPACKED:
                    raise _bad("packTooLarge")
                if PurePosixPath(member.name).as_posix() == _LICENCE and member.isfile():
                    return _licence(pack, member)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise _bad("notReadable") from error
    raise _bad("noLicence")


def _licence(pack: tarfile.TarFile, member: tarfile.TarInfo) -> Licence:
    content = pack.extractfile(member)
    if content is None or member.size > _MAX_LICENCE:
        raise _bad("licenceTooLong")
    raw = content.read()
    return Licence(raw.decode("utf-8", "replace"), hashlib.sha256(raw).hexdigest())


def _bad(code: DetailCode) -> CVMError:
    return CVMError("extensionPackBad", detail=detail(code))


def install(
    pack: Installer,
    settings: Settings,
    accepts: Callable[[Licence], bool],
    task: Task,
) -> None:
    """Fetch it, have its licence accepted, and hand it to VirtualBox, over an older one if there is one.

    Raises ``CVMError``: ``extensionPackBad``, ``licenceRefused``, ``hypervisorMissing``, those of
    ``installing.fetch`` and ``installing.run``.
    """
    with installing.alone(task):
        fetched = installing.fetch(pack, settings, task)
        shown = licence(fetched)
        if not accepts(shown):
            raise CVMError("licenceRefused")
        program = detect.vboxmanage(settings.vboxmanage)
        with installing.ready(fetched, pack) as (file, _mounted):
            words = [str(program), "extpack", "install", "--replace", f"--accept-license={shown.sha256}", str(file)]
            installing.run(words, Plan(installer=pack), task)
