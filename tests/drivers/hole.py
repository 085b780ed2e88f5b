"""An extension whose relay has a hole: by it, a page says what only the relay's world can, in every browser.

What a page could do that has broken out of its own world. All else of the extension is as it is.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from tests.drivers.browser import Page

_SCRIPT = """
const ports = new Map();
document.addEventListener("hole", ({detail}) => {
  const {by, messages} = JSON.parse(detail);
  const answer = (it) => document.dispatchEvent(new CustomEvent("hole-answer", {detail: JSON.stringify(it ?? null)}));
  if (by === "sendMessage") return chrome.runtime.sendMessage(messages[0]).then(answer, () => answer(null));
  const port = chrome.runtime.connect({name: by});
  port.onMessage.addListener(answer);
  port.onDisconnect.addListener(() => answer({gone: true}));
  for (const message of messages) port.postMessage(message);
});
"""


def extension_with_hole(extension: Path, folder: Path) -> Path:
    """A copy in `folder`."""
    made = folder / "extension-with-hole"
    shutil.copytree(extension, made)
    (made / "relay/hole.js").write_text(_SCRIPT)
    manifest = json.loads((made / "manifest.json").read_text("utf-8"))
    manifest["content_scripts"][1]["js"].append("relay/hole.js")
    (made / "manifest.json").write_text(json.dumps(manifest))
    return made


def through_hole(page: Page, *messages: Any, by: str = "page") -> list[Any]:
    """The background's answers, as many as there are messages, or fewer if it hangs up.

    `by`: the name of the port, or "sendMessage".
    """
    order = json.dumps(json.dumps({"by": by, "messages": messages}))
    got: list[Any] = page.evaluate(
        f"""new Promise((resolve) => {{
            const answers = [];
            const stop = new AbortController();
            document.addEventListener("hole-answer", ({{detail}}) => {{
                const answer = JSON.parse(detail);
                if (!answer?.gone && answers.push(answer) < {len(messages)}) return;
                stop.abort();
                resolve(answers);
            }}, {{signal: stop.signal}});
            document.dispatchEvent(new CustomEvent("hole", {{detail: {order}}}));
        }})"""
    )
    return got
