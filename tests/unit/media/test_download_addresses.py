"""Images are fetched by the rules of endpoints: redirects, private networks, passwords."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.media import boot_disk, cache, download
from cvmwebapi.media.target import Target
from cvmwebapi.system import paths
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import Phrase

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


def test_a_page_of_the_internet_names_an_image_on_this_computer(site: Site) -> None:
    """Nobody is asked, and the page hears the same as of a server that isn't there."""
    (there, gone) = (asked_by_a_page(site.url()), asked_by_a_page("http://127.0.0.1:9/image"))
    assert there == gone
    assert there == ("downloadFailed", "imageFault")
    assert site.seen == []


def asked_by_a_page(url: str) -> tuple[str, str]:
    with pytest.raises(CVMError) as caught:
        boot_disk.boot_disk(url, "ab" * 32, "science.example", Settings(), Task())
    reason = caught.value.params["detail"]
    assert isinstance(reason, Phrase)
    return caught.value.name, reason.code.removeprefix("detail_")


def test_not_even_its_size_is_asked_for(site: Site) -> None:
    site.answer = lambda seen: Reply(CONTENT)
    told = [boot_disk.told_size(site.url(), domain, Settings(), 2, Task()) for domain in ("a.example", "[::1]")]
    assert told == [None, None]
    assert site.seen == []
    assert boot_disk.told_size(site.url(), "localhost", Settings(), 2, Task()) is not None


def test_no_passwords(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hush\n")
    monkeypatch.setenv("NETRC", str(netrc))
    fetch(redirecting(site, "/end"))
    assert all("authorization" not in seen.headers for seen in site.seen)
