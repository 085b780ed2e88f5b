"""The extension in the user's language: the browser's, or the one chosen in the options, with a double of the host."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests import drivers
from tests.drivers.browser import Page, ScriptError, wait_for
from tests.extension.conftest import EXTENSION, Stage
from tests.extension.test_extension_with_echo_host import armed_window, request
from tests.extension.windows import picture

pytestmark = pytest.mark.browser
CHOSEN = ("fr", "de", "es", "it", "pt", "el")


def said(language: str, name: str) -> str:
    """The beginning of a text, as far as no value is in it."""
    texts = json.loads((EXTENSION / "_locales" / language / "messages.json").read_text("utf-8"))
    return max(re.split(r"\$\d", texts[name]["message"]), key=len).strip()


@pytest.fixture(scope="module", params=drivers.NAMES)
def german(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(request.param, tmp_path_factory.mktemp(request.param), lang="de")
    with made.browser:
        yield made


def choose(stage: Stage, language: str) -> Page:
    """The options page, once it speaks the language that was chosen on it."""
    options = stage.browser.open(stage.browser.extension_url("windows/options/options.html"))
    options.wait_until("document.body.dataset.ready")
    options.evaluate(
        f"""(delete document.body.dataset.ready, language.value = '{language}',
            language.dispatchEvent(new Event('change')), 1)"""
    )
    wait_for(lambda: speaks(options, language), f"the options in {language}")
    return options


def speaks(options: Page, language: str) -> bool:
    try:
        return bool(options.evaluate(f"document.body.dataset.ready && document.documentElement.lang === '{language}'"))
    except ScriptError:
        # It is being loaded anew.
        return False


@pytest.mark.parametrize("language", CHOSEN)
def test_the_chosen_language_is_spoken_everywhere(stage: Stage, site: str, language: str) -> None:
    options = choose(stage, language)
    assert said(language, "optionsLimitsWhat") in options.text("main")
    picture(options, "language", stage.name, language, "options")
    page = stage.browser.open(site + "/language")
    request(page, "ask")
    window = armed_window(stage)
    assert window.evaluate("document.documentElement.lang") == language
    for name in ("confirmAsks", "confirmGetsNot", "confirmNotFiles", "trust_listed"):
        assert said(language, name) in window.text("main"), name
    picture(window, "language", stage.name, language, "confirm")
    window.press("Escape")
    # The page's error, too: what it shows to the user is in the user's language.
    assert said(language, "error_refusedByUser") in page.wait_until("outcome")["message"]
    request(page, "fail=hypervisorFailed&step=step_startMachine")
    assert said(language, "step_startMachine") in page.wait_until("outcome")["message"]
    for place, name in (("machines/machines", "machinesPauseAll"), ("welcome/welcome", "welcomeWhat")):
        other = stage.browser.open(stage.browser.extension_url(f"windows/{place}.html"))
        other.wait_until(f"document.body.innerText.includes({json.dumps(said(language, name))})")
        assert "$" not in other.text("body")
        other.close()
    options.evaluate("chrome.storage.local.remove(['language', 'translation']).then(() => 1)")
    options.close()
    page.close()


def test_progress_is_told_in_the_chosen_language(stage: Stage, site: str) -> None:
    options = choose(stage, "fr")
    page = stage.browser.open(site + "/language")
    request(page, "phase=downloadingImage&done=6291456&total=18874368&speed=2621440")
    page.wait_until("outcome === 'opened'")
    ((told, fraction, phase),) = [event[1:] for event in page.evaluate("heard") if event[0] == "progress"]
    assert told.startswith(said("fr", "phase_downloadingImage")) and "2,5" in told and "Mo" in told
    assert fraction == 0.33 and phase == {
        "phase": "downloadingImage",
        "done": 6291456,
        "total": 18874368,
        "speed": 2621440,
    }
    options.evaluate("chrome.storage.local.remove(['language', 'translation']).then(() => 1)")
    options.close()
    page.close()


def test_the_browser_s_own_language(german: Stage, site: str) -> None:
    page = german.browser.open(site + "/language")
    request(page, "ask")
    window = armed_window(german)
    assert said("de", "confirmAsks") in window.text("main")
    window.press("Escape")
    assert said("de", "error_refusedByUser") in page.wait_until("outcome")["message"]
    page.close()
