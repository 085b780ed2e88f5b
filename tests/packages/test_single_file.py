"""The single-file program and the installation script for volunteers, for real; PowerShell's can only be read here."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi import __version__

from installer import release
from installer.zipapp import build as zipapp
from tests.stdio.client import HostClient, HostError

NAME = "ch.cern.cernvm.webapi.json"


def environment(home: Path, **more: str) -> dict[str, str]:
    python = Path(sys.executable).resolve().parent
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PYTHON"))}
    return {**kept, "HOME": str(home), "PATH": f"{python}:/usr/bin:/bin", "CERNVM_WEBAPI_AS_ROOT": "1", **more}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "my home ž"
    (folder / ".mozilla/firefox").mkdir(parents=True)
    (folder / ".mozilla/firefox/profiles.ini").write_text("")
    return folder


def test_it_serves_a_browser_with_nothing_else_installed(program: Path, home: Path) -> None:
    # From its own libraries: requestSession imports most of them.
    with HostClient(environment(home), [program]) as host:
        assert host.hello()["version"] == __version__
        with pytest.raises(HostError) as refused:
            host.call("requestSession", url="http://localhost/vmcp")
        assert refused.value.name == "hypervisorMissing"
    (unpacked,) = (home / ".cache/cernvm-webapi-program").iterdir()
    assert next(unpacked.rglob("_rust*.so"), None) and unpacked.stat().st_mode & 0o077 == 0


def test_many_first_starts_at_once_unpack_one_whole(program: Path, home: Path) -> None:
    command = [str(program), "--version"]
    running = [subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert {process.communicate()[0].strip() for process in running} == {f"cernvm-webapi {__version__}"}
    assert len(list((home / ".cache/cernvm-webapi-program").iterdir())) == 1


def test_an_unusable_cache_is_reported(program: Path, home: Path) -> None:
    (home / ".cache").write_text("a file")
    done = subprocess.run([program, "--version"], env=environment(home), capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "can't unpack itself" in done.stderr and "Traceback" not in done.stderr


def test_building_again_gives_the_same_file(tmp_path: Path) -> None:
    # Not the one in the cache: a library may have had a new version since.
    made, again = zipapp.build(tmp_path / "made"), zipapp.build(tmp_path / "again")
    with zipfile.ZipFile(made) as one, zipfile.ZipFile(again) as other:
        differing = [entry for entry in one.namelist() if one.read(entry) != other.read(entry)]
        assert one.namelist() == other.namelist() and differing == []
    assert made.read_bytes() == again.read_bytes()


class Mirror:
    """A server with a release."""

    def __init__(self, folder: Path, program: Path) -> None:
        self.folder = folder
        folder.mkdir()
        shutil.copy(program, folder)
        handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        release.write_scripts(folder, self.url)

    def install(self, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
        """What the one line does."""
        line = f"curl -fsSL {self.url}/install.sh | sh"
        return subprocess.run(
            ["sh", "-c", line], env=environment(home, **more), capture_output=True, text=True, check=False
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def mirror(tmp_path: Path, program: Path) -> Iterator[Mirror]:
    made = Mirror(tmp_path / "mirror", program)
    yield made
    made.close()


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_one_line_installs_twice_and_one_command_removes_all(mirror: Mirror, home: Path) -> None:
    before = everything(home)
    for _ in range(2):
        done = mirror.install(home)
        assert done.returncode == 0, done.stderr
    command = home / ".local/bin/cernvm-webapi"
    manifest = (home / ".mozilla/native-messaging-hosts" / NAME).read_text()
    assert "cernvm-webapi-program/cernvm-webapi.pyz" in manifest
    status = subprocess.run([command, "status"], env=environment(home), check=False, capture_output=True, text=True)
    assert f"Firefox: registered\n    {home}/.mozilla" in status.stdout
    # Makes a ledger, so that uninstalling has something to ask VirtualBox's side of the program about.
    subprocess.run([command, "list"], env=environment(home), check=True)
    done = subprocess.run(
        [command, "uninstall", "--remove-data"], env=environment(home), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    left = [name for name in everything(home) if name not in before]
    assert [name for name in left if (home / name).is_file() or "webapi" in name] == []


def test_a_changed_file_is_not_run_and_nothing_stays(mirror: Mirror, home: Path) -> None:
    before = everything(home)
    (program,) = mirror.folder.glob("*.pyz")
    with program.open("ab") as file:
        file.write(b"more")
    done = mirror.install(home)
    assert done.returncode == 1 and "checksum is wrong" in done.stderr
    assert [name for name in everything(home) if name not in before and (home / name).is_file()] == []


def test_a_missing_file_is_reported(mirror: Mirror, home: Path) -> None:
    (program,) = mirror.folder.glob("*.pyz")
    program.unlink()
    done = mirror.install(home)
    assert done.returncode == 1 and "could not be downloaded" in done.stderr


def test_an_insecure_address_a_missing_home_and_root_are_refused(mirror: Mirror, home: Path) -> None:
    script = mirror.folder / "install.sh"
    assert "HOME names no folder" in mirror.install(home, HOME=str(home / "none")).stderr
    if os.geteuid() == 0:
        assert "without sudo" in mirror.install(home, CERNVM_WEBAPI_AS_ROOT="").stderr
    script.write_text(script.read_text().replace(mirror.url, "http://example.org"))
    assert "is not secure" in mirror.install(home).stderr


def test_a_script_that_arrives_cut_short_does_nothing(mirror: Mirror, home: Path) -> None:
    before = everything(home)
    script = mirror.folder / "install.sh"
    text = script.read_text()
    for part in (0.3, 0.6, 0.95):
        script.write_text(text[: int(len(text) * part)])
        mirror.install(home)
        assert everything(home) == before
    assert text.endswith("\nmain\n")


def test_powershell_script_only_read_it_has_checksums_and_no_blanks(mirror: Mirror) -> None:
    text = (mirror.folder / "install.ps1").read_text()
    assert re.search(r"^[0-9a-f]{64}  cernvm-webapi-.*\.pyz$", text, re.MULTILINE)
    assert not re.search(r"@[A-Z]+@", text) and text.index("Get-FileHash") < text.index("& $launcher install")
