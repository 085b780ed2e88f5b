"""One assembled world: example site, release tree and keystore over HTTP, a VirtualBox and settings of its own."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from cvmwebapi import website
from cvmwebapi.system import files

from tests.drivers import launch
from tests.drivers.browser import Browser
from tests.drivers.registration import register_host
from tests.lab.files_server import FilesServer
from tests.rig import cache
from tests.rig.guest.releases import make_release_tree
from tests.rig.home import VBoxHome

CHECKOUT = Path(__file__).resolve().parents[2]
EXTENSION = CHECKOUT / "extension"
_EXAMPLE = CHECKOUT / "examples" / "site"


def blank_iso() -> Path:
    """An ISO that boots nothing: for tests of states alone, in which the machine sits in its BIOS."""

    def build(folder: Path, log: Path) -> None:
        import pycdlib

        image = pycdlib.PyCdlib()
        image.new(vol_ident="BLANK")
        image.write(str(folder / "blank.iso"))
        image.close()

    return cache.build("blank-iso", "1", build) / "blank.iso"


class World:
    """Use as context manager. `home` is HOME of all its processes."""

    def __init__(self, iso: Path, site: Path | None = None, listed: bool = True) -> None:
        """`iso` is what the release tree offers; `site` the folder served as the site (default: the example).

        The keystore lists the site, or nobody.
        """
        self.home = VBoxHome()
        self.folder = self.home.folder
        self.environment = self.home.environment()
        self.served = served = self.folder / "served"
        """What the files server has."""
        self.releases = served / "releases"
        make_release_tree(self.releases, iso)
        self._files = FilesServer(served)
        self._site = self._start_site(site or _EXAMPLE)
        self._write_keystore(served / "keystore", self.addresses["keystoreLines"] if listed else [])
        self.write_settings()

    def _start_site(self, folder: Path) -> subprocess.Popen[str]:
        key = self.folder / "site-key.pem"
        process = subprocess.Popen(
            [sys.executable, _EXAMPLE / "server.py", key, "--port", "0", "--site", folder],
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
        )
        assert process.stdout is not None
        self.addresses: dict[str, str] = json.loads(process.stdout.readline())
        self.site_key = key
        return process

    def _write_keystore(self, folder: Path, lines: Sequence[str]) -> None:
        folder.mkdir()
        root = website.generate_key()
        content = website.keystore_list(lines)
        (folder / "domainkeys.lst").write_bytes(content)
        (folder / "domainkeys.sig").write_bytes(website.sign_keystore(content, root))
        self._root_key = website.public_pem(root)
        if isinstance(self._root_key, bytes):
            self._root_key = self._root_key.decode()

    @property
    def site(self) -> str:
        """Address of the site's first page."""
        return self.addresses["site"]

    @property
    def vmcp(self) -> str:
        """Address of its VMCP endpoint."""
        return self.addresses["vmcp"]

    @property
    def files(self) -> str:
        """Address of the server of releases, keystore, and whatever else is put into `served`."""
        return self._files.url

    @property
    def data_folder(self) -> Path:
        """Where the host keeps ledger and machines."""
        return self.folder / ".local" / "share" / "cernvm-webapi"

    @property
    def launcher(self) -> Path:
        """The installed command, as a browser starts it."""
        return Path(sysconfig.get_path("scripts")) / "cernvm-webapi"

    def write_settings(self, **changed: object) -> None:
        """The user's settings: this world's servers, and what the test changes."""
        settings = {
            "releases": f"{self._files.url}/releases",
            # No test installs anything on the machine by accident.
            "hypervisor_installation": False,
            "keystores": [{"url": f"{self._files.url}/keystore", "root_key": self._root_key}],
            **changed,
        }
        file = self.folder / ".config" / "cernvm-webapi" / "settings.json"
        files.write_private(file, json.dumps(settings).encode())

    def browser(
        self, name: str = "chromium", headless: bool = True, dark: bool = False, extension: Path = EXTENSION
    ) -> Browser:
        """A real browser with the extension and the registered host; close it before the world."""
        profile = self.folder / f"profile-{name}"
        register_host(name, profile, self.folder, self.launcher, extension)
        return launch(name, profile, extension, self.environment, headless=headless, dark=dark)

    def forget_refusals(self) -> None:
        """As if the user had never said no: the tests of a module share one domain."""
        file = self.data_folder / "ledger.sqlite"
        if not file.exists():
            return
        with contextlib.closing(sqlite3.connect(file)) as ledger, ledger:
            ledger.execute("DELETE FROM refusal")

    def leftovers(self) -> list[str]:
        """What VirtualBox and the data folder still hold of any session."""
        found = [f"machine {name}" for name in self.home.vms()]
        for kind in ("hdds", "dvds"):
            listing = self.home.run("list", kind)
            found += [line for line in listing.splitlines() if line.startswith("Location:")]
        machines = self.data_folder / "machines"
        return found + [str(path) for path in (machines.iterdir() if machines.exists() else ())]

    def close(self) -> None:
        """End everything, and delete the folder."""
        self._site.terminate()
        self._site.wait(10)
        if self._site.stdout:
            self._site.stdout.close()
        self._files.close()
        self.home.remove()

    def __enter__(self) -> World:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
