"""The API of a guest is seen to come and go, also when the machine is paused, saved, or loses its process."""

from __future__ import annotations

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.stdio.client import HostClient
from tests.virtualbox.sessions import eventually, started

pytestmark = pytest.mark.virtualbox


def test_the_api_is_seen_after_boot_resume_and_wake(guest_world: World) -> None:
    with HostClient(guest_world.environment, HOST) as host:
        session = started(host, guest_world, "api", memory=128)

        def told() -> list[bool]:
            return [available for available, _ in host.args_of("apiStateChanged")]

        def comes() -> float:
            return eventually(lambda: told()[-1:] == [True], 120)

        booted = comes()
        host.call("pause", session=session)
        assert told()[-1] is False, "a paused guest answers nobody"
        host.call("resume", session=session)
        resumed = comes()
        host.call("hibernate", session=session)
        assert told()[-1] is False
        host.call("start", session=session)
        woken = comes()
        print(f"\nAPI after boot {booted:.1f} s, resume {resumed:.1f} s, wake {woken:.1f} s")
        assert told() == [True, False, True, False, True]
        states = [(item["event"], item["args"][0]) for item in host.events if "StateChanged" in item["event"] or
                  item["event"] == "stateChanged"]  # fmt: skip
        assert states.index(("apiStateChanged", True)) > states.index(("stateChanged", 5))
        host.call("close", session=session)
    assert guest_world.leftovers() == []
