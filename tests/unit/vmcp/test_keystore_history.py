"""What is remembered of each root key's lists."""

from __future__ import annotations

from pathlib import Path

from cvmwebapi.texts.phrase import detail
from cvmwebapi.vmcp.keystore_history import KeystoreHistory, Seen

NOW = 1_800_000_000.0


def test_of_lists_with_one_number_those_that_were_replaced_are_remembered() -> None:
    lists = [f"#serial 7\n# {number}\n".encode() for number in range(300)]
    seen = Seen()
    for content in lists:
        assert seen.why_older(content) is None
        seen = seen.after(content, NOW)
        assert seen.after(content, NOW + 1) == seen
    assert len(seen.replaced) == 256 and seen.serial == 7
    assert seen.why_older(lists[-1]) is None
    assert seen.why_older(lists[-2]) == seen.why_older(lists[-257]) == detail("replaced")
    assert seen.why_older(b"#serial 6\n") == detail("olderNumber", serial=6, seen=7)
    assert seen.why_older(b"#serial 8\n") is None
    assert seen.after(b"#serial 8\n", NOW).replaced == (), "they are told by their number now"


def test_a_host_that_was_slower_does_not_bring_an_older_list_back(own_folders: Path) -> None:
    history = KeystoreHistory()
    history.saw("root", b"#serial 8\n", NOW)
    history.saw("root", b"#serial 7\n", NOW)
    assert history.of("root").serial == 8
    assert history.of("other root") == Seen()
    (own_folders / "data" / "keystore-history.json").unlink()
    (own_folders / "data" / "keystore-history.json").mkdir()
    history.saw("root", b"#serial 9\n", NOW)
    assert history.of("root") == Seen()
