"""Whose word counts: the keystores, and the keys that websites published themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.vmcp import keys
from cvmwebapi.vmcp.pinned_keys import PinnedKeys
from cvmwebapi.vmcp.root_key import CERN

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import TrustInfoResult


def run(request: Request[Mapping[str, object]]) -> TrustInfoResult:
    """``{keystores: [{url, fingerprint, builtIn}], pinned: [{domain, fingerprint, contact, firstSeen, lastSeen}]}``."""
    chosen = request.sessions.settings.keystores
    keystores = [(store.url, store.root_key, store == CERN) for store in chosen or (CERN,)]
    return {
        "keystores": [
            {"url": url, "fingerprint": keys.fingerprint(keys.load_public_key(root)), "builtIn": built_in}
            for url, root, built_in in keystores
        ],
        "pinned": [
            {
                "domain": pin.domain,
                "fingerprint": keys.fingerprint(pin.key),
                "contact": pin.contact,
                "firstSeen": pin.first_seen,
                "lastSeen": pin.last_seen,
            }
            for pin in PinnedKeys().all()
        ],
        "selfPublished": request.sessions.settings.self_published_keys,
    }
