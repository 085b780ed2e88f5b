"""What is imported before the handshake is paid for by every page that waits for it."""

from __future__ import annotations

import json
import subprocess
import sys

_SCRIPT = """
import io, json, sys
from cvmwebapi.entry.dispatcher import Dispatcher
from cvmwebapi.entry.outbox import Outbox
import cvmwebapi.entry.host
outbox = Outbox(io.BytesIO())
Dispatcher(outbox).handle({"id": "1", "action": "hello", "params": {"protocol": 1}, "caller": {"kind": "extension"}})
print(json.dumps([len(outbox._stream.getvalue()), sorted(sys.modules)]))
"""
DEAR = {"typing", "dataclasses", "inspect", "logging", "ssl", "sqlite3", "requests", "psutil", "platformdirs"}


def test_the_handshake_does_without_what_is_dear() -> None:
    # Without site, which imports some of it for the environment of the tests.
    done = subprocess.run([sys.executable, "-S", "-c", _SCRIPT], env={"PYTHONPATH": ":".join(sys.path)},
                          capture_output=True, text=True, check=True)  # fmt: skip
    answered, modules = json.loads(done.stdout)
    assert answered > 4 and DEAR.isdisjoint(modules), DEAR.intersection(modules)
    ours = {name for name in modules if name.startswith("cvmwebapi.") and not name.startswith("cvmwebapi.entry")}
    assert ours <= {"cvmwebapi.latch", "cvmwebapi.protocol", "cvmwebapi.tasks", "cvmwebapi.system"}
