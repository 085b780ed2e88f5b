"""The whole way with a real server, real signatures and installers that leave a mark; faults and second tries are in
test_second_try.py. The platform's prompt (pkexec) is a double where a test says so; test_polkit.py has the real one.
"""

from __future__ import annotations

import hashlib
import itertools
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi import errors
from cvmwebapi.asking import Question
from cvmwebapi.provision import commands, installing, running
from cvmwebapi.tasks import Task
from cvmwebapi.texts import english

from tests.unit.media.download_server import FaultyServer
from tests.unit.provision.conftest import SHELL, Shop, cancelled_when, ensure, refused


def second_try_works(shop: Shop, serial: int = 200) -> None:
    shop.publish(shop.installer(SHELL + shop.virtualbox_script()), serial=serial)
    ensure(shop)
    assert shop.runs()


def test_download_verify_run_and_go_on(shop: Shop) -> None:
    shop.publish(shop.installer(SHELL + shop.virtualbox_script()))
    (asked,) = ensure(shop)
    assert (asked["way"], asked["reason"], asked["newVersion"]) == ("download", "missing", "7.2.4")
    assert shop.runs() == ["ran install"]
    shares = [share for _phase, share in shop.steps]
    assert shares == sorted(shares) and "downloadingVirtualbox" in dict(shop.steps)
    assert ensure(shop) == []


def test_what_the_user_installs_meanwhile_makes_the_question_moot(shop: Shop) -> None:
    shop.publish(shop.installer("exit 1"))

    def by_hand(question: Question) -> bool:
        assert not question.moot()
        shop.program("VBoxManage", "echo 7.2.4r1")
        deadline = time.monotonic() + 20
        while not question.moot():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return False

    assert len(ensure(shop, by_hand)) == 1


def test_too_old_is_offered_a_newer_one(shop: Shop) -> None:
    shop.program("VBoxManage", "echo 5.2.44r139111")
    shop.publish(shop.installer(SHELL + shop.virtualbox_script()))
    (asked,) = ensure(shop)
    assert (asked["reason"], asked["version"]) == ("old", "5.2.44") and shop.runs()


def test_half_removed_is_installed_again(shop: Shop) -> None:
    shop.program("VBoxManage", "exec /usr/lib/gone/VBoxManage")
    shop.publish(shop.installer(SHELL + shop.virtualbox_script()))
    (asked,) = ensure(shop)
    assert asked["reason"] == "broken"


def test_a_wrong_checksum(shop: Shop) -> None:
    item = shop.installer(SHELL + shop.virtualbox_script(), sha256=hashlib.sha256(b"another").hexdigest())
    shop.publish(item)
    error = refused(shop)
    assert error.name == "checksumMismatch" and shop.runs() == []
    assert not list((shop.folder / "cache" / "images").iterdir())
    second_try_works(shop)


def test_what_lies_in_the_cache_is_hashed_again_before_it_runs(shop: Shop) -> None:
    """Something has changed it there since it was fetched: it must not be run as root."""
    item = shop.installer(SHELL + shop.virtualbox_script())
    shop.publish(item)
    images = shop.folder / "cache" / "images"
    images.mkdir(parents=True, exist_ok=True)
    cached = images / f"{item.sha256}.run"
    cached.write_text(SHELL + "echo evil >> " + str(shop.mark))
    error = refused(shop)
    assert (error.name, shop.runs(), cached.exists()) == ("checksumMismatch", [], False)
    second_try_works(shop)


def test_what_runs_is_what_was_hashed(shop: Shop, tmp_path: Path) -> None:
    item = shop.installer("the bytes that are meant")
    cached = tmp_path / "cached"
    cached.write_bytes((shop.served / "vbox.run").read_bytes())
    with installing.ready(cached, item) as (file, _mounted):
        cached.write_text("others")
        assert hashlib.sha256(file.read_bytes()).hexdigest() == item.sha256
        for place in (file, file.parent, *file.parents[:2]):
            assert not place.stat().st_mode & 0o022, f"others may write to {place}"
    with pytest.raises(errors.CVMError, match="checksum is wrong"), installing.ready(cached, item):
        pass


def test_cancelled_while_it_runs(shop: Shop) -> None:
    shop.publish(shop.installer(SHELL + f"echo begun > {shop.folder}/begun; sleep 600"))
    begun = shop.folder / "begun"
    error = refused(shop, task=cancelled_when(begun.exists))
    assert error.name == "cancelled"
    begun.unlink()
    second_try_works(shop)


def test_what_already_changes_the_system_is_not_broken_off(shop: Shop) -> None:
    script = SHELL + "echo pmstatus:virtualbox:50.0:Unpacking; sleep 1; " + shop.virtualbox_script()
    shop.publish(shop.installer(script))

    def tell(_event: str, _words: str, _share: float, phase: dict[str, Any]) -> None:
        if phase.get("words") == "Unpacking":
            task.cancel()

    task = Task(tell)
    ensure(shop, task=task)
    assert shop.runs() and task.cancelled


_KILLED_ON_ITS_WAY = """
import sys
from pathlib import Path
from cvmwebapi.system import paths
from cvmwebapi.media import cache, download
from cvmwebapi.media.target import Target
from cvmwebapi.tasks import Task
folder = Path(sys.argv[1])
paths.cache_folder = lambda: folder
url, checksum = sys.argv[2:]
target = Target(cache.image(checksum, ".run"))
download.fetch(url, checksum, target, Task(), phase="downloadingVirtualbox", min_free=0)
"""


def test_a_download_of_a_killed_host_is_gone_on_with(shop: Shop) -> None:
    """The first one's process is killed half-way: the later one asks for the rest alone."""
    item = shop.installer(SHELL + shop.virtualbox_script() + "\n#" + "x" * 400_000)
    content = (shop.served / "vbox.run").read_bytes()
    with FaultyServer(content) as server:
        server.stall_after = len(content) // 2
        shop.publish(replace(item, url=server.url))
        command = [sys.executable, "-c", _KILLED_ON_ITS_WAY, str(shop.folder / "cache"), server.url, item.sha256]
        first = subprocess.Popen(command)
        part = shop.folder / "cache/images" / f"{item.sha256}.part"
        try:
            deadline = time.monotonic() + 60
            while not part.exists() or part.stat().st_size < server.stall_after:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        finally:
            first.kill()
            first.wait()
        ensure(shop)
        assert shop.runs() == ["ran install"]
        assert server.requests[-1]["range"] == f"bytes={server.stall_after}-"
        assert server.sent == len(content) - server.stall_after, "nothing is fetched twice"


def test_a_download_that_is_cancelled_is_gone_on_with(shop: Shop) -> None:
    item = shop.installer(SHELL + shop.virtualbox_script() + "\n#" + "x" * 400_000)
    content = (shop.served / "vbox.run").read_bytes()
    with FaultyServer(content) as server:
        server.stall_after = len(content) // 2
        shop.publish(replace(item, url=server.url))
        part = shop.folder / "cache/images" / f"{item.sha256}.part"
        come = cancelled_when(lambda: part.exists() and part.stat().st_size >= len(content) // 2)
        error = refused(shop, task=come)
        assert error.name == "cancelled" and shop.runs() == []
        ensure(shop)
        assert shop.runs() == ["ran install"] and server.sent == len(content) - server.stall_after


def test_a_reboot_is_asked_for_by_a_double_of_windows_installer(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit statuses of Linux end at 255: the program runs for real, its status is Windows' word for "restart"."""
    shop.publish(shop.installer(SHELL + shop.virtualbox_script()))
    real = running.run

    def run(*words: Any) -> tuple[int, str]:
        assert real(*words)[0] == 0
        return 3010, ""

    monkeypatch.setattr(installing.running, "run", run)
    outcome = commands.outcome
    monkeypatch.setattr(installing.commands, "outcome", lambda status, text, _system, manager, by_hand: outcome(
        status, text, "windows", manager))  # fmt: skip
    error = refused(shop)
    assert error.name == "installerReboot" and "estart" in error.fix
    # After the restart it is there, and nobody is asked again.
    assert ensure(shop) == [] and shop.runs() == ["ran install"]


def test_without_any_list_only_the_way_by_hand_is_left(shop: Shop) -> None:
    asked: list[dict[str, Any]] = []

    def look(question: Question) -> bool:
        asked.append(question.details())
        return True

    error = refused(shop, answer=look)
    assert (
        asked[0]["way"] == "manual"
        and "virtualbox.org" in asked[0]["manual"]
        and "could not be fetched" in asked[0]["fault"]["message"]
    )
    assert error.name == "hypervisorMissing"


def test_forbidden_by_the_settings_nobody_is_asked(shop: Shop) -> None:
    shop.settings = type(shop.settings)(**{**vars(shop.settings), "hypervisor_installation": False})
    shop.publish(shop.installer(SHELL + shop.virtualbox_script()))
    error = refused(shop, answer=lambda *_: pytest.fail("asked"))
    assert error.name == "hypervisorMissing" and shop.runs() == []


def test_two_at_once_install_once(shop: Shop) -> None:
    shop.publish(shop.installer(SHELL + "sleep 1; " + shop.virtualbox_script()))
    both = threading.Barrier(2)

    def together(*_: object) -> bool:
        both.wait(20)
        return True

    other = threading.Thread(target=ensure, args=(shop, together))
    other.start()
    ensure(shop, together)
    other.join(30)
    assert shop.runs() == ["ran install"]


def _as_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing.os, "geteuid", lambda: 1000)


def test_pkexec_double_gets_the_installer_as_arguments(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _as_user(monkeypatch)
    shop.program("pkexec", f'echo "$@" > {shop.folder}/asked; exec "$@"')
    shop.publish(shop.installer(SHELL + shop.virtualbox_script()))
    ensure(shop)
    words = (shop.folder / "asked").read_text().split()
    assert words[0].endswith("VirtualBox-7.2.4.run") and words[1:] == ["install"]


@pytest.mark.parametrize(
    ("status", "output", "system", "name"),
    [
        (0, "", "linux", ""),
        (3010, "", "windows", "installerReboot"),
        (1641, "", "windows", "installerReboot"),
        (1602, "", "windows", "installerCancelled"),
        (1223, "", "windows", "installerCancelled"),
        (1603, "", "windows", "installerFailed"),
        (1, "execution error: User canceled. (-128)", "macos", "installerCancelled"),
        (126, "", "linux", "installerCancelled"),
        (100, "E: Could not get lock /var/lib/dpkg/lock-frontend", "linux", "installerBusy"),
        (100, "E: You don't have enough free space in /var/cache/apt/archives/.", "linux", "installerNoRoom"),
        (100, "E: Unable to locate package virtualbox", "linux", "installerFailed"),
    ],
)
def test_recorded_ends_of_installers(status: int, output: str, system: str, name: str) -> None:
    error = commands.outcome(status, output, system, None)
    assert (error.name if error else "") == name


def test_the_mac_gets_arguments_never_a_script_with_them_in_it() -> None:
    words = commands.elevated(["/usr/sbin/installer", "-pkg", "/a b'; rm -rf /"], "macos", False, lambda name: name)
    script = [word for before, word in itertools.pairwise(words) if before == "-e"]
    assert all("installer" not in line and "rm -rf" not in line for line in script)
    assert words[-3:] == ["/usr/sbin/installer", "-pkg", "/a b'; rm -rf /"]


def test_each_of_the_ends_has_a_message_and_advice_of_its_own() -> None:
    names = ("installersInvalid", "installersOlder", "installersUnreachable", "checksumMismatch", "installerFailed",
             "installerCancelled", "installerReboot", "installerNoRights", "installerNoPrompt", "installerNoRoom",
             "installerBusy", "installerIncomplete", "installerNone", "installationRefused", "hypervisorMissing",
             "hypervisorBroken", "hypervisorOld", "diskFull")  # fmt: skip
    texts = english.table()
    assert set(names) <= set(errors.table())
    assert len({texts[f"error_{name}"] for name in names}) == len(names)
    assert all(texts[f"error_{name}_fix"] for name in names)
