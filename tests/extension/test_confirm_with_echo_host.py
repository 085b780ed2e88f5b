"""The confirmation window: what it shows, what each answer says to the host, of which a double is there."""

from __future__ import annotations

import time

import pytest

from tests.drivers.browser import Page
from tests.extension.conftest import Stage
from tests.extension.test_extension_with_echo_host import armed_window, request

pytestmark = pytest.mark.browser
LOWER = "ask&least=1,512,1024"
SLIDE = """((slider) => {{ slider.value = {value}; slider.dispatchEvent(new Event('input', {{bubbles: true}})); }})(
    document.getElementById('{kind}'))"""


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("deny", {"yes": False, "answer": ""}),
        ("allow", {"yes": True, "answer": "once"}),
        ("never", {"yes": False, "answer": "never"}),
        ("always", {"yes": True, "answer": "always"}),
    ],
)
def test_each_button_says_what_it_says(stage: Stage, page: Page, button: str, said: dict[str, object]) -> None:
    request(page, "ask")
    window = armed_window(stage)
    window.click(f"#{button}")
    page.wait_until("outcome")
    params = stage.received("answerQuestion")[-1]["params"]
    assert {name: params[name] for name in said} == said
    assert params["resources"] == {}


def test_amounts_can_be_lowered_as_far_as_the_site_accepts(stage: Stage, page: Page) -> None:
    request(page, LOWER)
    window = armed_window(stage)
    limits = "[...document.querySelectorAll('input[type=range]')].map((it) => [it.id, it.min, it.max, it.value])"
    assert window.evaluate(limits) == [
        ["cpus", "1", "2", "2"], ["memory", "512", "2048", "2048"], ["disk", "1024", "10240", "10240"],
    ]  # fmt: skip
    window.evaluate(SLIDE.format(kind="memory", value=1024))
    assert "1" in window.text("#memory + output")
    window.click("#always")
    page.wait_until("outcome")
    assert stage.received("answerQuestion")[-1]["params"]["resources"] == {"memory": 1024}


def test_without_leave_of_the_site_there_is_nothing_to_lower(stage: Stage, page: Page) -> None:
    request(page, "ask")
    window = armed_window(stage)
    assert window.evaluate("document.querySelectorAll('input').length") == 0
    window.click("#deny")
    page.wait_until("outcome")


def test_keyboard_alone_lowers_and_allows(stage: Stage, page: Page) -> None:
    request(page, LOWER)
    window = armed_window(stage)
    assert window.evaluate("document.activeElement.id") == "deny"
    order = []
    for _ in range(7):
        window.press("Tab")
        order.append(window.evaluate("document.activeElement.id"))
    # Round through the browser's own parts it may take another turn; the order is what counts.
    seen = [name for name in order if name]
    assert [name for name in seen if name in ("allow", "never", "always")][:3] == ["allow", "never", "always"]
    window.evaluate("document.getElementById('memory').focus()")
    window.press("ArrowLeft")
    window.evaluate("document.getElementById('allow').focus()")
    window.press("Enter")
    assert page.wait_until("outcome") == "opened"
    assert 512 <= stage.received("answerQuestion")[-1]["params"]["resources"]["memory"] < 2048


@pytest.mark.parametrize("button", ["allow", "always", "never"])
def test_no_button_counts_before_half_a_second(stage: Stage, page: Page, button: str) -> None:
    request(page, "ask")
    window = stage.browser.wait_for_window("confirm.html")
    window.evaluate("void (again = setInterval(() => dispatchEvent(new Event('focus')), 20))")
    window.evaluate(f"document.getElementById('{button}').focus()")
    window.press("Enter", at_once=True)
    time.sleep(0.3)
    assert page.evaluate("outcome") is None
    window.evaluate("clearInterval(again)")
    window.wait_until("document.getElementById('deny').getAttribute('aria-disabled') === 'false'")
    window.press("Escape")
    page.wait_until("outcome")


def test_an_answer_that_the_host_can_not_take_is_a_no(stage: Stage, page: Page) -> None:
    before = len(stage.received("answerQuestion"))
    request(page, "ask&picky")
    window = armed_window(stage)
    window.click("#allow")
    assert page.wait_until("outcome")["name"] == "refusedByUser"
    assert [it["params"]["yes"] for it in stage.received("answerQuestion")[before:]] == [True, False]


def test_it_fits_its_window(stage: Stage, page: Page) -> None:
    request(page, LOWER)
    window = armed_window(stage)
    # Title and address bars take up to 50 of its 740 pixels.
    window.resize(520, 690)
    window.wait_until("innerHeight === 690")
    assert window.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
    window.press("Escape")
    page.wait_until("outcome")


def test_it_says_how_much_is_downloaded(stage: Stage, page: Page) -> None:
    for query, said in (("ask", "18 MB"), ("ask&download=0", "here already")):
        request(page, query)
        window = armed_window(stage)
        assert said in window.text("#gets")
        window.press("Escape")
        page.wait_until("outcome")
        window.wait_closed()
