"""The texts of each language, as they stand in ``host/cvmwebapi/texts``."""

from __future__ import annotations

import json
import re

from installer.sources import CHECKOUT

TEXTS = CHECKOUT / "host/cvmwebapi/texts"
EXTENSION = CHECKOUT / "extension"
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")


def languages() -> list[str]:
    """Codes as WebExtensions name their folders: ``de``, ``pt_BR``."""
    return sorted(path.stem for path in TEXTS.glob("*.json") if _LANGUAGE.fullmatch(path.stem))


def own(language: str) -> dict[str, str]:
    """What the language says, by key."""
    texts: dict[str, str] = json.loads((TEXTS / f"{language}.json").read_text("utf-8"))
    return texts


def complete(language: str) -> dict[str, str]:
    """The same, in the order of English and with its words for what the language lacks; ``ValueError`` for more."""
    english, texts = own("en"), own(language)
    if texts.keys() - english.keys():
        raise ValueError(f"English lacks what {language}.json says: {sorted(texts.keys() - english.keys())}")
    return {**english, **texts}


def lacking(language: str) -> list[str]:
    """The keys of what the language does not say yet."""
    texts = own(language)
    return [key for key in own("en") if key not in texts]


def notes() -> dict[str, str]:
    """What translators are told about a text, by key."""
    told: dict[str, str] = json.loads((TEXTS / "notes.json").read_text("utf-8"))
    return told


def rows(table: dict[str, object]) -> str:
    """JSON of one line a member, which is easy to compare and to look up."""
    lines = (f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in table.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"
