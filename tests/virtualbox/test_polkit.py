"""Installing VirtualBox as an ordinary user, whom the real pkexec and polkitd ask for a password: yes, no, and no way.

What is installed only leaves a mark: the signed list's harmless installer of kind ``run``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from cvmwebapi import website
from cvmwebapi.provision.installers import Installer, InstallerList

from tests.lab.files_server import FilesServer
from tests.rig import polkit_daemons
from tests.rig.polkit import PASSWORD
from tests.rig.polkit_daemons import Polkit
from tests.stdio.client import HostClient, HostError

pytestmark = pytest.mark.virtualbox
_VMCP = "http://127.0.0.1:9/vmcp"
_PLACE = "usr/local/bin/VBoxManage"
_SCRIPT = b"""\
#!/bin/sh
printf '#!/bin/sh\\necho 7.2.4r1\\n' > /usr/local/bin/VBoxManage
chmod 755 /usr/local/bin/VBoxManage
"""
# VirtualBox is there, so the next thing that is missing is the website's keystore.
_GOES_ON = ("vmcpUnreachable", "notTrusted", "keystoreUnreachable")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Polkit]:
    """The list of installers is served from outside, as a keystore does."""
    key = website.generate_key()
    served = tmp_path_factory.mktemp("keystore")
    with contextlib.closing(FilesServer(served)) as server, polkit_daemons.running() as made:
        checksum = hashlib.sha256(_SCRIPT).hexdigest()
        item = Installer(
            "linux", platform.machine(), "run", "7.2.4", f"{server.url}/vbox.run", checksum, len(_SCRIPT)
        )  # fmt: skip
        content = InstallerList(1, (item,)).to_json()
        (served / "vbox.run").write_bytes(_SCRIPT)
        (served / "installers.json").write_bytes(content)
        (served / "installers.sig").write_bytes(website.sign_keystore(content, key))
        pem = website.public_pem(key)
        settings: dict[str, Any] = {
            "keystores": [{"url": server.url, "root_key": pem.decode() if isinstance(pem, bytes) else pem}],
            "min_free_disk": 0,
        }
        write = "mkdir -p ~/.config/cernvm-webapi && cat > ~/.config/cernvm-webapi/settings.json"
        subprocess.run([*made.enter, "sh", "-c", write], input=json.dumps(settings), text=True, check=True)
        yield made


class Client(HostClient):
    """Says no to what comes after VirtualBox."""

    def _decide(self, message: dict[str, Any]) -> None:
        params = {"question": message["id"], "yes": message["question"] == "confirmInstall"}
        self.begin("answerQuestion", {"kind": "extension"}, **params)


@pytest.fixture
def host(system: Polkit) -> Iterator[Client]:
    """The host, run by the user; VirtualBox is not there before, and gone afterwards."""
    place = system.root / _PLACE
    assert not place.exists()
    with Client(dict(os.environ), system.host) as made:
        made.hello()
        yield made
    place.unlink(missing_ok=True)


def failure(host: Client) -> HostError:
    with pytest.raises(HostError) as failed:
        host.call("requestSession", url=_VMCP)
    return failed.value


def it_goes_on(host: Client, system: Polkit) -> None:
    assert failure(host).name in _GOES_ON
    assert (system.root / _PLACE).stat().st_uid == 0, "root has installed it"


def nothing_is_left(system: Polkit) -> None:
    assert not (system.root / _PLACE).exists()
    assert not list((system.home / ".cache/cernvm-webapi").glob("virtualbox-*"))


def test_a_rule_that_allows_it(host: Client, system: Polkit) -> None:
    system.rule("YES")
    it_goes_on(host, system)


def test_a_rule_that_forbids_it_and_is_changed(host: Client, system: Polkit) -> None:
    system.rule("NO")
    error = failure(host)
    assert (error.name, error.code) == ("installerNoRights", -10) and "virtualbox.org" in error.fix
    nothing_is_left(system)
    system.rule("YES")
    it_goes_on(host, system)


@pytest.mark.parametrize("rule", ["AUTH_SELF", "AUTH_ADMIN"])
def test_the_right_password(host: Client, system: Polkit, rule: str) -> None:
    system.rule(rule)
    with system.agent(host.process.pid, PASSWORD.encode()) as shown:
        it_goes_on(host, system)
    assert b"VirtualBox-7.2.4.run" in b"".join(shown), "the user sees what is going to be run"


@pytest.mark.parametrize("reply", [b"wrong", None], ids=["wrong password", "Ctrl-C"])
def test_no_password_then_the_right_one(host: Client, system: Polkit, reply: bytes | None) -> None:
    system.rule("AUTH_ADMIN")
    with system.agent(host.process.pid, reply):
        error = failure(host)
    assert error.name == "installerNoRights" and "right password" in error.fix
    nothing_is_left(system)
    with system.agent(host.process.pid, PASSWORD.encode()):
        it_goes_on(host, system)


def test_nothing_that_could_ask_then_an_agent(host: Client, system: Polkit) -> None:
    system.rule("AUTH_ADMIN")
    error = failure(host)
    assert error.name == "installerNoPrompt" and "polkit agent" in str(error) and "virtualbox.org" in error.fix
    nothing_is_left(system)
    with system.agent(host.process.pid, PASSWORD.encode()):
        it_goes_on(host, system)


def test_no_pkexec_then_it_is_there(host: Client, system: Polkit) -> None:
    system.rule("YES")
    program = system.root / "usr/bin/pkexec"
    program.rename(program.with_suffix(".away"))
    try:
        error = failure(host)
    finally:
        program.with_suffix(".away").rename(program)
    assert error.name == "installerNoPrompt" and "pkexec" in str(error) and "virtualbox.org" in error.fix
    nothing_is_left(system)
    it_goes_on(host, system)


def test_no_polkitd_then_it_is_there(host: Client, system: Polkit) -> None:
    with system.stopped():
        error = failure(host)
    assert error.name == "installerNoPrompt" and "polkitd" in str(error)
    nothing_is_left(system)
    system.rule("YES")
    it_goes_on(host, system)
