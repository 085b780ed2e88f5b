from __future__ import annotations

import pytest
from cvmwebapi.net.addresses import checked, page_domain, redirected, with_query

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
        ("https://a.example/x?cvm_salt=OLD&t=1&cvm_hostid=", "https://a.example/x?t=1&cvm_salt=S&cvm_hostid=H"),
    ],
)
def test_query(url: str, expected: str) -> None:
    assert with_query(url, {"cvm_salt": "S", "cvm_hostid": "H"}) == expected
