"""What is in order, or can't be found out, made on purpose: the rest of the doctor's advice (see producers.py)."""

from __future__ import annotations

import sys

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
from cvmwebapi.installation import browsers
from cvmwebapi.installation.sandboxes import PROXIES

from tests.lab.files_server import FilesServer
from tests.unit.doctor.conftest import RECORDED_CPUINFO, Computer
from tests.unit.doctor.producers import (
    asking,
    kept_manifest,
    produces,
    recorded_driver,
    recorded_kvm,
    serve,
)


@produces("settingsFine", settings)
@produces("policiesFine", policies)
@produces("hostVersion", versions)
@produces("portsFine", ports)
@produces("machinesFine", machines)
@produces("cacheFine", cache)
@produces("diskFine", room)
@produces("rivalsNone", rivals)
def _(computer: Computer) -> None:
    computer.around.settings = Settings(min_free_disk=0)


@produces("versionsFit", versions)
def _(computer: Computer) -> None:
    computer.around.extension = "3.0.0"


@produces("browserFine", registration)
def _(computer: Computer) -> None:
    program = computer.bin / "cernvm-webapi"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m cvmwebapi "$@"\n')
    program.chmod(0o755)
    kept_manifest(computer, browsers.manifest("firefox", str(program)))


@produces("sandboxServed", sandboxes)
def _(computer: Computer) -> None:
    (computer.home / ".var/app/org.chromium.Chromium").mkdir(parents=True)
    computer.file(str(PROXIES[0]))


@produces("snapAsks", sandboxes)
def _(computer: Computer) -> None:
    (computer.home / "snap/firefox").mkdir(parents=True)


@produces("virtualboxFine", virtualbox)
@produces("extensionPackNone", virtualbox)
def _recorded_version(computer: Computer) -> None:
    computer.recorded_virtualbox()


@produces("extensionPackThere", virtualbox)
def _recorded_pack(computer: Computer) -> None:
    listing = "Pack no. 0:\\nVRDE Module: VBoxVRDP\\nUsable: true\\n"
    computer.program("VBoxManage", f'case "$1" in --version) echo 7.0.14r1;; *) printf "{listing}";; esac')


@produces("driverFine", driver)
def _recorded_driver_fine(computer: Computer) -> None:
    recorded_driver(computer, loaded="7.0.14")
    computer.file("/dev/vboxdrv")


@produces("groupFine", group)
def _(computer: Computer) -> None:
    import os
    import pwd

    computer.file("/etc/group", f"vboxusers:x:{os.getgid()}:{pwd.getpwuid(os.geteuid()).pw_name}\n")


@produces("processorFine", processor)
def _recorded_processor(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO)


@produces("processorUnknown", processor)
def _recorded_silence(computer: Computer) -> None:
    computer.file("/proc/cpuinfo", "processor\t: 0\n")


@produces("rivalsQuiet", rivals)
def _recorded_quiet(computer: Computer) -> None:
    recorded_kvm(computer, "6.1.0-18-amd64", "7.0.14r161095", 0, "")


@produces("rivalsShare", rivals)
def _recorded_sharing(computer: Computer) -> None:
    recorded_kvm(computer, "6.18.2", "7.2.14r175245", 0, "Y")


@produces("rivalsUnknown", rivals)
def _(computer: Computer) -> None:
    # There is no powershell.exe here.
    computer.around.system = "windows"


@produces("memoryFine", room)
def _recorded_memory(computer: Computer) -> None:
    computer.recorded_memory(16000, 8000)


@produces("proxyFine", network)
def _(computer: Computer) -> None:
    computer.around.environment = {"HTTP_PROXY": serve(computer, 0, b"")}
    computer.around.settings = asking("http://127.0.0.1:9/keystore")


@produces("clockFine", network)
def _(computer: Computer) -> None:
    computer.around.settings = asking(serve(computer, 0, b""))


@produces("keystoreFine", network)
def _(computer: Computer) -> None:
    key = website.generate_key()
    folder = computer.home / "served"
    folder.mkdir()
    content = website.keystore_list([])
    (folder / "domainkeys.lst").write_bytes(content)
    (folder / "domainkeys.sig").write_bytes(website.sign_keystore(content, key))
    server = FilesServer(folder)
    computer.closers.append(server.close)
    pem = website.public_pem(key)
    computer.around.settings = Settings(
        keystores=(Keystore(server.url, pem.decode() if isinstance(pem, bytes) else pem),)
    )
