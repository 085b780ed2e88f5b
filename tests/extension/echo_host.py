"""A double of the host: speaks its side of the protocol, and does what the address of a session tells it to.

For tests of the extension alone, which need a host that crashes, asks and answers on command. Started by the browser;
each message it receives is also appended, a line each, to the file that ECHO_HOST_LOG names. What it says is held
against the protocol's table: a result of another shape is written to the file ``faults`` beside that log.
"""

from __future__ import annotations

import base64
import json
import os
import struct
import sys
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

CHECKOUT = Path(__file__).resolve().parents[2]
# The browser starts it without the virtual environment, for speed.
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "host")]

from cvmwebapi.actions import checking  # noqa: E402
from cvmwebapi.errors import CVMError  # noqa: E402
from cvmwebapi.protocol import ACTIONS as OF_HOST  # noqa: E402

from installer.generate.protocol import table  # noqa: E402

Message = dict[str, Any]
TABLE = {action.name: action for action in table.actions()}

#: Answers owed, by question: the request that waits for it.
waiting: dict[str, Message] = {}
#: Questions whose first answer is refused.
picky: dict[str, bool] = {}
#: What the options page shows, and changes.
settings: Message = {"total_cpus": 0, "total_memory": 4096, "total_disk": 0, "on_browser_close": "keep"}
NOTHING = {"cpus": 0, "memory": 0, "disk": 0}
sites: dict[str, Message] = {
    "lhcathome.cern.ch": {
        "decision": "always", "cpus": 2, "memory": 2048, "disk": 10240, "machines": ["theory", "atlas"],
    },
    "never.example": {"decision": "never", **NOTHING, "machines": []},
    "a-very-long-name-of-a-project-that-goes-on.research.university.example": {
        "decision": "", **NOTHING, "machines": ["experiment"],
    },
}  # fmt: skip
CHECK: Message = {"check": "x", "advice": "none", "repair": False, "params": {}}
CHECKS = [
    {
        **CHECK, "id": "clock", "title": "Clock", "status": "ok", "found": "The clock is right.",
        "cause": "", "fix": "", "command": "",
    },
    {
        **CHECK, "id": "driver", "title": "Driver", "status": "problem", "found": "No driver in /home/maria/vbox.",
        "cause": "Asked at http://maria:secret@proxy.example/?token=abc.", "fix": "Build it.",
        "command": "sudo /sbin/vboxconfig",
    },
]  # fmt: skip


def set_site(request: Message) -> None:
    domain, decision = request["params"]["domain"], request["params"]["decision"]
    sites[domain] = {**sites[domain], **NOTHING, "decision": decision}
    answer(request, {})


def remove_site(request: Message) -> None:
    removed = sites.pop(request["params"]["domain"])["machines"]
    answer(request, {"removed": removed if request["params"]["machines"] else []})


def set_settings(request: Message) -> None:
    settings.update(request["params"]["values"])
    answer(request, {"values": settings, "locked": ["total_disk"], "sources": []})


def read() -> Message | None:
    head = sys.stdin.buffer.read(4)
    if len(head) < 4:
        return None
    return json.loads(sys.stdin.buffer.read(struct.unpack("=I", head)[0]))


def send(message: Message) -> None:
    data = json.dumps(message).encode()
    sys.stdout.buffer.write(struct.pack("=I", len(data)) + data)
    sys.stdout.buffer.flush()


def ask(question: str, id: str, request: Message, details: Message) -> None:
    if question in table.table()["questions"]:
        shape = table.inlined({"$ref": f"#/shapes/{table.table()['questions'][question]['details']}"})
        if fault := checking.fault_of(details, shape, "details"):
            note_fault(f"{question}: {fault[0]}: {fault[1]}")
    send({"question": question, "id": id, "request": request["id"], "details": details})


def answer(request: Message, result: Message) -> None:
    if fault := checking.fault_of(result, shape_of_result(request["action"]), "result"):
        note_fault(f"{request['action']}: {fault[0]}: {fault[1]}")
    send({"id": request["id"], "result": result})


def shape_of_result(action: str) -> Message:
    result = TABLE[action].result
    named = {"$ref": f"#/shapes/{result}"} if isinstance(result, str) else {"type": "object", "properties": result}
    return table.inlined(named)


def note_fault(words: str) -> None:
    if path := os.environ.get("ECHO_HOST_LOG"):
        with Path(path).with_name("faults").open("a") as file:
            file.write(f"{words}\n")


def example(schema: Message) -> Any:
    """A value of that shape, as empty as can be."""
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return {name: example(member) for name, member in schema["properties"].items() if not member.get("optional")}
    kinds = table.types(schema)
    if "anyOf" in schema or "null" in kinds:
        return None
    return {"string": "", "integer": 0, "number": 0, "boolean": False, "array": [], "object": {}}[kinds[0]]


def fail(request: Message, name: str, code: int, **params: object) -> None:
    error = {"code": code, "name": name, "message": "English of the host", "fix": "Fix of the host", "params": params}
    send({"id": request["id"], "error": error})


def snapshot(session: str, state: int = 1) -> Message:
    return {
        **example(table.inlined({"$ref": "#/shapes/Snapshot"})), "session": session, "name": session, "state": state,
        "cpus": 1, "memory": 512, "disk": 1024, "apiPort": 80, "executionCap": 100, "version": "latest",
        "flavor": "prod", "flags": 49, "properties": {"colour": "blue"},
    }  # fmt: skip


def hello(request: Message) -> None:
    protocol = int(os.environ.get("ECHO_HOST_PROTOCOL", "1"))
    answer(request, {"protocol": protocol, "version": "3.0.0", "capabilities": ["echo"], "platform": "test"})


_DOWNLOADS = "https://www.virtualbox.org/wiki/Downloads"
_ASKER = {"domain": "localhost", "origin": "http://localhost", "version": "", "downloads": _DOWNLOADS}
#: What the host tells of the ways to install VirtualBox.
INSTALL: dict[str, Message] = {
    "package": {**_ASKER, "reason": "missing", "way": "package", "manual": "sudo apt-get install virtualbox",
                "package": "virtualbox", "manager": "apt", "newVersion": "7.2.4"},
    "download": {**_ASKER, "reason": "old", "version": "5.2.44", "way": "download", "manual": _DOWNLOADS,
                 "newVersion": "7.2.4", "host": "download.example.org", "size": 118},
    "manual": {**_ASKER, "reason": "broken", "way": "manual", "manual": _DOWNLOADS,
               "fault": {"code": -12, "name": "installersInvalid", "message": "English", "fix": "English",
                         "params": {"url": "http://example.org", "detail": {"code": "detail_signature"}}}},
}  # fmt: skip


#: What the host tells of something that a person can put right.
REMEDY: Message = {
    "code": -7, "name": "driverMissing", "message": "English", "fix": "English", "params": {},
    "diagnosis": {
        "id": "driver", "check": "driver", "title": "Driver", "advice": "driverNotLoaded", "status": "problem",
        "found": "It is not loaded.", "cause": "Nobody did.", "fix": "Load it.", "command": "sudo modprobe vboxdrv",
        "repair": False, "params": {},
    },
}  # fmt: skip


def request_session(request: Message) -> None:
    query = urlsplit(request["params"]["url"]).query
    order = {key: values[0] for key, values in parse_qs(query, keep_blank_values=True).items()}
    name = order.get("name", "machine")
    for step in range(int(order.get("progress", 0))):
        send({"event": "progress", "request": request["id"], "args": ["Working", step / 10]})
    if "phase" in order:
        numbers = {key: int(order[key]) for key in ("done", "total", "speed") if key in order}
        told = ["English of the host", 0.33, {"phase": order["phase"], **numbers}]
        send({"event": "progress", "request": request["id"], "args": told})
    if "stuck" in order:
        waiting[f"stuck{request['id']}"] = request
        return None
    if "crash" in order:
        os._exit(1)
    if "fail" in order:
        step = {"code": order.get("step", ""), "params": {}, "text": "English of the host"}
        return fail(request, order["fail"], -13, domain="example.org", step=step, detail="no detail")
    if not {"ask", "install", "strange"} & set(order):
        return answer(request, snapshot(name))
    question = f"q{request['id']}"
    waiting[question] = request
    details = {
        "domain": "localhost", "origin": request["caller"]["origin"], "name": name, "cpus": 2, "memory": 2048,
        "disk": 10240, "download": 18, "trust": order.get("trust", "listed"), "flags": int(order.get("flags", 1)),
        "reason": order.get("reason", "new"),
    }  # fmt: skip
    if order.get("install") == "remedy":
        details = {"domain": "localhost", "origin": "http://localhost", "error": REMEDY}
        return ask("confirmRemedy", question, request, details)
    if "install" in order:
        details = INSTALL[order["install"]]
        return ask("confirmInstall", question, request, details)
    if "strange" in order:
        return ask("confirmSomethingNew", question, request, {})
    if "domain" in order:
        details["domain"] = order["domain"]
    if "least" in order:
        details["least"] = dict(zip(("cpus", "memory", "disk"), map(int, order["least"].split(",")), strict=True))
    if "download" in order:
        details["download"] = int(order["download"])
    details["approved"] = "approved" in order
    picky[question] = "picky" in order
    return ask("confirmSession", question, request, details)


def answer_question(request: Message) -> None:
    assert request["caller"] == {"kind": "extension"}
    question = request["params"]["question"]
    if picky.pop(question, False):
        fail(request, "badValue", -99, detail="it is not to the taste of the double")
        return
    asker = waiting.pop(question)
    if request["params"]["yes"]:
        answer(asker, snapshot("machine"))
    else:
        fail(asker, "refusedByUser", -10, domain="localhost")
    answer(request, {"taken": True})


def cancel(request: Message) -> None:
    for question, asker in list(waiting.items()):
        if asker["id"] == request["params"]["request"]:
            del waiting[question]
            send({"questionGone": question})
            if asker["action"] == "start":
                send({"event": "failed", "session": asker["params"]["session"], "args": ["English of the host"]})
            fail(asker, "cancelled", -10)
    answer(request, {"cancelled": True})


def set_property(request: Message) -> None:
    """The property `emit` holds events that the session is to have."""
    if request["params"]["name"] == "emit":
        for event, *args in json.loads(request["params"]["value"]):
            send({"event": event, "session": request["params"]["session"], "args": args})
    answer(request, {})


states: dict[str, int] = {}
_LEADS_TO = {"start": 5, "pause": 4, "stop": 2}


def act(request: Message) -> None:
    session = request["params"]["session"]
    if "stuck" in request["params"].get("values", {}):
        waiting[f"stuck{request['id']}"] = request
        return
    # To be asked for its state changes none: pages ask by themselves, whenever their window gets the focus.
    state = states.get(session, 1) if request["action"] == "sync" else _LEADS_TO.get(request["action"], 1)
    states[session] = state
    api = {"apiAvailable": state == 5, "apiURL": "http://127.0.0.1:1/" if state == 5 else ""}
    send({"event": "vars", "session": session, "args": [{"state": state, **api}]})
    send({"event": "stateChanged", "session": session, "args": [state]})
    send({"event": "apiStateChanged", "session": session, "args": [api["apiAvailable"], api["apiURL"]]})
    answer(request, {**snapshot(session, state), **api})


def reopen_session(request: Message) -> None:
    """It was stopped meanwhile."""
    session = request["params"]["session"]
    states[session] = _LEADS_TO["stop"]
    answer(request, snapshot(session, states[session]))


def machine(number: int, state: int) -> Message:
    problem = {"code": -99, "name": "notYetInvented", "message": "Its disk is full.", "fix": "Make room.", "params": {}}
    runs = {"cpuUse": 12.5, "memoryUse": 900} if state == 5 else {"cpuUse": None, "memoryUse": None}
    return {
        "session": f"machine{number}", "domain": f"science{number}.example.org", "origin": "", "name": "Analysis",
        "state": state, "cpus": 2, "memory": 2048, "disk": 10240, "diskUsed": 1500, "since": 1.7e9, "trust": "listed",
        "problem": None if state == 5 else problem, **runs,
    }  # fmt: skip


def list_sessions(request: Message) -> None:
    """Two machines; none while the file `no-machines` lies beside the log."""
    none = Path(os.environ["ECHO_HOST_LOG"]).with_name("no-machines").exists()
    answer(request, {"sessions": [] if none else [machine(1, 5), machine(2, 4)]})


def diagnose(request: Message) -> None:
    """What the file beside the log names is missing."""
    file = Path(os.environ["ECHO_HOST_LOG"]).with_name("doctor")
    if not file.exists():
        answer(request, {"checks": CHECKS, "status": "problem"})
        return
    missing = file.read_text()
    checks = []
    for name in ("versions", "virtualbox", "processor", "room"):
        bad = name == missing
        advice = (
            {"cause": "It is not there.", "fix": "Install it.", "command": f"sudo apt install {name}"} if bad else {}
        )
        checks.append({
            "id": name, "check": name, "title": name, "advice": "double", "status": "problem" if bad else "ok",
            "found": f"{name} was looked at.", "cause": "", "fix": "", "command": "", "repair": False,
            "params": {}, **advice,
        })  # fmt: skip
    answer(request, {"checks": checks, "status": "problem" if missing else "ok"})


#: Keys that the machine of a session has got: each changes its picture.
pressed: dict[str, int] = {}


def png(shade: int) -> bytes:
    """A screen of 720 × 400 with stripes."""
    rows = b"".join(b"\0" + (b"\x20\x40\x60" if y // 20 % 2 else bytes((shade, 200, 240))) * 720 for y in range(400))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 720, 400, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    )  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def screen_picture(request: Message) -> None:
    """The file beside the log holds the state of the machine, 5 without it, or the name of an error."""
    session, file = request["params"]["session"], Path(os.environ["ECHO_HOST_LOG"]).with_name("screen")
    told = file.read_text() if file.exists() else "5"
    if not told.isdigit():
        fail(request, told, -7, what="take a picture of the machine's screen", detail="no memory")
        return
    picture = f"{pressed.get(session, 0):064x}" if told in "45" else ""
    if picture and picture != request["params"]["known"]:
        data = base64.b64encode(png(pressed.get(session, 0) * 40 % 256)).decode()
        for at in range(0, len(data), 4000):
            send({"event": "chunk", "request": request["id"], "args": [data[at : at + 4000]]})
    answer(request, {"domain": "science.example.org", "name": session, "state": int(told), "picture": picture})


def screen_keys(request: Message) -> None:
    session = request["params"]["session"]
    pressed[session] = pressed.get(session, 0) + 1
    answer(request, {})


rdp: Message = {"offered": True, "url": "", "user": "", "password": ""}


def screen_remote(request: Message) -> None:
    """An RDP server that can be turned on and off; the file `rdp` beside the log holds the name of an error."""
    on, file = request["params"].get("on"), Path(os.environ["ECHO_HOST_LOG"]).with_name("rdp")
    if on and file.exists():
        fail(request, file.read_text(), -7, detail="it would listen on ::")
        return
    if on is not None:
        given = ("rdp://127.0.0.1:50123", "cernvm", "Xk3_pQz-71aBcdEf") if on else ("", "", "")
        rdp.update(zip(("url", "user", "password"), given, strict=True))
    answer(request, rdp)


ACTIONS = {
    "screenRemote": screen_remote,
    "screenPicture": screen_picture,
    "screenKeys": screen_keys,
    "listSessions": list_sessions,
    "diagnose": diagnose,
    "hello": hello,
    "requestSession": request_session,
    "reopenSession": reopen_session,
    "answerQuestion": answer_question,
    "cancel": cancel,
    "pauseDownload": lambda request: answer(request, {"paused": request["params"]["on"]}),
    **dict.fromkeys(("start", "stop", "pause", "sync"), act),
    "getSetting": lambda request: fail(request, "settingUnknown", -99, name=request["params"]["name"]),
    "listSites": lambda request: answer(
        request, {"sites": [{"domain": domain, "since": 0, **site} for domain, site in sites.items()]}
    ),
    "setSite": set_site,
    "removeSite": remove_site,
    "getSettings": lambda request: answer(request, {"values": settings, "locked": ["total_disk"], "sources": []}),
    "setSettings": set_settings,
    "cacheInfo": lambda request: answer(
        request, {"folder": "/home/maria/.cache/images", "bytes": 3 * 2**30, "images": 4, "clearable": 2**30}
    ),
    "clearCache": lambda request: answer(
        request, {"folder": "/home/maria/.cache/images", "bytes": 2**31, "images": 3, "clearable": 0, "freed": 2**30}
    ),
    "trustInfo": lambda request: answer(
        request,
        {
            "keystores": [
                {"url": "https://keys.example/store", "fingerprint": "SHA256:" + "ab12" * 12, "builtIn": True}
            ],
            "pinned": [
                {
                    "domain": "own.example",
                    "fingerprint": "SHA256:" + "cd34" * 12,
                    "contact": "a@own.example",
                    "firstSeen": 0,
                    "lastSeen": 0,
                }
            ],
            "selfPublished": True,
        },
    ),
    "setProperty": set_property,
}


def take(request: Message) -> None:
    """As the host: who may ask, and for what. An action that the double knows nothing of does nothing."""
    action, (_, allowed) = request["action"], OF_HOST.get(request["action"], ("", ""))
    if allowed and request["caller"]["kind"] != allowed:
        fail(request, "notAllowed", -10)
        return
    try:
        if action in TABLE:
            checking.check(action, request["params"])
    except CVMError as error:
        send({"id": request["id"], "error": error.to_json()})
        return
    if action in ACTIONS:
        ACTIONS[action](request)
    elif action in TABLE:
        answer(request, example(shape_of_result(action)))
    else:
        fail(request, "unknownAction", -99, action=action)


def main() -> None:
    while request := read():
        if path := os.environ.get("ECHO_HOST_LOG"):
            with Path(path).open("a") as log:
                log.write(json.dumps(request) + "\n")
        take(request)


if __name__ == "__main__":
    main()
