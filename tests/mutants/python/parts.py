"""What is changed, and which tests must notice."""

from __future__ import annotations

from typing import NamedTuple


class Part(NamedTuple):
    """``sources`` are files below the host's package, ``tests`` below ``tests/unit``; patterns are allowed in both."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]
    slow: tuple[str, ...] = ()
    """Tests left out: they start processes, which a change does not reach, or measure time."""


PARTS = {
    "answers": Part(
        ("vmcp/canonical.py", "vmcp/description.py", "vmcp/host_id.py", "vmcp/keys.py", "vmcp/salt.py",
         "vmcp/signature.py", "vmcp/strict_json.py", "vmcp/values.py"),
        ("vmcp/test_canonical.py", "vmcp/test_description.py", "vmcp/test_host_id.py", "vmcp/test_signature.py",
         "vmcp/test_strict_json.py", "vmcp/test_vectors.py"),
        ("vmcp/test_canonical.py::test_two_meanings_never_share_a_text",
         "vmcp/test_host_id.py::test_many_at_once_get_one_id",
         "vmcp/test_signature.py::test_short_rsa_keys_are_refused",
         "vmcp/test_strict_json.py::test_a_hostile_megabyte_costs_little"),
    ),
    "trust": Part(
        ("vmcp/client.py", "vmcp/keystore*.py", "vmcp/list_*.py", "vmcp/pinned_keys.py", "vmcp/published_*.py",
         "vmcp/signed_file.py", "vmcp/trust.py"),
        ("vmcp/test_client.py", "vmcp/test_keystore.py", "vmcp/test_keystore_history.py",
         "vmcp/test_published_document.py", "vmcp/test_published_keys.py"),
        ("vmcp/test_client.py::test_whatever_arrives_ends_in_an_error_with_a_code",),
    ),
    "admission": Part(
        ("sessions/admission/*.py", "sessions/ledger/resources.py", "sessions/opening.py",
         "sessions/lifecycle/changes.py"),
        ("sessions",),
        ("sessions/ledger",),
    ),
    "channel": Part(("channel/*.py",), ("channel",)),
    "entry": Part(("entry/dispatcher.py", "entry/questions.py", "entry/framing.py"), ("entry",)),
    "net": Part(("net/addresses.py", "net/connections.py", "net/names.py", "net/spaces.py"), ("net",)),
    "parameters": Part(("actions/checking.py",), ("actions",)),
    "config": Part(("config/*.py",), ("config",)),
    "installation": Part(
        ("installation/launcher.py", "installation/registration.py"),
        ("installation/test_launcher.py", "installation/test_registration.py"),
    ),
}  # fmt: skip
