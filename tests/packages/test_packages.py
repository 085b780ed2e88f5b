"""Wheel, sdist, add-on, and the Debian package in a real Debian."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi import __version__

from installer import addon, crx, sources, wheel
from installer.deb import build as deb
from tests.rig import cache, chroot
from tests.rig.root import as_root, remove_tree
from tests.stdio.client import HostClient

MANIFEST = "native-messaging-hosts/ch.cern.cernvm.webapi.json"


def test_wheel_and_sdist_hold_the_templates_and_the_wheel_works(tmp_path: Path) -> None:
    sdist, made = sorted(wheel.build(tmp_path), key=lambda path: path.suffix)
    with zipfile.ZipFile(made) as packed, tarfile.open(sdist) as archive:
        inside, names = packed.namelist(), archive.getnames()
        for wanted in ("browsers.json", "native-messaging/firefox.json", "policy/windows/cernvm-webapi.admx"):
            assert f"cvmwebapi/manifest_templates/{wanted}" in inside
            assert any(name.endswith(f"manifest_templates/{wanted}") for name in names)
        assert not any("tests" in name for name in inside)
        packed.extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "cvmwebapi", "install", "--system", "--all", "--root", str(tmp_path / "root")]
    subprocess.run([*command, "--launcher", "/usr/bin/x"], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "root/etc/chromium" / MANIFEST).exists()


def test_the_add_on_is_the_same_on_every_computer_and_what_web_ext_packs(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", addon.EXTENSION, copy], check=True)
    for path in copy.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    (copy / ".DS_Store").write_text("")
    assert addon.archive(copy) == addon.archive()
    web_ext = [sources.CHECKOUT / "node_modules/.bin/web-ext", "build", "--source-dir", addon.EXTENSION]
    subprocess.run([*web_ext, "--artifacts-dir", tmp_path, "--ignore-files", "types"], check=True)
    (theirs,) = tmp_path.glob("*.zip")
    assert addon.main([str(tmp_path / "out")]) == 0
    (ours,) = (tmp_path / "out").glob("*.xpi")
    with zipfile.ZipFile(theirs) as one, zipfile.ZipFile(ours) as other:
        assert other.namelist() == sorted(other.namelist()), "folders list their files in any order"
        names = sorted(name for name in one.namelist() if not name.endswith("/"))
        assert names == sorted(other.namelist())
        assert all(one.read(name) == other.read(name) for name in names)


def test_a_crx_is_named_after_its_key() -> None:
    from cvmwebapi import website

    key = website.generate_key(bits=2048)
    packed = crx.pack(b"PK zip", key)
    assert packed.startswith(b"Cr24\x03\x00\x00\x00") and packed.endswith(b"PK zip")
    assert crx.public_key(key) in packed and len(crx.add_on_id(crx.public_key(key))) == 32


def libraries() -> Path:
    """A layer over the rig's Debian with what our package depends on, built once."""
    base = chroot.ensure()
    control = (Path(deb.__file__).with_name("control")).read_text()
    (line,) = (line for line in control.splitlines() if line.startswith("Depends:"))
    names = [part.split()[0] for part in line.removeprefix("Depends:").split(",")]

    def build(folder: Path, log: Path) -> None:
        cache.say("installing the Debian package's libraries into a layer over the rig's Debian")
        script = (
            "mount -t proc proc /proc; export DEBIAN_FRONTEND=noninteractive; "
            "apt-get -o Acquire::Check-Valid-Until=false update && "
            f"apt-get install -y --no-install-recommends {' '.join(names)} && apt-get clean"
        )
        (folder / "layer").mkdir()
        cache.run(inside(folder, [base], script, folder / "layer"), log)

    return cache.build("deb-libraries", cache.recipe_key(str(base), line), build) / "layer"


def inside(folder: Path, lower: list[Path], script: str, upper: Path) -> list[str]:
    """The command that runs a script in a Debian of layers, in a mount namespace of its own."""
    for name in ("work", "root"):
        (folder / name).mkdir(exist_ok=True)
    options = f"lowerdir={':'.join(map(str, lower))},upperdir={upper},workdir={folder / 'work'}"
    root = shlex.quote(str(folder / "root"))
    mount = f"mount -t overlay overlay -o {shlex.quote(options)} {root}"
    enter = f"exec chroot {root} /bin/sh -c {shlex.quote(script)}"
    return as_root("unshare", "--mount", "sh", "-c", f'{mount} && {enter} sh "$@"', "sh")


class Debian:
    """A Debian of its own for a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lower = [libraries(), chroot.ensure()]
        self.upper = folder / "upper"
        self.upper.mkdir()

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        command = inside(self.folder, self._lower, script, self.upper)
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def starter(self, command: str) -> Path:
        """A script that starts a command in it as an ordinary user, as that user's browser would."""
        script = (
            f'HOME=/home/alice PATH=/usr/bin:/bin exec setpriv --reuid 1000 --regid 1000 --clear-groups {command} "$@"'
        )
        place = self.folder / "starter"
        place.write_text(f'#!/bin/sh\nexec {shlex.join(inside(self.folder, self._lower, script, self.upper))} "$@"\n')
        place.chmod(0o755)
        return place


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Debian]:
    yield Debian(tmp_path)
    for name in ("upper", "work", "root"):
        remove_tree(tmp_path / name)


def test_the_debian_package_installs_serves_all_users_and_goes_without_a_trace(debian: Debian, tmp_path: Path) -> None:
    package = deb.build(tmp_path)
    assert package.read_bytes() == deb.build(tmp_path / "again").read_bytes(), "the same sources, the same bytes"
    (debian.upper / "package.deb").write_bytes(package.read_bytes())
    (debian.upper / "home/alice").mkdir(parents=True)
    os.chown(debian.upper / "home/alice", 1000, 1000)
    done = debian.run("dpkg -i /package.deb && dpkg -s cernvm-webapi && cernvm-webapi status --system --json")
    assert "install ok installed" in done.stdout, done.stderr
    for place in ("etc/chromium", "etc/opt/chrome", "etc/opt/edge", "usr/lib/mozilla"):
        manifest = debian.upper / place / MANIFEST
        launcher = json.loads(manifest.read_text())["path"]
        assert manifest.stat().st_mode & 0o777 == 0o644 and (debian.upper / launcher.lstrip("/")).exists()
    with HostClient(dict(os.environ), [debian.starter(launcher)]) as host:
        assert host.hello()["version"] == __version__
    gone = debian.run("dpkg --purge cernvm-webapi")
    assert gone.returncode == 0, gone.stderr
    # What a layer takes away from those below, or what dpkg notes, is no trace of ours.
    left = [path for path in debian.upper.rglob("*") if "cernvm" in path.name and "var" not in path.parts]
    assert left == []
    assert not (debian.upper / "usr/lib/python3/dist-packages/cvmwebapi").exists()
