from __future__ import annotations

from itertools import count

import pytest
from cvmwebapi.net.addresses import checked, page_domain, redirected, shown_host, with_query
from cvmwebapi.texts.phrase import Phrase

from tests.unit.site_fixtures import failure


@pytest.mark.parametrize(
    ("origin", "domain"),
    [
        ("https://Example.org", "example.org"),
        ("https://example.org:8443", "example.org"),
        ("http://localhost:8080", "localhost"),
        ("http://[::1]:8080", "::1"),
        ("https://example.org.", "example.org"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_domain_of_a_page(origin: str, domain: str) -> None:
    assert page_domain(origin) == domain


@pytest.mark.parametrize("origin", ["null", "", "file://", "about:blank", "https://[", "data:text/html,x"])
def test_pages_without_a_domain_are_not_trusted(origin: str) -> None:
    assert failure(page_domain, origin).code == -13


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/vmcp",
        "https://example.org:8443/vmcp?tag=1#x",
        " https://example.org/a b?c=é ",
        "http://localhost/",
        "http://127.0.0.1:80",
        "http://[::1]:8080/x",
        "http://LOCALHOST/",
        "http://old.example/vmcp",
    ],
)
def test_allowed(url: str) -> None:
    assert checked(url, legacy_http=["old.example"]).hostname


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://example.org/vmcp", "vmcpInsecure"),
        ("http://localhost.example.org/", "vmcpInsecure"),
        ("http://127.0.0.1.example.org/", "vmcpInsecure"),
        ("http://127.1/", "vmcpInsecure"),
        ("http://2130706433/", "vmcpInsecure"),
        ("http://ｌｏｃａｌｈｏｓｔ/", "vmcpInsecure"),
        ("http://new.old.example/", "vmcpInsecure"),
        ("", "vmcpAddress"),
        ("/vmcp", "vmcpAddress"),
        ("//example.org/vmcp", "vmcpAddress"),
        ("file:///etc/passwd", "vmcpAddress"),
        ("ftp://example.org/", "vmcpAddress"),
        ("javascript:alert(1)", "vmcpAddress"),
        ("https://", "vmcpAddress"),
        ("https:example.org", "vmcpAddress"),
        ("https://user:word@example.org/", "vmcpAddress"),
        ("http://localhost\\@example.org/", "vmcpAddress"),
        ("http://localhost@example.org/", "vmcpAddress"),
        ("https://example.org:0/", "vmcpAddress"),
        ("https://example.org:99999/", "vmcpAddress"),
        ("https://example.org:x/", "vmcpAddress"),
        ("https://[::1/", "vmcpAddress"),
        ("https://exa mple.org/", "vmcpAddress"),
        ("https://example.org/\nHost: x", "vmcpAddress"),
        ("https://exam\tple.org/", "vmcpAddress"),
        ("https://example.org/\0", "vmcpAddress"),
        ("https://example.org/" + "a" * 9000, "vmcpAddress"),
    ],
)
def test_refused(url: str, error: str) -> None:
    assert failure(checked, url, legacy_http=["old.example"]).name == error


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "addressCharacters"),
        ("   ", "addressCharacters"),
        ("https://example.org/\x1f", "addressCharacters"),
        ("https://example.org/\x7f", "addressCharacters"),
        ("https://example.org/\\", "addressCharacters"),
        ("https://example.org/" + "a" * (8193 - 20), "addressCharacters"),
        ("https://[::1/", "addressHost"),
        ("https://example.org:x/", "addressHost"),
        ("https://", "addressHost"),
        ("https://example.org:0/", "addressHost"),
        ("https://exa mple.org/", "addressHost"),
        ("ftp://example.org/", "addressHttps"),
        ("https://user@example.org/", "addressUser"),
    ],
    ids=count(),
)
def test_an_address_that_is_none_is_told_why(url: str, code: str) -> None:
    error = failure(checked, url)
    assert (error.name, error.params) == ("vmcpAddress", {"detail": Phrase(f"detail_{code}")})


def test_limits_themselves_are_allowed() -> None:
    longest = "https://example.org/" + "a" * (8192 - 20)
    assert checked(f" {longest} ").path == longest[19:]
    assert checked("https://example.org:1/").port == 1


def test_of_an_insecure_address_only_its_host_is_told() -> None:
    error = failure(checked, "http://Example.org:8080/x?tag=secret")
    assert (error.name, error.code, error.params) == ("vmcpInsecure", -10, {"url": "http://example.org"})


def test_of_a_page_without_a_domain_not_all_is_told() -> None:
    assert failure(page_domain, "x" * 300).params == {"domain": "x" * 200}


@pytest.mark.parametrize(
    ("location", "code"),
    [("https://[", "redirectMalformed"), ("http://b.example/?tag=secret", "redirectInsecure")],
)
def test_of_a_forbidden_redirect_only_its_host_is_told(location: str, code: str) -> None:
    error = failure(redirected, "https://a.example:8443/x?tag=secret", location)
    assert error.params == {"host": "a.example:8443", "detail": Phrase(f"detail_{code}")}


def test_redirects_obey_the_rules_of_addresses() -> None:
    assert redirected("http://a.example/", "http://b.example/", any_http=True) == "http://b.example/"
    assert redirected("http://a.example/", "http://b.example/", ["b.example"]) == "http://b.example/"
    assert redirected("https://a.example/", "HTTPS://b.example/") == "https://b.example/"


def test_the_host_that_is_shown_is_cut_short() -> None:
    assert shown_host(" https://a.example:8443/x?tag=secret ") == "a.example:8443"
    assert shown_host("https://" + "a" * 300) == "a" * 200


def test_any_http_opens_http_alone() -> None:
    assert checked("http://example.org/", any_http=True).hostname
    assert failure(checked, "file:///x", any_http=True).name == "vmcpAddress"


def test_redirects_never_become_less_secure() -> None:
    assert redirected("https://a.example/x/y", "../z") == "https://a.example/z"
    assert redirected("http://localhost/", "https://a.example/") == "https://a.example/"
    for target in ("http://localhost/", "http://old.example/", "file:///etc/passwd", "ftp://a.example/"):
        assert failure(redirected, "https://a.example/", target, ["old.example"]).name == "vmcpRedirect"
    assert failure(redirected, "http://localhost/", "http://a.example/").name == "vmcpInsecure"
    assert failure(redirected, "http://localhost/", "file:///etc/passwd").name == "vmcpAddress"
    assert failure(redirected, "https://a.example/", "https://[").code == -6


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example", "https://a.example?cvm_salt=S&cvm_hostid=H"),
        ("https://a.example/x", "https://a.example/x?cvm_salt=S&cvm_hostid=H"),
        ("https://a.example/x?", "https://a.example/x?cvm_salt=S&cvm_hostid=H"),
        ("https://a.example/x?tag=a%2Fb+c", "https://a.example/x?tag=a%2Fb+c&cvm_salt=S&cvm_hostid=H"),
        ("https://a.example/x?tag=1&#top", "https://a.example/x?tag=1&cvm_salt=S&cvm_hostid=H"),
        ("https://a.example/#a?b", "https://a.example/?cvm_salt=S&cvm_hostid=H"),
        (" https://a.example/x ", "https://a.example/x?cvm_salt=S&cvm_hostid=H"),
        ("https://a.example/X", "https://a.example/X?cvm_salt=S&cvm_hostid=H"),
        ("https://a.example/x\u00a0", "https://a.example/x\u00a0?cvm_salt=S&cvm_hostid=H"),
        ("https://a.example/x?cvm_salt=a=b&t=1", "https://a.example/x?t=1&cvm_salt=S&cvm_hostid=H"),
        ("https://a.example/x?a&&b=c=d", "https://a.example/x?a&b=c=d&cvm_salt=S&cvm_hostid=H"),
        ("https://a.example/x?cvm_salt=OLD&t=1&cvm_hostid=", "https://a.example/x?t=1&cvm_salt=S&cvm_hostid=H"),
    ],
)
def test_query(url: str, expected: str) -> None:
    assert with_query(url, {"cvm_salt": "S", "cvm_hostid": "H"}) == expected
