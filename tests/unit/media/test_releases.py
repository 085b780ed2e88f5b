"""Boot images from a tree that anybody on the way can change: nothing of it is believed but what a keystore signs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cvmwebapi import website
from cvmwebapi.command_line.keystore import release_list
from cvmwebapi.config.settings import Keystore, Settings
from cvmwebapi.media import cache, releases, ucernvm
from cvmwebapi.net import names
from cvmwebapi.system import paths
from cvmwebapi.tasks import Task

from tests.rig.guest.releases import make_release_tree
from tests.unit.net.servers import Reply, Seen, Site
from tests.unit.site_fixtures import failure, own_folders, root_key, site

__all__ = ["own_folders", "root_key", "site"]

VERSION = "2.0-1"


class Tree:
    """A server of releases and keystore, by a name of the internet or as one on this computer."""

    def __init__(self, site: Site, folder: Path, root: website.PrivateKey) -> None:
        self.site, self.root = site, root
        self.folder = folder / "tree"
        self.write(b"the genuine image")
        self.store: dict[str, bytes] = {}
        site.answer = self._answer
        self.here = self.settings("127.0.0.1")
        self.far = self.settings("mirror.example")

    def settings(self, host: str) -> Settings:
        keystore = Keystore(self.site.url("/store"), website.public_pem(self.root).decode())
        return Settings(releases=f"http://{host}:{self.site.port}/releases", keystores=(keystore,), min_free_disk=0)

    def write(self, content: bytes) -> None:
        image = self.folder.with_name("image.iso")
        image.write_bytes(content)
        make_release_tree(self.folder, image, VERSION)

    def sign(self, days: int = 30) -> None:
        content = release_list.of_tree(self.folder, days)
        self.store = {"releases.lst": content, "releases.sig": website.sign_keystore(content, self.root)}

    def _answer(self, seen: Seen) -> Reply:
        kind, _, path = seen.path.lstrip("/").partition("/")
        if kind == "store":
            return Reply(self.store[path]) if path in self.store else Reply(status=404)
        file = self.folder / path
        return Reply(file.read_bytes()) if file.is_file() else Reply(status=404)


@pytest.fixture
def tree(site: Site, tmp_path: Path, root_key: website.PrivateKey, monkeypatch: pytest.MonkeyPatch) -> Tree:
    paths.cache_folder().mkdir()
    real = names.addresses_of
    # The name is the test server's, as a network attacker's would be.
    monkeypatch.setattr(
        names, "addresses_of", lambda host, port=0: real(host.replace("mirror.example", "127.0.0.1"), port)
    )
    return Tree(site, tmp_path, root_key)


def image(settings: Settings) -> bytes:
    return ucernvm.boot_iso(VERSION, "prod", "x86_64", settings, Task()).read_bytes()


def refused(settings: Settings) -> str:
    error = failure(image, settings)
    assert error.name == "downloadFailed"
    return error.message


def test_a_checksum_beside_the_image_proves_nothing_over_plain_http(tree: Tree) -> None:
    assert "no keystore signs for it" in refused(tree.far)
    assert "no keystore signs for it" in failure(ucernvm.latest, tree.far, Task()).message
    assert not any(seen.path.startswith("/releases") for seen in tree.site.seen)
    # What is asked on this computer, or over https, can't be changed on its way.
    assert image(tree.here) == b"the genuine image"


def test_a_keystore_signs_for_the_tree(tree: Tree) -> None:
    tree.sign()
    assert image(tree.far) == b"the genuine image"
    assert ucernvm.latest(tree.far, Task()) == VERSION


def test_another_image_under_a_signed_name(tree: Tree) -> None:
    tree.sign()
    tree.write(b"an attacker's image")
    assert failure(image, tree.far).name == "checksumMismatch"


@pytest.mark.parametrize("fault", ["forged", "other root", "expired", "other list", "without this version", "junk"])
def test_lists_that_prove_nothing(tree: Tree, fault: str) -> None:
    tree.sign(-1 if fault == "expired" else 30)
    if fault == "forged":
        tree.store["releases.lst"] += b"#"
    elif fault == "other root":
        tree.store["releases.sig"] = website.sign_keystore(tree.store["releases.lst"], website.generate_key(bits=2048))
    elif fault == "other list":
        content = website.snapshot({}, 1_800_000_000.0)
        tree.store = {"releases.lst": content, "releases.sig": website.sign_keystore(content, tree.root)}
    elif fault == "without this version":
        content = website.keystore_list(["#list releases.lst", "latest=1.0"])
        tree.store = {"releases.lst": content, "releases.sig": website.sign_keystore(content, tree.root)}
    elif fault == "junk":
        content = website.keystore_list(["#list releases.lst", f"{path_of(tree)}=" + "x" * 64])
        tree.store = {"releases.lst": content, "releases.sig": website.sign_keystore(content, tree.root)}
    refused(tree.far)


def path_of(tree: Tree) -> str:
    return ucernvm.address(VERSION, "prod", "x86_64", tree.far)[len(tree.far.releases) + 1 :]


def test_an_image_that_was_believed_without_a_signature_is_not_known_any_more(tree: Tree) -> None:
    """As the program before this one has left it."""
    evil = b"an attacker's image"
    checksum = hashlib.sha256(evil).hexdigest()
    cache.image(checksum, ".iso").write_bytes(evil)
    url = ucernvm.address(VERSION, "prod", "x86_64", tree.far)
    cache.alias(checksum).write_text(url)
    assert not ucernvm.is_there(url)
    refused(tree.far)
    tree.sign()
    assert image(tree.far) == b"the genuine image"


def test_an_image_is_forgotten_when_its_source_says_that_it_was_wrong(tree: Tree) -> None:
    tree.write(b"the wrong image")
    assert image(tree.here) == b"the wrong image"
    tree.write(b"the right image")
    assert image(tree.here) == b"the right image"
    assert image(tree.here) == b"the right image"


def test_a_source_that_says_nothing_takes_nothing_back(tree: Tree) -> None:
    assert image(tree.here) == b"the genuine image"
    tree.site.answer = lambda seen: Reply(status=503)
    assert image(tree.here) == b"the genuine image"


def test_the_tree_of_the_built_in_settings_speaks_for_itself() -> None:
    assert releases.speaks_for_itself(Settings().releases)
    assert not releases.speaks_for_itself("http://cernvm.cern.ch/releases")
    assert not releases.speaks_for_itself("http://127.0.0.1.example.org/")
