"""Fixtures of suites that need a website and its keys, and folders of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi import website
from cvmwebapi.errors import CVMError

from tests.unit.net.servers import Site


@pytest.fixture(scope="session")
def site_key() -> website.PrivateKey:
    return website.generate_key(bits=2048)


@pytest.fixture(scope="session")
def root_key() -> website.PrivateKey:
    # As large as CERN's root key would take seconds to make; the size changes nothing else.
    return website.generate_key(bits=2048)


@pytest.fixture
def site() -> Iterator[Site]:
    running = Site()
    yield running
    running.close()


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the user's own cache and data; nor the proxies of the machine it runs on."""
    from cvmwebapi.system import paths

    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(paths, "data_folder", lambda: tmp_path / "data")
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path


def failure(call: object, *args: object, **kwargs: object) -> CVMError:
    """The error that ``call`` ends with; fails the test when there is none."""
    with pytest.raises(CVMError) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    return caught.value
