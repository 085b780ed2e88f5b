"""A computer without VirtualBox gets it: a real Debian, the real apt-get, the real host inside of it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi import website
from cvmwebapi.provision.installers import PACK, Installer, InstallerList

from tests.lab.files_server import FilesServer
from tests.rig import bare
from tests.rig.root import as_root
from tests.stdio.client import HostClient, HostError
from tests.virtualbox.packing import extension_pack

pytestmark = pytest.mark.virtualbox
_HOST_FOLDER = Path(__file__).resolve().parents[2] / "host"
_VMCP = "http://127.0.0.1:9/vmcp"


class Debian:
    """The copy of a Debian without VirtualBox; ``enter`` is the command that runs something in it."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root, self.home = root, home
        self.enter = as_root(
            "chroot", root, "/usr/bin/env", "-i", f"HOME={home}", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
            f"PYTHONPATH={_HOST_FOLDER}", "PYTHONDONTWRITEBYTECODE=1", f"VBOX_USER_HOME={home}/.config/VirtualBox",
        )  # fmt: skip
        self.host = [*self.enter, "python3", "-m", "cvmwebapi"]

    def write_settings(self, **settings: Any) -> None:
        file = self.home / ".config/cernvm-webapi/settings.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))

    def has_virtualbox(self) -> bool:
        return (self.root / "usr/bin/VBoxManage").exists()

    def run(self, *command: str) -> str:
        return subprocess.run([*self.enter, *command], capture_output=True, text=True, check=True).stdout

    def remove(self) -> None:
        """As its user would."""
        if self.has_virtualbox():
            self.run("apt-get", "purge", "-y", "virtualbox")


@pytest.fixture(scope="module")
def system() -> Iterator[Path]:
    with bare.copy() as root:
        yield root


class Client(HostClient):
    """Says no to what comes after VirtualBox: the keystore of these tests can't be reached."""

    def _decide(self, message: dict[str, Any]) -> None:
        if message["question"] != "confirmRemedy":
            super()._decide(message)
            return
        self.questions.remove(message)
        self.begin("answerQuestion", {"kind": "extension"}, question=message["id"], yes=False)


@pytest.fixture
def debian(system: Path, tmp_path: Path) -> Iterator[Debian]:
    made = Debian(system, tmp_path)
    key = website.public_pem(website.generate_key())
    pem = key.decode() if isinstance(key, bytes) else key
    made.write_settings(keystores=[{"url": "http://127.0.0.1:9/keystore", "root_key": pem}])
    yield made
    made.remove()


def test_the_package_manager_installs_it_and_the_request_goes_on(debian: Debian) -> None:
    assert not debian.has_virtualbox()
    with Client(dict(os.environ), debian.host) as host:
        with pytest.raises(HostError) as failed:
            host.call("requestSession", url=_VMCP)
        (question,) = host.questions
        # VirtualBox is there, so the next thing that is missing is the website's keystore.
        assert failed.value.name in ("vmcpUnreachable", "notTrusted", "keystoreUnreachable")
        assert (question["question"], question["details"]["way"]) == ("confirmInstall", "package")
        assert question["details"]["manual"] == "sudo apt-get install virtualbox"
        steps = [args for args in host.args_of("progress") if args[2]["phase"] == "installingVirtualbox"]
        assert len(steps) > 5 and steps[-1][1] > steps[0][1]
    assert debian.has_virtualbox() and debian.run("VBoxManage", "--version").strip()


def test_a_no_installs_nothing_and_names_the_way_by_hand(debian: Debian) -> None:
    with Client(dict(os.environ), debian.host, answer=lambda details: False) as host:  # noqa: SIM117
        with pytest.raises(HostError) as refused:
            host.call("requestSession", url=_VMCP)
    assert (refused.value.name, refused.value.code) == ("installationRefused", -99)
    assert "sudo apt-get install virtualbox" in refused.value.fix and not debian.has_virtualbox()


def test_who_installs_it_by_hand_meanwhile_need_not_answer(debian: Debian) -> None:
    hands: list[threading.Thread] = []
    seen = threading.Event()

    def by_hand(details: dict[str, Any]) -> bool:
        debian.run("apt-get", "install", "-y", "--no-install-recommends", "virtualbox")
        hands.append(threading.current_thread())
        seen.wait(120)
        return False

    with Client(dict(os.environ), debian.host, answer=by_hand) as host:
        with pytest.raises(HostError) as failed:
            host.call("requestSession", url=_VMCP)
        # dpkg may still be at work: VirtualBox answered as soon as it was unpacked.
        seen.set()
        while not hands:
            time.sleep(0.1)
        hands[0].join(120)
    assert failed.value.name in ("vmcpUnreachable", "notTrusted", "keystoreUnreachable")


def test_where_installing_is_forbidden_nobody_is_asked(debian: Debian) -> None:
    debian.write_settings(hypervisor_installation=False)
    with Client(dict(os.environ), debian.host) as host:
        with pytest.raises(HostError) as failed:
            host.call("requestSession", url=_VMCP)
        assert host.questions == []
    assert failed.value.name == "hypervisorMissing" and "sudo apt-get install virtualbox" in failed.value.fix


def test_half_removed_is_told_and_repaired(debian: Debian) -> None:
    debian.run("apt-get", "install", "-y", "--no-install-recommends", "virtualbox")
    debian.run("rm", "-r", "/usr/lib/virtualbox")
    asked = []

    def answer(details: dict[str, Any]) -> bool:
        asked.append(details["reason"])
        return False

    with Client(dict(os.environ), debian.host, answer=answer) as host, pytest.raises(HostError):
        host.call("requestSession", url=_VMCP)
    assert asked == ["broken"]
    told = subprocess.run([*debian.host, "doctor"], capture_output=True, text=True, check=False).stdout
    assert "does not work" in told and "Install VirtualBox again" in told
    # The second try: the package manager believes that it is there, and is told to put its files back all the same.
    with Client(dict(os.environ), debian.host) as host, pytest.raises(HostError) as failed:
        host.call("requestSession", url=_VMCP)
    assert failed.value.name in ("vmcpUnreachable", "notTrusted", "keystoreUnreachable")
    assert (debian.root / "usr/lib/virtualbox/VBoxManage").exists()
    assert debian.run("VBoxManage", "--version").strip()


def test_another_installation_is_told_and_the_second_try_works(debian: Debian) -> None:
    lock = debian.root / "var/lib/dpkg/lock-frontend"
    holder = subprocess.Popen(
        as_root("python3", "-c", f"import fcntl,time; f=open({str(lock)!r},'w'); fcntl.lockf(f,fcntl.LOCK_EX);"
                " print('held',flush=True); time.sleep(600)"),
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    try:
        with Client(dict(os.environ), debian.host) as host:
            with pytest.raises(HostError) as busy:
                host.call("requestSession", url=_VMCP)
            assert busy.value.name == "installerBusy"
            holder.kill()
            holder.wait()
            with pytest.raises(HostError) as failed:
                host.call("requestSession", url=_VMCP)
            assert failed.value.name in ("vmcpUnreachable", "notTrusted", "keystoreUnreachable")
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_the_command_installs_it(debian: Debian) -> None:
    done = subprocess.run([*debian.host, "hypervisor", "install", "--yes"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert debian.has_virtualbox()


def test_the_extension_pack_once_its_licence_is_accepted(debian: Debian, tmp_path: Path) -> None:
    """Debian's free VNC pack, packed up again: VirtualBox's own check of archive, sums and licence."""
    debian.run("apt-get", "install", "-y", "--no-install-recommends", "virtualbox")
    served = tmp_path / "served"
    served.mkdir()
    version = debian.run("VBoxManage", "--version").split()[-1].partition("_")[0]
    pack = extension_pack(debian.root / "usr/lib/virtualbox/ExtensionPacks/VNC", served / f"VNC-{version}.vbox-extpack")
    debian.run("VBoxManage", "extpack", "uninstall", "VNC")
    server = FilesServer(served)
    key = website.generate_key()
    content = pack.read_bytes()
    item = Installer("any", "", PACK, version, f"{server.url}/{pack.name}", hashlib.sha256(content).hexdigest(),
                     len(content))  # fmt: skip
    listing = InstallerList(1, (item,)).to_json()
    (served / "installers.json").write_bytes(listing)
    (served / "installers.sig").write_bytes(website.sign_keystore(listing, key))
    pem = website.public_pem(key)
    debian.write_settings(
        keystores=[{"url": server.url, "root_key": pem.decode() if isinstance(pem, bytes) else pem}], min_free_disk=1
    )
    install = [*debian.host, "hypervisor", "extension-pack"]
    try:
        refused = subprocess.run(install, input="yes\n", capture_output=True, text=True, check=False)
        assert refused.returncode and "licence of the extension pack was not accepted" in refused.stderr
        assert "GNU GENERAL PUBLIC LICENSE" in refused.stdout
        assert "Packs: 0" in debian.run("VBoxManage", "list", "extpacks")
        accepted = subprocess.run(install, input="accept\n", capture_output=True, text=True, check=False)
        assert accepted.returncode == 0, accepted.stderr
        found = debian.run("VBoxManage", "list", "extpacks")
        assert "VNC" in found and "Usable:         true" in found
    finally:
        server.close()
