"""Nothing runs without the user's stored or given yes: the host itself sees to it, with the extension bypassed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.stdio.client import HostClient, HostError

pytestmark = pytest.mark.virtualbox
EXTENSION = {"kind": "extension"}


class Site:
    """A host, and how its user answers next."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.says: bool | dict[str, Any] = True
        self.host = HostClient(world.environment, HOST, answer=lambda details: self.says)

    def request(self, name: str, **parameters: Any) -> dict[str, Any]:
        query = urlencode({"name": name, "memory": 512, "disk": 64, **parameters})
        return self.host.call("requestSession", url=f"{self.world.vmcp}?{query}")

    def ask(self, action: str, **params: Any) -> dict[str, Any]:
        """What a window of the extension asks the host."""
        return self.host.call(action, EXTENSION, **params)

    def refused(self, action: str, **params: Any) -> str:
        with pytest.raises(HostError) as error:
            self.host.call(action, **params)
        return error.value.name

    @property
    def asked(self) -> int:
        return len(self.host.questions)


@pytest.fixture
def site(world: World) -> Iterator[Site]:
    made = Site(world)
    with made.host:
        yield made
        made.ask("removeSite", domain="localhost", machines=True)
    assert world.leftovers() == []
    world.forget_refusals()


def test_nothing_starts_without_a_yes(site: Site, world: World) -> None:
    site.says = False
    with pytest.raises(HostError, match="refusedByUser"):
        site.request("unasked")
    session = {"session": "0" * 32}
    for action in ("start", "resume", "reset", "reopenSession"):
        assert site.refused(action, **session) == "sessionNotFound"
    assert world.leftovers() == []


def test_a_page_can_not_answer_for_the_user(site: Site) -> None:
    tried: list[str] = []

    def answer(details: dict[str, Any]) -> bool:
        tried.append(site.refused("answerQuestion", question=site.host.questions[-1]["id"], yes=True))
        for action in ("setSite", "removeSite", "setSettings", "clearCache"):
            tried.append(site.refused(action, domain="localhost", decision="", values={}))
        return False

    site.host.answer = answer
    with pytest.raises(HostError, match="refusedByUser"):
        site.request("forged")
    assert tried == ["unknownAction"] + ["notAllowed"] * 4


@pytest.mark.parametrize(
    "said",
    [
        {"yes": True, "resources": {"memory": 4096}},
        {"yes": True, "resources": {"memory": 100}},
        {"yes": True, "answer": "never"},
    ],
)
def test_an_answer_that_can_not_be_is_no_yes(site: Site, said: dict[str, Any]) -> None:
    refusals = []

    def answer(details: dict[str, Any]) -> bool:
        with pytest.raises(HostError) as refused:
            site.ask("answerQuestion", question=site.host.questions[-1]["id"], **said)
        refusals.append(refused.value.name)
        return False

    site.host.answer = answer
    with pytest.raises(HostError, match="refusedByUser"):
        site.request("cheating")
    assert refusals == ["badValue"]


def test_lowered_amounts_are_kept_and_used(site: Site, world: World) -> None:
    site.says = {"yes": True, "answer": "once", "resources": {"memory": 300, "cpus": 1}}
    session = site.request("lowered", cpus=2)
    assert site.host.questions[-1]["details"]["least"] == {"cpus": 1, "memory": 256, "disk": 64}
    assert (session["cpus"], session["memory"]) == (1, 300)
    site.host.call("start", session=session["session"])
    info = world.home.info(next(iter(world.home.vms())))
    assert (info["cpus"], info["memory"]) == ("1", "300")
    again = site.request("lowered", cpus=2)
    assert (again["cpus"], again["memory"], site.asked) == (1, 300, 1), "the same wish is no new question"
    site.says = False
    with pytest.raises(HostError, match="refusedByUser"):
        site.request("lowered", cpus=2, memory=513)
    assert site.host.questions[-1]["details"]["reason"] == "more"


def test_once_is_for_one_machine_and_always_for_the_site(site: Site) -> None:
    site.request("first")
    site.request("second")
    assert site.asked == 2, "once is for this machine"
    site.says = {"yes": True, "answer": "always", "resources": {"memory": 400}}
    site.request("third")
    assert site.request("fourth")["memory"] == 400
    assert site.asked == 3
    (entry,) = site.ask("listSites")["sites"]
    assert (entry["domain"], entry["decision"], entry["memory"]) == ("localhost", "always", 400)
    assert sorted(entry["machines"]) == ["first", "fourth", "second", "third"]
    site.says = False
    with pytest.raises(HostError, match="refusedByUser"):
        site.request("fifth", memory=513)
    assert site.asked == 4, "more than agreed to is asked about"


def test_never_answers_at_once_and_stops_what_was_allowed(site: Site) -> None:
    session = {"session": site.request("known")["session"]}
    site.says = {"yes": False, "answer": "never"}
    with pytest.raises(HostError, match="refusedByUser"):
        site.request("another")
    asked = site.asked
    site.says = True
    for name in ("another", "known"):
        for _ in range(3):
            with pytest.raises(HostError, match="refusedByUser"):
                site.request(name)
    assert site.asked == asked, "no window any more"
    for action in ("start", "resume", "reset"):
        assert site.refused(action, **session) == "refusedByUser"
    assert site.host.call("sync", **session)["state"] == 0
    assert [entry["decision"] for entry in site.ask("listSites")["sites"]] == ["never"]
    site.ask("setSite", domain="localhost", decision="")
    assert site.refused("start", **session) == "refusedByUser", "revoked: asked again first"
    site.request("known")
    assert site.asked == asked + 1 and site.host.questions[-1]["details"]["reason"] == "new"
    assert site.host.call("start", **session)["state"] == 5


def test_a_window_can_not_grant_what_was_never_shown(site: Site) -> None:
    with pytest.raises(HostError, match="badValue"):
        site.ask("setSite", domain="localhost", decision="always")


def test_approval_beforehand_asks_nobody(world: World) -> None:
    world.write_settings(auto_approved_sites=[{"site": "localhost", "cpus": 1, "memory": 512}])
    site = Site(world)
    with site.host:
        site.says = False
        site.request("approved")
        assert site.asked == 0
        with pytest.raises(HostError, match="refusedByUser"):
            site.request("approved", memory=513)
        # Said by the user's own settings, not by an administrator.
        assert site.asked == 1 and site.host.questions[0]["details"]["approved"] is False
        site.ask("setSite", domain="localhost", decision="never")
        with pytest.raises(HostError, match="refusedByUser"):
            site.request("approved")
        site.ask("removeSite", domain="localhost", machines=True)
    world.write_settings()
    world.forget_refusals()


def test_limits_for_all_machines_together(site: Site, world: World) -> None:
    first, second = site.request("one")["session"], site.request("two")["session"]
    changed = site.ask("setSettings", values={"total_memory": 800, "total_disk": 100})
    assert changed["values"]["total_memory"] == 800 and changed["locked"] == []
    site.host.call("start", session=first)
    assert site.refused("start", session=second) == "totalReached", "disk"
    site.ask("setSettings", values={"total_disk": None})
    assert site.refused("start", session=second) == "totalReached", "memory"
    site.host.call("stop", session=first)
    assert site.host.call("start", session=second)["state"] == 5
    with pytest.raises(HostError, match="totalReached"):
        site.request("large", memory=900)
    with pytest.raises(HostError, match="badValue"):
        site.ask("setSettings", values={"keystores": []})
    world.write_settings()


def test_settings_are_checked_and_kept(site: Site, world: World) -> None:
    stored = json.loads((world.folder / ".config/cernvm-webapi/settings.json").read_text())
    assert "on_browser_close" not in stored
    assert site.ask("setSettings", values={"on_browser_close": "save"})["values"]["on_browser_close"] == "save"
    with pytest.raises(HostError, match="badValue"):
        site.ask("setSettings", values={"on_browser_close": "explode"})
    assert site.ask("getSettings")["values"]["on_browser_close"] == "save"
    world.write_settings()


def test_cache_and_trust_are_told(site: Site) -> None:
    site.host.call("start", session=site.request("cached")["session"])
    info = site.ask("cacheInfo")
    assert info["images"] == 1 and info["bytes"] > 0 and info["clearable"] == 0
    assert site.ask("clearCache")["images"] == 1, "a machine uses it"
    trust = site.ask("trustInfo")
    (keystore,) = trust["keystores"]
    assert keystore["builtIn"] is False and len(keystore["fingerprint"]) >= 32 and trust["pinned"] == []
