"""Images are fetched by the rules of endpoints: redirects, private networks, passwords."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.media import cache, download
from cvmwebapi.media.target import Target
from cvmwebapi.net import connections
from cvmwebapi.system import paths
from cvmwebapi.tasks import Task

from tests.unit.net.servers import Reply, Site
from tests.unit.site_fixtures import site

__all__ = ["site"]

CONTENT = b"an image"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path)


def fetch(url: str) -> bytes:
    checksum = hashlib.sha256(CONTENT).hexdigest()
    path = download.fetch(
        url,
        checksum,
        Target(cache.image(checksum, ".iso")),
        Task(),
        phase="downloadingImage",
        min_free=0,
    )
    return path.read_bytes()


def refused(url: str) -> str:
    with pytest.raises(CVMError) as caught:
        fetch(url)
    return caught.value.name


def redirecting(site: Site, target: str) -> str:
    site.answer = lambda seen: (
        Reply(CONTENT)
        if seen.path == "/end"
        else Reply(status=302, headers={"Location": target, "Connection": "close"})
    )
    return site.url("/start")


def test_a_redirect_is_followed(site: Site) -> None:
    assert fetch(redirecting(site, "/end")) == CONTENT


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("/start", "vmcpRedirect"),
        ("http://a.example/", "vmcpInsecure"),
        ("file:///etc/passwd", "vmcpAddress"),
        ("https://u:p@a.example/", "vmcpAddress"),
    ],
)
def test_a_redirect_that_is_not(site: Site, target: str, error: str) -> None:
    assert refused(redirecting(site, target)) == error


def test_no_way_from_the_internet_into_a_private_network_with_is_public_doubled(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test machine has a server on a public address: the first connection is only said to be public."""
    answers = iter([True, False])
    monkeypatch.setattr(connections, "is_public", lambda address: next(answers))
    assert refused(redirecting(site, "/end")) == "vmcpRedirect"
    assert [seen.path for seen in site.seen] == ["/start"]


def test_no_passwords(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hush\n")
    monkeypatch.setenv("NETRC", str(netrc))
    fetch(redirecting(site, "/end"))
    assert all("authorization" not in seen.headers for seen in site.seen)
