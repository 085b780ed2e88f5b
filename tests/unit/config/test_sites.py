from __future__ import annotations

import pytest
from cvmwebapi.config import sites
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("domain", "pattern", "meant"),
    [
        ("example.org", "example.org", True),
        ("www.example.org", "example.org", False),
        ("www.example.org", "*.example.org", True),
        ("a.b.example.org", "*.example.org", True),
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
    ["", "https://example.org", "example.org/", "ex ample.org", "a..b", "*.*", "a.*.b", "*.", "a:80", "x" * 300],
)
def test_what_is_no_pattern_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a domain"):
        sites.checked(wrong)


@pytest.mark.parametrize("wrong", ["example.org", "https://", "https://a/b", "https://u@a", "https://*.a", "ftp://a"])
def test_what_is_no_origin_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not an origin"):
        sites.checked_origin(wrong)


labels = st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=3)
patterns = st.lists(
    st.one_of(st.just("*"), labels.map(".".join), labels.map(lambda parts: "*." + ".".join(parts))), max_size=4
)


@given(patterns, patterns, labels.map(".".join))
def test_common_patterns_mean_exactly_what_both_lists_mean(one: list[str], other: list[str], domain: str) -> None:
    both = sites.listed(domain, one) and sites.listed(domain, other)
    assert sites.listed(domain, sites.common(one, other)) is both
