"""How problems are made on purpose, each for its own advice; and computers in order, for what is said of those.

Files, programs, servers and sockets are real. Where a fact can't be had here (another kernel, a loaded driver, the
portal of a Snap), the files below the test's root or the program's answers are recorded ones: those rows say so.
"""

from __future__ import annotations

import hashlib
import http.server
import os
import pwd
import socket
import threading
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import ModuleType

from cvmwebapi import website
from cvmwebapi.config.settings import Keystore, Settings
from cvmwebapi.doctor.checks import (
    cache,
    driver,
    group,
    machines,
    network,
    policies,
    ports,
    processor,
    registration,
    rivals,
    room,
    sandboxes,
    settings,
    versions,
    virtualbox,
)
from cvmwebapi.doctor.surroundings import Output
from cvmwebapi.errors import CVMError
from cvmwebapi.installation import browsers
from cvmwebapi.sessions.ledger import Ledger

from tests.unit.config.registry_double import RegistryDouble
from tests.unit.doctor.conftest import RECORDED_CPUINFO, Computer

_STRANGE_GROUP = 64_123
_HOST = "ch.cern.cernvm.webapi"
_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
Make = Callable[[Computer], None]
PRODUCED: list[tuple[str, ModuleType, Make]] = []


def produces(advice: str, check: ModuleType) -> Callable[[Make], Make]:
    def add(make: Make) -> Make:
        PRODUCED.append((advice, check, make))
        return make

    return add


# Made by tests of their own: they need a real VirtualBox, another network, or a check that fails. Advice → test.
_DAMAGE = "tests/virtualbox/test_damage.py"
ELSEWHERE = {
    "machineGone": f"{_DAMAGE}::test_a_machine_taken_off_the_list_is_taken_back",
    "machineInaccessible": f"{_DAMAGE}::test_damaged_settings_of_a_machine_go_back_to_those_before",
    "machineHangs": f"{_DAMAGE}::test_a_machine_whose_process_is_stopped",
    "machineLocked": f"{_DAMAGE}::test_a_machine_held_by_a_call_that_hangs",
    "machineOrphan": f"{_DAMAGE}::test_a_machine_that_the_ledger_has_forgotten_is_removed_with_disk_and_media",
    "mediumLeftOver": f"{_DAMAGE}::test_a_folder_and_a_medium_of_no_machine_are_removed",
    "virtualboxSilent": f"{_DAMAGE}::test_a_virtualbox_that_does_not_answer",
    "listUnreadable": f"{_DAMAGE}::test_virtualbox_s_own_list_is_damaged_and_comes_back_by_the_command",
    # Nothing at hand makes a virtual processor crash in software: VirtualBox's word for it is a recorded one.
    "machineStuck": "tests/unit/doctor/test_rules.py::test_machines_as_virtualbox_tells",
    "loopbackBlocked": "tests/unit/doctor/test_produced_problems.py::test_a_computer_whose_loopback_is_down",
    "unknown": "tests/unit/doctor/test_rules.py::test_a_check_that_fails_or_hangs_hides_no_other",
    "tooSlow": "tests/unit/doctor/test_rules.py::test_a_check_that_fails_or_hangs_hides_no_other",
}


@produces("settingsBroken", settings)
def _(computer: Computer) -> None:
    computer.around.fault = CVMError("settingsBroken", file="settings.json", detail="no JSON")


@produces("policyBroken", settings)
def _(computer: Computer) -> None:
    computer.around.fault = CVMError("policyBroken", file="policy.json", detail="no JSON")


@produces("folderUnwritable", settings)
def _(computer: Computer) -> None:
    computer.around.data.chmod(0o500)
    computer.become_nobody()


@produces("hostOld", versions)
def _(computer: Computer) -> None:
    computer.around.extension = "99.0.0"


@produces("extensionOld", versions)
def _(computer: Computer) -> None:
    computer.around.extension = "1.2.3"


@produces("browserNone", registration)
def _(computer: Computer) -> None:
    pass


@produces("manifestMissing", registration)
def _(computer: Computer) -> None:
    (computer.home / ".mozilla/firefox").mkdir(parents=True)


def kept_manifest(computer: Computer, content: bytes) -> None:
    (computer.home / ".mozilla/firefox").mkdir(parents=True)
    place = computer.home / ".mozilla/native-messaging-hosts" / f"{_HOST}.json"
    place.parent.mkdir(parents=True)
    place.write_bytes(content)


@produces("manifestForeign", registration)
def _(computer: Computer) -> None:
    kept_manifest(computer, b'{"name": "cut off')


@produces("manifestUnreadable", registration)
def _(computer: Computer) -> None:
    (computer.home / ".mozilla/firefox").mkdir(parents=True)
    (computer.home / ".mozilla/native-messaging-hosts" / f"{_HOST}.json").mkdir(parents=True)


@produces("manifestProgramGone", registration)
def _(computer: Computer) -> None:
    kept_manifest(computer, browsers.manifest("firefox", str(computer.bin / "cernvm-webapi")))


@produces("programFails", registration)
def _(computer: Computer) -> None:
    program = computer.program("cernvm-webapi", "echo No module named cvmwebapi >&2; exit 1")
    kept_manifest(computer, browsers.manifest("firefox", str(program)))


@produces("policyUnreadable", policies)
def _(computer: Computer) -> None:
    computer.file("/etc/chromium/policies/managed/it.json", "{")


@produces("hostBlocked", policies)
def _(computer: Computer) -> None:
    computer.json("/etc/chromium/policies/managed/it.json", {"NativeMessagingBlocklist": ["*"]})


@produces("userHostsForbidden", policies)
def _(computer: Computer) -> None:
    computer.json("/etc/opt/chrome/policies/managed/it.json", {"NativeMessagingUserLevelHosts": False})


@produces("extensionBlocked", policies)
def _(computer: Computer) -> None:
    policy = {"policies": {"ExtensionSettings": {"*": {"installation_mode": "blocked"}}}}
    computer.json("/etc/firefox/policies/policies.json", policy)


@produces("flatpakShut", sandboxes)
def _(computer: Computer) -> None:
    (computer.home / ".var/app/org.chromium.Chromium").mkdir(parents=True)


@produces("snapShut", sandboxes)
def _(computer: Computer) -> None:
    (computer.home / "snap/chromium").mkdir(parents=True)


@produces("portalRefused", sandboxes)
def _recorded_portal(computer: Computer) -> None:
    (computer.home / "snap/firefox").mkdir(parents=True)
    answer = (
        f"Table        Object                App           Permissions Data\nwebextensions {_HOST} snap.firefox no 0x00"
    )
    program = computer.program("flatpak", f"echo '{answer}'")
    run = computer.around.run
    computer.around.run = lambda command, *rest: run([str(program), *command[1:]], *rest)


@produces("virtualboxMissing", virtualbox)
def _(computer: Computer) -> None:
    computer.around.settings = Settings(vboxmanage=str(computer.bin / "VBoxManage"))


@produces("virtualboxOutOfReach", virtualbox)
def _(computer: Computer) -> None:
    computer.around.settings = Settings(vboxmanage=str(computer.bin / "VBoxManage"))
    computer.file("/.flatpak-info", "[Application]\n")


@produces("virtualboxBroken", virtualbox)
def _(computer: Computer) -> None:
    computer.program("VBoxManage", "exec /usr/lib/virtualbox-that-is-gone/VBoxManage")


@produces("virtualboxOld", virtualbox)
def _(computer: Computer) -> None:
    computer.recorded_virtualbox("5.2.44r139111")


def recorded_driver(computer: Computer, loaded: str = "", built: bool = True) -> None:
    computer.recorded_virtualbox("7.0.14r161095")
    folder = f"/lib/modules/{computer.around.kernel}"
    computer.file(f"{folder}/updates/dkms/vboxdrv.ko" if built else f"{folder}/modules.dep")
    computer.file("/proc/modules", "vboxdrv 700416 2 vboxnetadp,vboxnetflt, Live 0x0 (OE)\n" if loaded else "")
    if loaded:
        computer.file("/sys/module/vboxdrv/version", f"{loaded} r161095 (0x00330004)\n")


@produces("driverNotBuilt", driver)
def _recorded_kernel(computer: Computer) -> None:
    recorded_driver(computer, built=False)


@produces("driverNotLoaded", driver)
def _recorded_unloaded(computer: Computer) -> None:
    recorded_driver(computer)


@produces("driverUnsigned", driver)
def _recorded_secure_boot(computer: Computer) -> None:
    recorded_driver(computer)
    computer.file(_SECURE_BOOT, b"\x06\x00\x00\x00\x01")


@produces("driverOther", driver)
def _recorded_other_driver(computer: Computer) -> None:
    recorded_driver(computer, loaded="6.1.50")


@produces("driverNoDevice", driver)
def _recorded_no_device(computer: Computer) -> None:
    recorded_driver(computer, loaded="7.0.14")


@produces("driverForbidden", driver)
def _recorded_forbidden(computer: Computer) -> None:
    recorded_driver(computer, loaded="7.0.14")
    computer.file("/dev/vboxdrv").chmod(0)
    real = computer.around.run

    def run(command: Sequence[str], *rest: float) -> Output:
        # From here on: nobody may look into this test's folder, where VirtualBox had to be found first.
        answer = real(command, *rest)
        computer.become_nobody()
        return answer

    computer.around.run = run


@produces("groupMissing", group)
def _(computer: Computer) -> None:
    computer.open_root().file("/etc/group", f"vboxusers:x:{_STRANGE_GROUP}:\n")
    computer.become_nobody(wholly=True)


@produces("groupNotYet", group)
def _(computer: Computer) -> None:
    computer.open_root()
    computer.become_nobody(wholly=True)
    me = pwd.getpwuid(os.geteuid()).pw_name
    computer.file("/etc/group", f"vboxusers:x:{_STRANGE_GROUP}:{me}\n")


@produces("virtualizationOff", processor)
def _recorded_firmware(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO.replace(" vmx", ""))


@produces("processorOther", processor)
def _recorded_arm(computer: Computer) -> None:
    computer.around.machine = "aarch64"
    computer.file("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n")


@produces("nestedOff", processor)
def _recorded_nested(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO.replace("vmx", "hypervisor"))


@produces("nestedSoftware", processor)
def _recorded_nested_software(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO.replace("vmx", "hypervisor"))


@produces("nestedSlow", processor)
def _recorded_nested_on(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO.replace("vmx", "vmx hypervisor"))


def recorded_kvm(computer: Computer, kernel: str, virtualbox: str, users: int, parameter: str) -> None:
    computer.around.kernel = kernel
    computer.recorded_virtualbox(virtualbox)
    modules = f"kvm_intel 438272 {users} - Live 0x0\nkvm 1327104 1 kvm_intel, Live 0x0\n"
    computer.file("/proc/modules", modules)
    if parameter:
        computer.file("/sys/module/kvm/parameters/enable_virt_at_load", f"{parameter}\n")


@produces("kvmBusy", rivals)
def _recorded_busy(computer: Computer) -> None:
    recorded_kvm(computer, "6.1.0-18-amd64", "7.0.14r161095", 3, "")


@produces("kvmHolds", rivals)
def _recorded_holding(computer: Computer) -> None:
    recorded_kvm(computer, "6.12.38", "7.1.4r165100", 0, "Y")


@produces("kvmParameterOff", rivals)
def _recorded_turned(computer: Computer) -> None:
    recorded_kvm(computer, "6.12.38", "7.2.10r175245", 0, "N")


@produces("vmwareHolds", rivals)
def _recorded_vmware(computer: Computer) -> None:
    computer.file("/proc/modules", "vmmon 155648 0 - Live 0x0 (OE)\n")


@produces("hyperVHolds", rivals)
def _recorded_hyperv(computer: Computer) -> None:
    computer.around.system = "windows"
    computer.program("powershell.exe", "echo True")
    run = computer.around.run
    computer.around.run = lambda command, *rest: run([str(computer.bin / command[0]), *command[1:]], *rest)


@produces("memoryIntegrity", rivals)
def _recorded_integrity(computer: Computer) -> None:
    _recorded_hyperv(computer)
    registry = RegistryDouble()
    scenario = r"SYSTEM\CurrentControlSet\Control\DeviceGuard\Scenarios\HypervisorEnforcedCodeIntegrity"
    registry.tree[f"HKLM\\{scenario}"] = {"Enabled": 1}
    computer.around.registry = registry


@produces("memoryLow", room)
def _recorded_low(computer: Computer) -> None:
    computer.recorded_memory(8000, 700)


@produces("memorySmall", room)
def _recorded_small(computer: Computer) -> None:
    computer.recorded_memory(1024, 700)


@produces("diskFull", room)
def _(computer: Computer) -> None:
    computer.around.settings = Settings(min_free_disk=10**9)


@produces("diskLow", room)
def _(computer: Computer) -> None:
    import shutil

    free = shutil.disk_usage(computer.around.data).free // 2**20
    computer.around.settings = Settings(min_free_disk=free - 1000)


@produces("proxyMalformed", network)
def _(computer: Computer) -> None:
    computer.around.environment = {"https_proxy": "http://[proxy"}


@produces("proxyDead", network)
def _(computer: Computer) -> None:
    computer.around.environment = {"HTTPS_PROXY": f"http://user:secret@127.0.0.1:{closed_port()}"}


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@produces("nameUnknown", network)
def _(computer: Computer) -> None:
    computer.around.settings = asking("http://no-such-host.invalid/keystore")


@produces("keystoreUnreachable", network)
def _(computer: Computer) -> None:
    computer.around.settings = asking(f"http://127.0.0.1:{closed_port()}/keystore")


def asking(url: str) -> Settings:
    return Settings(keystores=(Keystore(url, _root_key()),))


@lru_cache(maxsize=1)
def _root_key() -> str:
    pem = website.public_pem(website.generate_key())
    return pem.decode() if isinstance(pem, bytes) else pem


def serve(computer: Computer, date_offset: float, body: bytes) -> str:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(time.time() + date_offset)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    computer.closers += [server.shutdown, server.server_close]
    return f"http://127.0.0.1:{server.server_port}"


@produces("keystoreInvalid", network)
def _(computer: Computer) -> None:
    computer.around.settings = asking(serve(computer, 0, b"<html>Please log in to this network</html>"))


@produces("clockAhead", network)
def _(computer: Computer) -> None:
    computer.around.settings = asking(serve(computer, -86_400, b""))


@produces("clockBehind", network)
def _(computer: Computer) -> None:
    computer.around.settings = asking(serve(computer, 86_400, b""))


def session_of(computer: Computer, name: str = "vm", **columns: object) -> str:
    ledger = Ledger(computer.around.data / "ledger.sqlite")
    ledger.add(name * 4, "example.org", name, b"", f"uuid-{name}", {}, {})
    ledger.update(name * 4, **columns)
    return name * 4


@produces("portForeign", ports)
def _(computer: Computer) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    computer.closers.append(server.close)
    session_of(computer, phase="made", port=server.getsockname()[1])


@produces("portTwice", ports)
def _(computer: Computer) -> None:
    port = closed_port()
    session_of(computer, "one", phase="made", port=port)
    session_of(computer, "two", phase="made", port=port)


@produces("ledgerBroken", machines)
def _(computer: Computer) -> None:
    (computer.around.data / "ledger.sqlite").write_bytes(b"not a database, " * 64)


@produces("machineHalf", machines)
def _(computer: Computer) -> None:
    session_of(computer, phase="creating")


@produces("folderLeftOver", machines)
def _(computer: Computer) -> None:
    (computer.around.data / "machines" / "gone").mkdir(parents=True)


@produces("imageDamaged", cache)
def _(computer: Computer) -> None:
    images = computer.around.cache / "images"
    images.mkdir()
    (images / f"{hashlib.sha256(b'whole').hexdigest()}.iso").write_bytes(b"half")


@produces("imageInUse", cache)
def _(computer: Computer) -> None:
    image = computer.around.cache / "images" / f"{'2' * 64}.iso"
    image.parent.mkdir()
    image.write_bytes(b"half")
    session_of(computer, phase="made", iso=str(image))


@produces("downloadForgotten", cache)
def _(computer: Computer) -> None:
    images = computer.around.cache / "images"
    images.mkdir()
    part = images / f"{'0' * 64}.part"
    part.touch()
    os.utime(part, (0, 0))
