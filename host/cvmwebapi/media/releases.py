"""What a tree of releases is to hold, from somebody whom nobody on the way can speak for.

A tree that comes over https, or from this computer, speaks for itself: its newest version is in ``latest``, each
image's checksum beside it. Of any other tree only the files are taken: versions and checksums come from a signed list
(``releases.lst``) beside those of the keystores, a line ``path=sha256`` for each file and one ``latest=version``.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.net import addresses, document
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import detail
from cvmwebapi.vmcp import keys
from cvmwebapi.vmcp.keystore import parse_list
from cvmwebapi.vmcp.root_key import CERN
from cvmwebapi.vmcp.signed_file import SignedFiles

LIST = "releases.lst"
LATEST = "latest"
_MAX_LIST = 1024 * 1024
_MAX_TEXT = 4096
_CHECKSUM = re.compile(r"([0-9a-f]{64})( [ *]?(\S+))?\s*")


def speaks_for_itself(url: str) -> bool:
    """Whether what ``url`` says can't have been changed on its way."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in addresses.THIS_COMPUTER


def latest(settings: Settings, task: Task) -> str:
    """The newest version, as its source writes it. Raises ``CVMError``: ``downloadFailed``, ``cancelled``."""
    return _said(LATEST, LATEST, settings, document.MAX_SECONDS, task).strip()


def checksum(path: str, settings: Settings, task: Task, seconds: float = document.MAX_SECONDS) -> str:
    """The SHA-256, in small hex digits, that the file at ``path`` of the tree is to have.

    Raises ``CVMError``: ``downloadFailed``, ``cancelled``.
    """
    line = _CHECKSUM.fullmatch(_said(path, f"{path}.sha256", settings, seconds, task).lower())
    if not line:
        url = f"{settings.releases.rstrip('/')}/{path}.sha256"
        raise CVMError("downloadFailed", url=url, detail=detail("noChecksum"))
    return line[1]


def _said(name: str, file: str, settings: Settings, seconds: float, task: Task) -> str:
    root = settings.releases.rstrip("/")
    if not speaks_for_itself(root):
        return _listed(name, root, settings, task)
    try:
        answer = document.get(f"{root}/{file}", limit=_MAX_TEXT, seconds=seconds, task=task)
    except CVMError as error:
        task.check()
        raise CVMError("downloadFailed", url=f"{root}/{file}", detail=error.phrase) from error
    return answer.decode("ascii", "replace")


def _listed(name: str, root: str, settings: Settings, task: Task) -> str:
    fault: CVMError | None = None
    for item in settings.keystores or (CERN,):
        try:
            files = SignedFiles(item.url, keys.load_public_key(item.root_key))
            content = files.get(LIST, _MAX_LIST, task)
            files.check_snapshot(LIST, content, task)
        except (CVMError, keys.BadKey) as error:
            task.check()
            fault = error if isinstance(error, CVMError) else fault
            continue
        found = parse_list(content, only=name.lower()).get(name.lower())
        if found:
            return found
    raise CVMError("downloadFailed", url=f"{root}/{name}", detail=detail("releaseUnsigned")) from fault
