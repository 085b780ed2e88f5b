"""The commands as people run them: real processes, real folders; full and read-only disks are real mounts."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.installation import browsers, launcher
from cvmwebapi.installation.browsers import Computer
from cvmwebapi.installation.registration import Registration

from tests.rig.root import as_root

COMMAND = Path(sysconfig.get_path("scripts")) / "cernvm-webapi"
NAME = "ch.cern.cernvm.webapi.json"


def run(*arguments: str | Path, home: Path | None, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "HOME" and not name.startswith("XDG_")}
    environment = {**kept, **({"HOME": str(home)} if home else {}), **more}
    return subprocess.run(
        [COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / ".mozilla/firefox").mkdir(parents=True)
    (folder / ".config/chromium").mkdir(parents=True)
    (folder / ".config/chromium/Local State").write_text("{}")
    return folder


def manifests(folder: Path) -> list[Path]:
    return sorted(folder.rglob(NAME))


def test_install_status_uninstall(home: Path) -> None:
    before = sorted(home.rglob("*"))
    assert run("status", home=home).returncode == 1
    done = run("install", home=home)
    assert done.returncode == 0, done.stderr
    assert json.loads(manifests(home)[0].read_text())["path"] == str(COMMAND)
    status = run("status", "--json", home=home)
    found = json.loads(status.stdout)
    assert status.returncode == 0 and found["policies"] == []
    assert {row["browser"]: row["state"] for row in found["browsers"]}["firefox"] == "registered"
    assert run("uninstall", home=home).returncode == 0
    assert sorted(home.rglob("*")) == before


def test_a_browser_can_be_named_and_all_be_served(home: Path) -> None:
    run("install", "--browser", "edge", home=home)
    (place,) = manifests(home)
    assert "microsoft-edge" in str(place)
    run("install", "--all", home=home)
    assert len(manifests(home)) == 9
    run("uninstall", home=home)
    assert manifests(home) == []


def test_the_whole_computer_for_packages(tmp_path: Path) -> None:
    done = run("install", "--system", "--all", "--root", tmp_path, "--launcher", "/usr/bin/cernvm-webapi", home=None)
    assert done.returncode == 0, done.stderr
    assert {str(place.parent.relative_to(tmp_path)) for place in manifests(tmp_path)} == {
        "etc/opt/chrome/native-messaging-hosts",
        "etc/opt/edge/native-messaging-hosts",
        "etc/opt/vivaldi/native-messaging-hosts",
        "etc/chromium/native-messaging-hosts",
        "usr/lib/mozilla/native-messaging-hosts",
        "usr/lib/librewolf/native-messaging-hosts",
        "usr/lib/waterfox/native-messaging-hosts",
    }


@pytest.mark.parametrize("value", ["", "relative", "/nowhere/at/all", "/etc/hostname"])
def test_without_a_usable_home_nothing_is_done(value: str) -> None:
    done = run("install", home=None, HOME=value)
    assert done.returncode == 1 and "HOME" in done.stderr and "--system" in done.stderr


def test_without_home_at_all_nothing_is_done() -> None:
    done = run("install", home=None)
    assert done.returncode == 1 and "HOME is not set" in done.stderr


def test_sudo_with_another_users_home_is_refused(home: Path) -> None:
    with pytest.raises(CVMError) as refused:
        launcher.home({"HOME": str(home)}, me=home.stat().st_uid + 1)
    assert refused.value.name == "homeForeign" and "without sudo" in refused.value.fix


def test_root_in_another_users_home_is_refused_for_real(home: Path) -> None:
    subprocess.run(as_root("chown", "65534", home), check=True)
    try:
        done = subprocess.run(
            as_root("env", f"HOME={home}", COMMAND, "install"), capture_output=True, text=True, check=False
        )
    finally:
        subprocess.run(as_root("chown", str(os.geteuid()), home), check=True)
    assert done.returncode == 1 and "belongs to another user" in done.stderr
    assert manifests(home) == []


def mounted(options: str, home: Path, prepare: str = "true") -> subprocess.CompletedProcess[str]:
    """`install` in a home on a disk of its own, and what it holds afterwards: in a private mount namespace."""
    script = f"""
        mount -t tmpfs -o size=64k tmpfs "$HOME" && mkdir -p "$HOME/.mozilla/firefox" "$HOME/.config/chromium"
        {prepare}
        {options}
        {shlex.quote(str(COMMAND))} install
        status=$?
        find "$HOME" -name '*webapi*' -o -name NativeMessagingHosts -o -name native-messaging-hosts
        exit $status
    """
    command = as_root("env", f"HOME={home}", "unshare", "--mount", "sh", "-c", script)
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_full_disk_is_reported_and_nothing_half_is_done(home: Path) -> None:
    # Room for folders, none for content.
    done = mounted("true", home, 'head -c 1000000 /dev/zero > "$HOME/filler" 2>/dev/null')
    assert done.returncode == 1 and "No space left" in done.stderr and "Nothing was changed" in done.stderr
    assert done.stdout == ""


def test_a_read_only_disk_is_reported(home: Path) -> None:
    done = mounted('mount -o remount,ro "$HOME"', home)
    assert done.returncode == 1 and "Read-only" in done.stderr and done.stdout == ""


@pytest.mark.parametrize(("mode", "words"), [(0o555, "Permission denied"), (0o000, "can't be read")])
def test_a_folder_that_may_not_be_written_or_read_is_reported(mode: int, words: str) -> None:
    """As a user without root's powers: a child process that gives them up."""
    browsers.manifest("chromium", "")
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name) / ".config/chromium/NativeMessagingHosts"
        folder.mkdir(parents=True)
        Path(name).chmod(0o755)
        folder.chmod(mode)
        reader, writer = os.pipe()
        if (child := os.fork()) == 0:
            try:
                if os.geteuid() == 0:
                    os.setuid(65534)
                Registration(Computer("linux", Path(name), Path("/none"))).install(["firefox", "chromium"], "/bin/sh")
            except BaseException as error:
                os.write(writer, f"{type(error).__name__} {error}".encode())
            os._exit(0)
        os.waitpid(child, 0)
        os.close(writer)
        with os.fdopen(reader) as answer:
            said = answer.read()
        folder.chmod(0o700)
        assert said.startswith("CVMError") and words in said
        assert [file for file in Path(name).rglob("*") if file.is_file()] == []


def test_a_launcher_that_browsers_could_not_start_is_refused(home: Path, tmp_path: Path) -> None:
    dull = tmp_path / "dull"
    dull.write_text("text")
    for name, words in ((dull, "may not be executed"), (tmp_path / "none", "no such file")):
        done = run("install", "--launcher", name, home=home)
        assert done.returncode == 1 and words in done.stderr and manifests(home) == []


def test_for_all_users_the_launcher_must_be_startable_by_all_and_writable_by_few(tmp_path: Path) -> None:
    program = tmp_path / "cernvm-webapi"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    # pytest's own folders are for their owner alone.
    with pytest.raises(CVMError, match="may not use"):
        launcher.checked_for_all(program)
    assert launcher.checked_for_all(Path("/usr/bin/env"))


def test_run_as_a_module_the_installed_program_is_registered(home: Path) -> None:
    environment = {**os.environ, "HOME": str(home), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-m", "cvmwebapi", "install"], env=environment, check=True, capture_output=True)
    assert json.loads(manifests(home)[0].read_text())["path"] == str(COMMAND)


def test_uninstall_asks_or_is_told_about_what_is_stored(home: Path) -> None:
    run("install", home=home)
    data = home / ".local/share/cernvm-webapi"
    cache = home / ".cache/cernvm-webapi/images"
    for folder in (data, cache):
        folder.mkdir(parents=True)
        (folder / "file").write_text("x")
    kept = run("uninstall", home=home)
    assert kept.returncode == 0 and str(data) in kept.stdout and "--remove-data" in kept.stdout and data.exists()
    gone = run("uninstall", "--remove-data", home=home)
    assert gone.returncode == 0 and not data.exists() and not cache.parent.exists()


def test_uninstall_asks_on_a_terminal(home: Path) -> None:
    import pty

    data = home / ".local/share/cernvm-webapi"
    for answer, stays in ((b"\n", True), (b"y\n", False)):
        data.mkdir(parents=True, exist_ok=True)
        master, slave = pty.openpty()
        with subprocess.Popen(
            [COMMAND, "uninstall"], env={**os.environ, "HOME": str(home)}, stdin=slave, stdout=subprocess.PIPE
        ) as process:
            os.write(master, answer)
            output, _ = process.communicate(timeout=60)
        os.close(master)
        os.close(slave)
        assert b"Remove them too? [y/N]" in output and data.exists() is stays
