"""All that is generated, and whether it is current."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from installer.generate import locales, page_texts, policies, settings_table, text_codes, texts_table
from installer.generate.protocol import declarations, documents, host_modules, scripts


class Product(Protocol):
    """A module that makes some files."""

    def files(self) -> dict[Path, bytes]:
        """Absolute path → content."""

    def present(self) -> Iterable[Path]:
        """Those that are there already: one of them that ``files`` does not name any more is removed."""


PRODUCTS: tuple[Product, ...] = (
    locales, texts_table, text_codes, page_texts, policies, settings_table,
    host_modules, scripts, declarations, documents,
)  # fmt: skip


def outdated() -> list[Path]:
    """Files that are missing, that differ, or that nothing makes any more."""
    return sorted(path for product in PRODUCTS for path in _stale(product))


def write() -> list[Path]:
    """Bring all up to date; returns what was changed."""
    changed = outdated()
    for product in PRODUCTS:
        wanted = product.files()
        for path in _stale(product):
            if path in wanted:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(wanted[path])
            else:
                path.unlink()
    return changed


def _stale(product: Product) -> set[Path]:
    wanted = product.files()
    different = {path for path, content in wanted.items() if not path.exists() or path.read_bytes() != content}
    return different | (set(product.present()) - set(wanted))
