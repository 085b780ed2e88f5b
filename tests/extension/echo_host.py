"""A double of the host: speaks its side of the protocol, and does what the address of a session tells it to.

For tests of the extension alone, which need a host that crashes, asks and answers on command. Started by the browser;
each message it receives is also appended, a line each, to the file that ECHO_HOST_LOG names.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Message = dict[str, Any]

#: Answers owed, by question: the request that waits for it.
waiting: dict[str, Message] = {}


def read() -> Message | None:
    head = sys.stdin.buffer.read(4)
    if len(head) < 4:
        return None
    return json.loads(sys.stdin.buffer.read(struct.unpack("=I", head)[0]))


def send(message: Message) -> None:
    data = json.dumps(message).encode()
    sys.stdout.buffer.write(struct.pack("=I", len(data)) + data)
    sys.stdout.buffer.flush()


def answer(request: Message, result: Message) -> None:
    send({"id": request["id"], "result": result})


def fail(request: Message, name: str, code: int, **params: object) -> None:
    error = {"code": code, "name": name, "message": "English of the host", "fix": "Fix of the host", "params": params}
    send({"id": request["id"], "error": error})


def snapshot(session: str, state: int = 1) -> Message:
    return {
        "session": session, "name": session, "state": state, "cpus": 1, "memory": 512, "disk": 1024, "apiPort": 80,
        "apiURL": "", "apiAvailable": False, "rdpURL": "", "ip": "", "executionCap": 100, "version": "latest",
        "flavor": "prod", "diskURL": "", "diskChecksum": "", "flags": 49, "canOverride": [],
        "properties": {"colour": "blue"},
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
                         "params": {"url": "http://example.org", "detail": "its signature is wrong"}}},
}  # fmt: skip


def request_session(request: Message) -> None:
    query = urlsplit(request["params"]["url"]).query
    order = {key: values[0] for key, values in parse_qs(query, keep_blank_values=True).items()}
    name = order.get("name", "machine")
    for step in range(int(order.get("progress", 0))):
        send({"event": "progress", "request": request["id"], "args": ["Working", step / 10]})
    if "crash" in order:
        os._exit(1)
    if "fail" in order:
        return fail(request, order["fail"], -13, domain="example.org")
    if not {"ask", "install", "strange"} & set(order):
        return answer(request, snapshot(name))
    question = f"q{request['id']}"
    waiting[question] = request
    details = {
        "domain": "localhost", "origin": request["caller"]["origin"], "name": name, "cpus": 2, "memory": 2048,
        "disk": 10240, "download": 18, "trust": order.get("trust", "listed"), "flags": int(order.get("flags", 1)),
        "reason": order.get("reason", "new"),
    }  # fmt: skip
    if "install" in order:
        details = INSTALL[order["install"]]
        return send({"question": "confirmInstall", "id": question, "request": request["id"], "details": details})
    if "strange" in order:
        return send({"question": "confirmSomethingNew", "id": question, "request": request["id"], "details": {}})
    if "domain" in order:
        details["domain"] = order["domain"]
    return send({"question": "confirmSession", "id": question, "request": request["id"], "details": details})


def answer_question(request: Message) -> None:
    assert request["caller"] == {"kind": "extension"}
    asker = waiting.pop(request["params"]["question"])
    if request["params"]["yes"]:
        answer(asker, snapshot("machine"))
    else:
        fail(asker, "refusedByUser", -10, domain="localhost")
    answer(request, {})


def cancel(request: Message) -> None:
    for question, asker in list(waiting.items()):
        if asker["id"] == request["params"]["request"]:
            del waiting[question]
            send({"questionGone": question})
            fail(asker, "cancelled", -10)
    answer(request, {})


def act(request: Message) -> None:
    session = request["params"]["session"]
    state = {"start": 5, "pause": 4, "stop": 2}.get(request["action"], 1)
    api = {"apiAvailable": state == 5, "apiURL": "http://127.0.0.1:1/" if state == 5 else ""}
    send({"event": "vars", "session": session, "args": [{"state": state, **api}]})
    send({"event": "stateChanged", "session": session, "args": [state]})
    send({"event": "apiStateChanged", "session": session, "args": [api["apiAvailable"], api["apiURL"]]})
    answer(request, {**snapshot(session, state), **api})


ACTIONS = {
    "hello": hello,
    "requestSession": request_session,
    "reopenSession": lambda request: answer(request, snapshot(request["params"]["session"], 2)),
    "answerQuestion": answer_question,
    "cancel": cancel,
    **dict.fromkeys(("start", "stop", "pause", "sync"), act),
    "getSetting": lambda request: fail(request, "settingUnknown", -99, name=request["params"]["name"]),
    "setProperty": lambda request: answer(request, {}),
}


def main() -> None:
    while request := read():
        if path := os.environ.get("ECHO_HOST_LOG"):
            with Path(path).open("a") as log:
                log.write(json.dumps(request) + "\n")
        ACTIONS[request["action"]](request)


if __name__ == "__main__":
    main()
