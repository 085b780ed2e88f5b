"""The options page, with a double in the host's place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drivers.browser import Page, wait_for
from tests.extension.conftest import Stage
from tests.extension.test_languages_with_echo_host import speaks

pytestmark = pytest.mark.browser


@pytest.fixture
def options(stage: Stage) -> Iterator[Page]:
    page = stage.browser.open(stage.browser.extension_url("windows/options/options.html"))
    page.wait_until("document.body.dataset.ready")
    yield page
    page.close()


def test_what_websites_may_is_shown_and_taken_back(stage: Stage, options: Page) -> None:
    assert "2 GB" in options.text("#sites") and "theory and atlas" in options.text("#sites")
    options.click("#sites > li:first-child button:last-child")
    assert options.evaluate("document.activeElement.id") == "sure-no", "what loses nothing is the default"
    assert "lost" in options.text("#sure-what")
    options.press("Escape")
    assert stage.received("removeSite") == []
    options.click("#sites > li:first-child button:last-child")
    options.click("#sure-yes")
    options.wait_until("!document.getElementById('sites').innerText.includes('lhcathome')")
    assert stage.received("removeSite")[-1]["params"] == {"domain": "lhcathome.cern.ch", "machines": True}
    options.click("#sites > li:last-child button:first-of-type")
    options.wait_until("document.querySelectorAll('#sites > li:last-child button').length === 1")
    assert stage.received("setSite")[-1]["params"]["decision"] == "never"


def test_limits_are_saved_and_an_administrator_s_are_locked(stage: Stage, options: Page) -> None:
    assert options.evaluate("document.getElementById('total_disk').disabled")
    assert "administrator" in options.text("#total_disk-lock")
    options.evaluate("document.getElementById('total_cpus').value = '3'")
    options.evaluate("document.getElementById('on_browser_close').value = 'save'")
    options.click("#limits button")
    options.wait_until("document.getElementById('limits-said').textContent")
    assert stage.received("setSettings")[-1]["params"]["values"] == {"total_cpus": 3, "on_browser_close": "save"}


def test_the_cache_is_cleared(stage: Stage, options: Page) -> None:
    assert "3 GB" in options.text("#cache-size") and "/home/maria" in options.text("#cache-where")
    options.click("#clear-cache")
    options.wait_until("document.getElementById('cache-said').textContent.includes('1 GB')")
    assert "2 GB" in options.text("#cache-size")


def test_fingerprints_are_shown(options: Page) -> None:
    assert "ab12ab12" in options.text("#keystores") and "own.example" in options.text("#pinned")


def test_the_report_of_the_diagnosis_holds_no_secrets(options: Page) -> None:
    options.evaluate(
        "void Object.defineProperty(navigator.clipboard, 'writeText', {value: async (text) => { copied = text; }})"
    )
    options.click("#diagnose")
    options.wait_until("document.querySelectorAll('#checks li').length === 2")
    assert "sudo /sbin/vboxconfig" in options.text("#checks")
    options.click("#copy-report")
    report = options.wait_until("typeof copied === 'string' && copied")
    assert "problem driver" in report and "CernVM WebAPI 3" in report
    for secret in ("maria", "secret", "token=abc"):
        assert secret not in report


def test_the_language_is_chosen_and_kept(options: Page) -> None:
    assert "en" in options.evaluate("[...document.querySelectorAll('#language option')].map((it) => it.value)")
    options.evaluate(
        """(delete document.body.dataset.ready, language.value = 'en',
            language.dispatchEvent(new Event('change')), 1)"""
    )
    wait_for(lambda: speaks(options, "en"), "the options in English")
    assert "2 processors" in options.text("#sites") or "Never allowed" in options.text("#sites")
    assert "$" not in options.text("main")
    options.evaluate("chrome.storage.local.remove(['language', 'translation']).then(() => 1)")


def test_keyboard_reaches_everything(options: Page) -> None:
    options.evaluate("void (document.activeElement.blur(), reached = new Set(), addEventListener('focusin', "
                     "(event) => reached.add(event.target)))")  # fmt: skip
    all_of_them = "[...document.querySelectorAll('main button, main input, main select')]"
    wanted = f"{all_of_them}.filter((it) => !it.disabled && !it.hidden)"
    for _ in range(int(options.evaluate(f"{wanted}.length")) + 6):
        options.press("Tab")
    assert options.evaluate(f"{wanted}.filter((it) => !reached.has(it)).map((it) => it.id)") == []
