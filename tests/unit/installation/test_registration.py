"""Registration on Linux for real, below a folder of the test; macOS by its paths there, Windows by a double of its
registry.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.installation import browsers, sandboxes
from cvmwebapi.installation.browsers import Computer, host_name
from cvmwebapi.installation.registration import Registration
from cvmwebapi.texts.phrase import detail

from tests.drivers.registration import chromium_id, firefox_id
from tests.lab.world import EXTENSION
from tests.unit.system.registry_double import RegistryDouble

ALL = sorted(browsers.table())
LAUNCHER = "/usr/bin/env"


def everything(folder: Path) -> dict[str, bytes]:
    """All files and empty folders below."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"<folder>"
        for path in folder.rglob("*")
        if path.is_file() or not any(path.iterdir())
    }


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    (tmp_path / "home").mkdir()
    return Computer("linux", tmp_path / "home", tmp_path / "root")


def test_the_templates_name_our_extension_in_both_families() -> None:
    chromium, firefox = (json.loads(browsers.manifest(family, "/x")) for family in ("chromium", "firefox"))
    assert chromium["allowed_origins"] == [f"chrome-extension://{chromium_id(EXTENSION)}/"]
    assert firefox["allowed_extensions"] == [firefox_id(EXTENSION)]
    assert chromium["name"] == firefox["name"] == host_name() == "ch.cern.cernvm.webapi"


NAMED = {
    ("linux", False): {
        "chrome": "home/.config/google-chrome/NativeMessagingHosts",
        "chromium": "home/.config/chromium/NativeMessagingHosts",
        "edge": "home/.config/microsoft-edge/NativeMessagingHosts",
        "brave": "home/.config/BraveSoftware/Brave-Browser/NativeMessagingHosts",
        "vivaldi": "home/.config/vivaldi/NativeMessagingHosts",
        "opera": "home/.config/opera/NativeMessagingHosts",
        "firefox": "home/.mozilla/native-messaging-hosts",
        "librewolf": "home/.librewolf/native-messaging-hosts",
        "waterfox": "home/.waterfox/native-messaging-hosts",
    },
    ("linux", True): {
        "chrome": "root/etc/opt/chrome/native-messaging-hosts",
        "chromium": "root/etc/chromium/native-messaging-hosts",
        "edge": "root/etc/opt/edge/native-messaging-hosts",
        "brave": "root/etc/opt/chrome/native-messaging-hosts",
        "vivaldi": "root/etc/opt/vivaldi/native-messaging-hosts",
        "opera": "root/etc/opt/chrome/native-messaging-hosts",
        "firefox": "root/usr/lib/mozilla/native-messaging-hosts",
        "librewolf": "root/usr/lib/librewolf/native-messaging-hosts",
        "waterfox": "root/usr/lib/waterfox/native-messaging-hosts",
    },
    ("macos", False): {
        "chrome": "home/Library/Application Support/Google/Chrome/NativeMessagingHosts",
        "edge": "home/Library/Application Support/Microsoft Edge/NativeMessagingHosts",
        "brave": "home/Library/Application Support/BraveSoftware/Brave-Browser/NativeMessagingHosts",
        "firefox": "home/Library/Application Support/Mozilla/NativeMessagingHosts",
        "librewolf": "home/Library/Application Support/LibreWolf/NativeMessagingHosts",
    },
    ("macos", True): {
        "chrome": "root/Library/Google/Chrome/NativeMessagingHosts",
        "chromium": "root/Library/Application Support/Chromium/NativeMessagingHosts",
        "edge": "root/Library/Microsoft/Edge/NativeMessagingHosts",
        "firefox": "root/Library/Application Support/Mozilla/NativeMessagingHosts",
    },
}


@pytest.mark.parametrize(
    ("system", "wide", "browser", "folder"),
    [(*where, name, folder) for where, rows in NAMED.items() for name, folder in rows.items()],
)
def test_each_browser_is_registered_where_it_looks(
    tmp_path: Path, system: str, wide: bool, browser: str, folder: str
) -> None:
    (tmp_path / "home").mkdir()
    target = Registration(Computer(system, tmp_path / "home", tmp_path / "root"), wide)
    target.install([browser], LAUNCHER)
    place = tmp_path / folder / f"{host_name()}.json"
    key = "allowed_extensions" if browsers.table()[browser]["family"] == "firefox" else "allowed_origins"
    assert key in json.loads(place.read_bytes()) and json.loads(place.read_bytes())["path"] == LAUNCHER
    assert stat.S_IMODE(place.stat().st_mode) == (0o644 if wide else 0o600)
    assert stat.S_IMODE(place.parent.stat().st_mode) == (0o755 if wide else 0o700)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("system", ["linux", "macos"])
def test_install_twice_then_uninstall_leaves_nothing_but_what_was_there(
    tmp_path: Path, system: str, wide: bool
) -> None:
    home = tmp_path / "home"
    for other in ("home/.config/chromium/NativeMessagingHosts/other.json", "root/etc/opt/other"):
        (tmp_path / other).parent.mkdir(parents=True)
        (tmp_path / other).write_text("others'")
    for folder in ("home", "root"):
        (tmp_path / folder / "Library/Application Support").mkdir(parents=True, exist_ok=True)
    (tmp_path / "root/usr/lib").mkdir(parents=True)
    before = everything(tmp_path)
    target = Registration(Computer(system, home, tmp_path / "root"), wide)
    target.install(ALL, LAUNCHER)
    once = everything(tmp_path)
    target.install(ALL, LAUNCHER)
    assert everything(tmp_path) == once != before
    assert target.uninstall() and everything(tmp_path) == before
    assert target.uninstall() == []


def test_an_update_replaces_an_older_launcher(computer: Computer) -> None:
    target = Registration(computer)
    (place,) = target.install(["chromium"], "/old/place")
    target.install(["chromium"], LAUNCHER)
    assert json.loads(Path(place).read_bytes())["path"] == LAUNCHER


FOREIGN = [
    b"",
    b"{",
    b"[]",
    b'{"name": "ch.cern.cernvm.webapi"}',
    b'{"name": "ch.cern.cernvm.webapi", "allowed_origins": ["chrome-extension://fork/"], "path": "/x"}',
    b"\xff\xfe\x00",
]


@pytest.mark.parametrize("content", FOREIGN)
def test_others_manifests_stay_and_nothing_half_is_done(computer: Computer, content: bytes) -> None:
    target = Registration(computer)
    place = next(iter(target.places(["firefox"])))
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    before = everything(computer.home)
    with pytest.raises(CVMError) as refused:
        target.install(ALL, LAUNCHER)
    assert refused.value.name == "manifestForeign" and str(place) in refused.value.message
    assert everything(computer.home) == before
    assert target.uninstall() == [] and everything(computer.home) == before


def test_a_link_in_its_place_is_someone_elses(computer: Computer) -> None:
    target = Registration(computer)
    place = next(iter(target.places(["firefox"])))
    place.parent.mkdir(parents=True)
    managed = computer.home / "dotfiles.json"
    managed.write_bytes(browsers.manifest("firefox", "/x"))
    place.symlink_to(managed)
    with pytest.raises(CVMError) as refused:
        target.install(["firefox"], LAUNCHER)
    assert refused.value.name == "manifestForeign" and place.is_symlink()


@pytest.mark.parametrize("blocker", [".config", ".mozilla", ".waterfox"])
def test_a_file_where_a_folder_should_be_is_reported_and_nothing_half_is_done(computer: Computer, blocker: str) -> None:
    (computer.home / blocker).write_text("a file")
    before = everything(computer.home)
    with pytest.raises(CVMError) as refused:
        Registration(computer).install(ALL, LAUNCHER)
    assert refused.value.name == "installFailed" and blocker in refused.value.message
    assert everything(computer.home) == before


def test_a_failure_at_the_last_file_puts_the_first_ones_back(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Registration(computer)
    target.install(["chrome"], "/old/place")
    before = everything(computer.home)
    real, calls = Path.replace, iter(range(100))

    def replace(self: Path, place: Path) -> Path:
        if next(calls) == 3:
            raise OSError(28, "No space left on device")
        return real(self, place)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(CVMError, match="No space left"):
        target.install(ALL, LAUNCHER)
    assert everything(computer.home) == before


@pytest.mark.parametrize("name", ["with space", "čeština ∞", "quote\"'$(x)", "new\nline"])
def test_paths_with_spaces_and_strange_letters(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    home.mkdir()
    launcher = str(home / "cernvm-webapi")
    target = Registration(Computer("linux", home, tmp_path / "root"))
    for place in target.install(["chromium", "firefox"], launcher):
        assert json.loads(Path(place).read_bytes())["path"] == launcher
    assert target.uninstall() and everything(home) == {}


def test_the_users_own_configuration_folder_is_honoured(tmp_path: Path) -> None:
    target = Registration(Computer("linux", tmp_path, tmp_path / "root", tmp_path / "cfg"))
    (place,) = target.install(["chromium"], LAUNCHER)
    assert place.startswith(str(tmp_path / "cfg/chromium"))


def test_firefox_s_second_folder_is_for_systems_that_have_it(computer: Computer) -> None:
    target = Registration(computer, system_wide=True)
    one = str(computer.root / "usr/lib/mozilla/native-messaging-hosts" / f"{host_name()}.json")
    two = str(computer.root / "usr/lib64/mozilla/native-messaging-hosts" / f"{host_name()}.json")
    assert target.install(["firefox"], LAUNCHER) == [one]
    (computer.root / "usr/lib64/mozilla").mkdir(parents=True)
    assert target.install(["firefox"], LAUNCHER) == [one, two]
    assert target.uninstall() == [one, two]


def test_a_folder_of_the_system_stays_however_empty(tmp_path: Path) -> None:
    places = {
        ("linux", False): ["home"],
        ("linux", True): ["root/etc", "root/etc/opt", "root/usr/lib"],
        ("macos", False): ["home/Library/Application Support"],
        ("macos", True): ["root/Library", "root/Library/Application Support"],
    }
    for number, ((system, wide), stay) in enumerate(places.items()):
        folder = tmp_path / str(number)
        for place in ("home", *stay):
            (folder / place).mkdir(parents=True, exist_ok=True)
        target = Registration(Computer(system, folder / "home", folder / "root"), wide)
        target.install(ALL, LAUNCHER)
        target.uninstall()
        assert all((folder / place).is_dir() for place in stay)


def test_status_tells_each_state(computer: Computer) -> None:
    for folder in (".config/chromium", ".config/google-chrome", ".config/vivaldi", ".mozilla/firefox", ".librewolf"):
        (computer.home / folder).mkdir(parents=True)
    target = Registration(computer)
    assert target.found() == ["chrome", "chromium", "vivaldi", "firefox", "librewolf"]
    target.install(["chromium"], LAUNCHER)
    target.install(["firefox"], "/gone")
    (vivaldi,) = target.places(["vivaldi"])
    vivaldi.parent.mkdir()
    vivaldi.write_text("{}")
    (librewolf,) = target.places(["librewolf"])
    librewolf.mkdir(parents=True)
    states = {finding.browser: finding.state for finding in target.status()}
    assert states == {
        "chrome": "missing",
        "chromium": "registered",
        "vivaldi": "foreign",
        "firefox": "noLauncher",
        "librewolf": "unreadable",
    }


def test_sandboxed_browsers_are_recognized_and_explained_with_the_exact_commands(computer: Computer) -> None:
    for app in ("snap/firefox", "snap/chromium", ".var/app/org.mozilla.firefox", ".var/app/com.brave.Browser"):
        (computer.home / app).mkdir(parents=True)
    apps = {(app.browser, app.kind): app for app in sandboxes.found(computer)}
    assert sorted(apps) == [("brave", "flatpak"), ("chromium", "snap"), ("firefox", "flatpak"), ("firefox", "snap")]
    portal = sandboxes.advice(apps["firefox", "snap"], False, False)
    assert "flatpak permission-set webextensions ch.cern.cernvm.webapi snap.firefox yes" in portal
    closed = sandboxes.advice(apps["brave", "flatpak"], False, False)
    assert "flatpak override --user --talk-name=org.freedesktop.Flatpak com.brave.Browser" in closed
    assert "nothing to do" in sandboxes.advice(apps["brave", "flatpak"], True, False)


def test_snap_chromium_is_served_and_flatpaks_when_asked_for(computer: Computer) -> None:
    for app in ("snap/chromium", ".var/app/org.mozilla.firefox"):
        (computer.home / app).mkdir(parents=True)
    target, apps = Registration(computer), sandboxes.found(computer)
    before = everything(computer.home)
    (snap,) = target.install([], LAUNCHER, apps)
    assert snap.endswith("snap/chromium/common/chromium/NativeMessagingHosts/ch.cern.cernvm.webapi.json")
    target.install([], "/opt/a b/cernvm-webapi", apps, flatpaks=True)
    folder = computer.home / ".var/app/org.mozilla.firefox/.mozilla/native-messaging-hosts"
    starter = Path(json.loads((folder / f"{host_name()}.json").read_bytes())["path"])
    assert starter.parent == folder and stat.S_IMODE(starter.stat().st_mode) == 0o700
    assert "flatpak-spawn --host '/opt/a b/cernvm-webapi' \"$@\"" in starter.read_text()
    # Those of one user are not everybody's.
    Registration(computer, system_wide=True).uninstall()
    assert starter.exists()
    target.uninstall()
    assert everything(computer.home) == before


# Windows, by a double of its registry


class Windows:
    def __init__(self, folder: Path, wide: bool = False) -> None:
        (folder / "home").mkdir(exist_ok=True)
        self.registry = RegistryDouble()
        self.hive = "HKLM" if wide else "HKCU"
        self.target = Registration(Computer("windows", folder / "home", folder / "root"), wide, self.registry)

    def key(self, vendor: str) -> str:
        return f"{self.hive}\\Software\\{vendor}\\NativeMessagingHosts\\{host_name()}"


@pytest.mark.parametrize("wide", [False, True])
def test_windows_registry_double_all_browsers(tmp_path: Path, wide: bool) -> None:
    windows = Windows(tmp_path, wide)
    windows.registry.tree["HKLM\\Software\\Others"] = {"a": 1}
    windows.target.install(ALL, "C:\\Program Files\\CernVM WebAPI\\cernvm-webapi.exe")
    for vendor in ("Google\\Chrome", "Chromium", "Microsoft\\Edge", "Mozilla"):
        place = Path(windows.registry.tree[windows.key(vendor)][""])
        assert json.loads(place.read_bytes())["path"].endswith("cernvm-webapi.exe")
        assert place.is_relative_to(tmp_path / ("root/Program Files" if wide else "home/AppData/Local"))
    before = dict(windows.registry.tree)
    windows.target.install(ALL, "C:\\Program Files\\CernVM WebAPI\\cernvm-webapi.exe")
    assert windows.registry.tree == before
    windows.target.uninstall()
    assert windows.registry.tree == {"HKLM\\Software\\Others": {"a": 1}}
    assert set(everything(tmp_path)) <= {"home", "home/AppData/Local", "root/Program Files"}


def test_windows_registry_double_finds_browsers_by_their_keys(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    windows.registry.tree["HKCU\\Software\\Google\\Chrome\\BLBeacon"] = {"version": "1"}
    windows.registry.tree["HKLM\\Software\\Mozilla\\Mozilla Firefox"] = {"CurrentVersion": "1"}
    assert windows.target.found() == ["chrome", "firefox"]
    windows.target.install(["chrome"], LAUNCHER)
    assert [finding.state for finding in windows.target.status()] == ["registered", "missing"]


@pytest.mark.parametrize("value", [7, b"\x00\x01", ["C:\\x.json"], "C:\\x\0y.json"])
def test_windows_registry_double_damaged_values_are_reported_and_nothing_half_is_done(
    tmp_path: Path, value: Any
) -> None:
    windows = Windows(tmp_path)
    windows.registry.tree[windows.key("Mozilla")] = {"": value}
    before, files = dict(windows.registry.tree), everything(tmp_path)
    with pytest.raises(CVMError) as refused:
        windows.target.install(ALL, LAUNCHER)
    assert refused.value.name == "registryDamaged" and "Mozilla" in refused.value.message
    assert (windows.registry.tree, everything(tmp_path)) == (before, files)


def test_windows_registry_double_a_key_of_someone_else_stays(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    other = tmp_path / "other.json"
    other.write_text("{}")
    windows.registry.tree[windows.key("Chromium")] = {"": str(other)}
    before = dict(windows.registry.tree)
    with pytest.raises(CVMError) as refused:
        windows.target.install(ALL, LAUNCHER)
    assert refused.value.name == "manifestForeign"
    windows.target.uninstall()
    assert windows.registry.tree == before and other.exists()


@pytest.mark.parametrize("wide", [False, True])
def test_windows_registry_double_a_damaged_key_is_named(tmp_path: Path, wide: bool) -> None:
    windows = Windows(tmp_path, wide)
    windows.registry.tree[windows.key("Mozilla")] = {"": 7}
    with pytest.raises(CVMError) as refused:
        windows.target.install(ALL, LAUNCHER)
    assert refused.value.params == {"key": windows.key("Mozilla"), "detail": detail("valueNotText")}
    windows.registry.refused = {windows.key("Mozilla")}
    with pytest.raises(CVMError) as refused:
        windows.target.install(ALL, LAUNCHER)
    assert refused.value.params == {"key": windows.key("Mozilla"), "detail": "Access is denied"}
    with pytest.raises(CVMError) as refused:
        windows.target.uninstall()
    place = {"place": windows.key("Mozilla"), "detail": "Access is denied"}
    assert (refused.value.name, refused.value.params) == ("installFailed", place)


def test_windows_registry_double_uninstalling_tells_its_keys_and_leaves_those_of_others(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    other = tmp_path / "other.json"
    other.write_text("{}")
    places = windows.target.install(["chrome", "firefox"], LAUNCHER)
    windows.registry.tree[windows.key("Mozilla")] = {"": str(other)}
    windows.registry.tree["HKCU\\Software\\Chromium\\NativeMessagingHosts\\someone.else"] = {"": "C:\\x.json"}
    removed = windows.target.uninstall()
    assert removed == [*places, windows.key("Google\\Chrome")]
    assert set(windows.registry.tree) == {
        windows.key("Mozilla"), "HKCU\\Software\\Chromium\\NativeMessagingHosts\\someone.else"
    }  # fmt: skip


def test_windows_registry_double_each_state(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    for browser in ("Google\\Chrome", "Chromium", "Microsoft\\Edge", "Mozilla\\Mozilla Firefox", "Vivaldi"):
        windows.registry.tree[f"HKCU\\Software\\{browser}"] = {"Version": "1"}
    windows.target.install(["chrome"], LAUNCHER)
    other = tmp_path / "other.json"
    other.write_text("{}")
    windows.registry.tree[windows.key("Chromium")] = {"": str(other)}
    windows.registry.tree[windows.key("Microsoft\\Edge")] = {"": 7}
    windows.registry.tree[windows.key("Mozilla")] = {"": ""}
    found = {finding.browser: (finding.place, finding.state, finding.launcher) for finding in windows.target.status()}
    assert found == {
        "chrome": (windows.key("Google\\Chrome"), "registered", LAUNCHER),
        "chromium": (windows.key("Chromium"), "foreign", ""),
        "edge": (windows.key("Microsoft\\Edge"), "unreadable", ""),
        "vivaldi": (windows.key("Google\\Chrome"), "registered", LAUNCHER),
        "firefox": (windows.key("Mozilla"), "missing", ""),
    }
    windows.registry.refused = {windows.key("Chromium")}
    states = {finding.browser: finding.state for finding in windows.target.status()}
    assert states["chromium"] == "unreadable"


def test_windows_registry_double_a_refused_key_brings_back_what_stood_in_the_others(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    windows.registry.tree[windows.key("Chromium")] = {"": "C:\\gone.json"}
    before, real = {key: dict(values) for key, values in windows.registry.tree.items()}, windows.registry.set

    def refuse(hive: str, key: str, name: str, value: str) -> None:
        if "Mozilla" in key:
            raise PermissionError(5, "Access is denied")
        real(hive, key, name, value)

    windows.registry.set = refuse  # type: ignore[method-assign]
    with pytest.raises(CVMError) as refused:
        windows.target.install(["chrome", "chromium", "firefox"], LAUNCHER)
    assert refused.value.params == {"place": windows.key("Mozilla"), "detail": "Access is denied"}
    assert windows.registry.tree == before


def test_windows_registry_double_a_file_that_fails_takes_the_keys_back(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    (tmp_path / "home/AppData").write_text("in the way")
    with pytest.raises(CVMError) as refused:
        windows.target.install(["chrome"], LAUNCHER)
    assert refused.value.name == "installFailed" and windows.registry.tree == {}


def test_windows_registry_double_a_refused_key_takes_the_others_back(tmp_path: Path) -> None:
    windows = Windows(tmp_path)
    files = everything(tmp_path)
    real = windows.registry.set

    def refuse(hive: str, key: str, name: str, value: str) -> None:
        if "Mozilla" in key:
            raise PermissionError(5, "Access is denied")
        real(hive, key, name, value)

    windows.registry.set = refuse  # type: ignore[method-assign]
    with pytest.raises(CVMError, match="denied"):
        windows.target.install(ALL, LAUNCHER)
    assert windows.registry.tree == {} and everything(tmp_path) == files
