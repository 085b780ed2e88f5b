"""Whose key counts for a domain: a keystore's word first, then the site's own."""

from __future__ import annotations

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.net.spaces import Space
from cvmwebapi.tasks import Task
from cvmwebapi.vmcp import keystore, published_keys
from cvmwebapi.vmcp.keystore import Trust


def find(
    domain: str, origin: str, settings: Settings, task: Task | None = None, nearest: Space = Space.INTERNET
) -> Trust:
    """The key that signs for pages of ``domain``; ``origin`` is that of the page, for ``nearest`` see
    ``names.page_space``.

    Only a site that no keystore knows may speak for itself: one that a list shuts out, or that a list which can't be
    had might know, may not. Raises ``CVMError``: those of ``keystore.lookup`` and ``published_keys.lookup``.
    """
    try:
        return keystore.lookup(domain, settings.keystores, task)
    except CVMError as error:
        if error.name != "notTrusted" or not settings.self_published_keys:
            raise
        published = published_keys.lookup(domain, origin, nearest=nearest, task=task)
        if published is None:
            raise
        return published
