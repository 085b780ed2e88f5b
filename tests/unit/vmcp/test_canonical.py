from __future__ import annotations

from typing import Any

import pytest
from cvmwebapi.texts.phrase import Phrase, detail
from cvmwebapi.vmcp import canonical, description
from cvmwebapi.vmcp.canonical import MAX_INTEGER, MAX_KEYS, Unsignable, signed_fields, signed_text
from hypothesis import given, settings
from hypothesis import strategies as st

KEEP = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")

keys = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="="), min_size=1, max_size=12)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
values = texts | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.booleans()
parameters = st.dictionaries(keys, values, max_size=8).filter(lambda d: len({k.lower() for k in d}) == len(d))
salts = st.text("abcXYZ019-", min_size=1, max_size=64)


def plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def by_the_letter(answer: dict[str, Any], salt: str) -> bytes:
    """The rules of docs/vmcp.md once more, byte by byte, without the library that our code uses."""
    text = b""
    for key in sorted(answer, key=str.encode):
        if key.lower() != "signature":
            coded = b"".join(bytes([b]) if b in KEEP else b"%%%02X" % b for b in plain(answer[key]).encode())
            text += key.lower().encode() + b"=" + coded + b"\n"
    return text + salt.encode()


def test_worked_vector_of_the_specification() -> None:
    answer = {"name": "My first VM", "ram": 128, "flags": 49, "userData": "[a]\nb=c d/é~"}
    expected = "flags=49\nname=My%20first%20VM\nram=128\nuserdata=%5Ba%5D%0Ab%3Dc%20d%2F%C3%A9~\nSALT"
    assert signed_text(answer, "SALT").decode() == expected


@given(parameters, salts)
def test_text_is_built_by_the_rules(answer: dict[str, Any], salt: str) -> None:
    assert signed_text(answer, salt) == by_the_letter(answer, salt)


# So few that two answers often look alike: "1", 1 and true; "a" and "A"; values that hold the marks of the text.
few = st.dictionaries(
    st.sampled_from(["a", "A", "b", "ab"]),
    st.sampled_from([1, "1", True, "", "0", False, "1\nb=1", "=", "%3D"]),
    max_size=2,
).filter(lambda d: len({k.lower() for k in d}) == len(d))
few_salts = st.sampled_from(["S", "SS", "a", "1"])


@given(few, few, few_salts, few_salts)
@settings(max_examples=500)
def test_two_meanings_never_share_a_text(one: dict[str, Any], two: dict[str, Any], salt: str, other: str) -> None:
    if signed_text(one, salt) == signed_text(two, other):
        assert signed_fields(one) == signed_fields(two)
        assert salt == other


@given(parameters, salts)
def test_the_text_can_be_read_back_in_one_way(answer: dict[str, Any], salt: str) -> None:
    from urllib.parse import unquote

    *lines, last = signed_text(answer, salt).decode().split("\n")
    assert last == salt
    assert {line.split("=")[0]: unquote(line.split("=")[1]) for line in lines} == signed_fields(answer)


@given(parameters, texts)
def test_the_signature_itself_is_not_signed(answer: dict[str, Any], signature: str) -> None:
    answer = {key: value for key, value in answer.items() if key.lower() != "signature"}
    assert signed_text({**answer, "signature": signature}, "S") == signed_text(answer, "S")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"a": 1.0}, "fraction"),
        ({"a": 1.5}, "fraction"),
        ({"a": float("inf")}, "fraction"),
        ({"a": None}, "null"),
        ({"a": []}, "list"),
        ({"a": {}}, "object"),
        ({"a": MAX_INTEGER + 1}, "too large"),
        ({"a": -MAX_INTEGER - 1}, "too large"),
        ({"a": "\ud800"}, "half a character"),
        ({"a": 1, "A": 1}, "upper and lower case"),
        ({"signature": "x", "SIGNATURE": "x"}, "upper and lower case"),
        ({"": 1}, "characters"),
        ({"a=b": 1}, "characters"),
        ({"a\nb": 1}, "characters"),
        ({"é": 1}, "characters"),
        ({"\u212a": 1}, "characters"),
        ({"\ud800": 1}, "characters"),
        ({"k" * 129: 1}, "characters"),
        ({str(number): 1 for number in range(MAX_KEYS + 1)}, "more than"),
    ],
)
def test_what_has_no_single_text_is_refused(answer: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unsignable, match=reason):
        signed_text(answer, "S")


@pytest.mark.parametrize(
    ("answer", "phrase"),
    [
        ({"a": 1.0}, detail("fraction", key="“a”")),
        ({"a": None}, detail("noSignedText", key="“a”")),
        ({"a": MAX_INTEGER + 1}, detail("numberInexact", key="“a”")),
        ({"a": "\ud800"}, detail("loneSurrogate", key="“a”")),
        ({"a": 1, "A": 1}, detail("keyTwiceCase", key="“a”")),
        ({"é\n": 1}, detail("keyCharacters", key="“\\xe9\\n”")),
        ({"=" + "k" * 50: 1}, detail("keyCharacters", key="“=" + "k" * 39 + "”")),
        ({str(number): 1 for number in range(MAX_KEYS + 1)}, detail("tooMany", limit=256)),
    ],
)
def test_errors_name_the_key_in_a_form_that_upsets_nothing(answer: dict[str, Any], phrase: Phrase) -> None:
    with pytest.raises(Unsignable) as refused:
        signed_fields(answer)
    assert refused.value.phrase == phrase


def test_limits_themselves_are_allowed() -> None:
    most = {f"{number:03}": number for number in range(MAX_KEYS)}
    assert len(signed_fields(most)) == 256
    edges = {"least": -(2**53 - 1), "most": 2**53 - 1, "k" * 128: "x"}
    assert signed_fields(edges) == {"k" * 128: "x", "least": "-9007199254740991", "most": "9007199254740991"}
    assert signed_text({}, "a" * 256) == b"a" * 256


@pytest.mark.parametrize("salt", ["", "a\nb", "a b", "é", "a=b", "a" * 257])
def test_a_salt_can_not_smuggle_lines_in(salt: str) -> None:
    with pytest.raises(Unsignable, match="salt"):
        signed_text({"name": "n"}, salt)


SPELLINGS = {
    *("name", "secret", "signature", "signatureAlgorithm", "userData", "canOverride", "apiPort", "executionCap"),
    *("cpus", "vcpus", "memory", "ram", "disk", "minCpus", "minMemory", "minDisk", "diskURL", "diskChecksum", "flags"),
    *("version", "cernvmVersion", "cernvmFlavor", "flavor"),
}


def test_the_usual_spellings_of_all_known_keys_are_in_order() -> None:
    assert {name.lower() for name in SPELLINGS} == description.KNOWN
    for usual in ([*SPELLINGS], [name.lower() for name in SPELLINGS], [name.upper() for name in SPELLINGS]):
        assert canonical.signed_fields(dict.fromkeys(usual, "1"))


@pytest.mark.parametrize("names", [("NAME", "flags"), ("Name", "diskURL"), ("secret", "Userdata"), ("FLAGS", "cpus")])
def test_known_keys_out_of_order_are_refused(names: tuple[str, str]) -> None:
    with pytest.raises(canonical.Unsignable, match="lower-case"):
        canonical.signed_text(dict.fromkeys(names, "1"), "SALT")


@pytest.mark.parametrize("names", [("Zulu", "alpha"), ("Zulu", "name"), ("NAME", "zulu"), ("FLAGS", "name")])
def test_keys_that_nobody_knows_may_be_in_any_order(names: tuple[str, str]) -> None:
    assert list(canonical.signed_fields(dict.fromkeys(names, "1"))) == [key.lower() for key in names]
