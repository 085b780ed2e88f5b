"""The first run, with a double in the host's place that is missing, ill and well in turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extension.conftest import Stage

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[2] / ".test-output"
WELCOME = "windows/welcome/welcome.html"
STATES = "[...document.querySelectorAll('.step')].map((step) => step.className.split(' ')[1])"


def is_now(states: str) -> str:
    return f"({STATES}).join() === '{states}'"


def test_each_step_is_noticed_by_itself(stage: Stage) -> None:
    PICTURES.mkdir(exist_ok=True)
    doctor = stage.folder / "doctor"
    stage.manifest.unlink()
    page = stage.browser.open(stage.browser.extension_url(WELCOME))
    page.wait_until(is_now("problem,waiting,waiting,waiting"))
    assert "install" in page.text(".step code")
    page.screenshot(PICTURES / f"welcome-no-host-{stage.name}.png")
    doctor.write_text("virtualbox")
    stage.register()
    page.wait_until(is_now("ok,problem,waiting,waiting"))
    assert page.text(".step.problem code") == "sudo apt install virtualbox"
    page.screenshot(PICTURES / f"welcome-no-virtualbox-{stage.name}.png")
    doctor.write_text("")
    page.wait_until(is_now("ok,ok,ok,ok"))
    page.wait_until("document.querySelector('#result.ready') !== null")
    page.screenshot(PICTURES / f"welcome-ready-{stage.name}.png")
    page.close()


def test_the_list_says_what_is_wrong_and_goes_on_when_it_is_put_right(stage: Stage) -> None:
    popup = stage.browser.open(stage.browser.extension_url("windows/machines/machines.html"))
    popup.wait_until("document.querySelectorAll('.machine').length === 2")
    popup.wait_until("document.querySelector('.machine .problem:not([hidden])') !== null")
    popup.screenshot(PICTURES / f"machines-problem-{stage.name}.png")
    popup.close()
