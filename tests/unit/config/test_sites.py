from __future__ import annotations

import pytest
from cvmwebapi.config import sites
from cvmwebapi.texts.phrase import Fault, Phrase
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("domain", "pattern", "meant"),
    [
        ("example.org", "example.org", True),
        ("www.example.org", "example.org", False),
        ("www.example.org", "*.example.org", True),
        ("a.b.example.org", "*.example.org", True),
        ("a.example.org", "*.example.org", True),
        ("example.org", "*.example.org", False),
        ("evilexample.org", "*.example.org", False),
        (".example.org", "*.example.org", False),
        ("anything", "*", True),
        ("::1", "::1", True),
    ],
)
def test_which_domains_a_pattern_means(domain: str, pattern: str, meant: bool) -> None:
    assert sites.matches(domain, sites.checked(pattern)) is meant


def test_patterns_are_brought_into_one_form() -> None:
    assert sites.checked(" *.CERN.ch. ") == "*.cern.ch"
    assert sites.checked("bücher.example") == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "https://example.org",
        "example.org/",
        "ex ample.org",
        "a..b",
        "*.*",
        "a.*.b",
        "*.",
        "a:80",
        "x" * 300,
        "-a.org",
        "a-.org",
        "*a.org",
        "x" * 64 + ".org",
        ".",
    ],
)
def test_what_is_no_pattern_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a domain"):
        sites.checked(wrong)


@pytest.mark.parametrize(
    ("origin", "form"),
    [
        (" HTTPS://Example.org ", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("https://example.org:443", "https://example.org"),
        ("https://example.org:80", "https://example.org:80"),
        ("http://example.org:80", "http://example.org"),
        ("http://example.org:443", "http://example.org:443"),
        ("https://bücher.example:8443", "https://xn--bcher-kva.example:8443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_origins_are_brought_into_the_form_of_browsers(origin: str, form: str) -> None:
    assert sites.checked_origin(origin) == form


def test_errors_show_the_beginning_of_what_is_wrong() -> None:
    for check, code in ((sites.checked, "notDomain"), (sites.checked_origin, "notOrigin")):
        with pytest.raises(Fault) as refused:
            check("/" * 81)
        assert refused.value.phrase == Phrase(f"detail_{code}", {"text": repr("/" * 80)})
    with pytest.raises(Fault) as refused:
        sites.checked_origin("https://u@" + "a" * 80)
    assert refused.value.phrase == Phrase("detail_notOrigin", {"text": repr("https://u@" + "a" * 70)})


@pytest.mark.parametrize(
    "right", ["*", "a", "a-b.example", "_dmarc.example", "x" * 63 + ".example", "127.0.0.1", "::1", "2001:db8::1"]
)
def test_patterns_that_there_are(right: str) -> None:
    assert sites.checked(right) == right


@pytest.mark.parametrize(
    "wrong",
    [
        "https://user@a.org",
        "https://a.org?b",
        "https://a b",
        "https://a.org:x",
        "https://[::1",
        "https://:80",
        "https://a.org/X",
    ],
)
def test_what_else_is_no_origin(wrong: str) -> None:
    with pytest.raises(ValueError):
        sites.checked_origin(wrong)


@pytest.mark.parametrize("wrong", ["example.org", "https://", "https://a/b", "https://u@a", "https://*.a", "ftp://a"])
def test_what_is_no_origin_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not an origin"):
        sites.checked_origin(wrong)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (["a.org"], ["a.org"], ("a.org",)),
        (["*"], ["*.a.org", "b.org"], ("*.a.org", "b.org")),
        (["*.a.org"], ["*"], ("*.a.org",)),
        (["*.a.org"], ["a.org"], ()),
        (["*.b.a.org"], ["*.a.org"], ("*.b.a.org",)),
        (["a.org", "a.org"], ["a.org", "*"], ("a.org",)),
        (["a.org"], ["b.org"], ()),
        (["*.a.org"], ["evila.org", "*.evila.org"], ()),
        (["*"], ["*"], ("*",)),
    ],
)
def test_common_patterns(one: list[str], other: list[str], both: tuple[str, ...]) -> None:
    assert sites.common(one, other) == both


labels = st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=3)
patterns = st.lists(
    st.one_of(st.just("*"), labels.map(".".join), labels.map(lambda parts: "*." + ".".join(parts))), max_size=4
)


@given(patterns, patterns, labels.map(".".join))
def test_common_patterns_mean_exactly_what_both_lists_mean(one: list[str], other: list[str], domain: str) -> None:
    both = sites.listed(domain, one) and sites.listed(domain, other)
    assert sites.listed(domain, sites.common(one, other)) is both
