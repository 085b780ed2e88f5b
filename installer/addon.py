"""Builds the add-on: ``python -m installer.addon OUTPUT``: a zip for Chromium's family, an xpi for Firefox.

The same files give the same bytes on every computer: sorted, without times, owners or permissions. With ``--key`` also
a .crx and its update manifest, for administrators who serve the add-on themselves.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import zipfile
from pathlib import Path

EXTENSION = Path(__file__).resolve().parents[1] / "extension"
# Types are for the checks; they mean nothing to a browser.
_LEFT_OUT = ("types",)


def archive(folder: Path = EXTENSION, manifest: bytes | None = None) -> bytes:
    """The add-on as zip; ``manifest`` in the place of its own manifest.json."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        files = (path for path in folder.rglob("*") if path.is_file())
        for name, path in sorted((path.relative_to(folder).as_posix(), path) for path in files):
            if name.split("/")[0] in _LEFT_OUT or any(part.startswith(".") for part in name.split("/")):
                continue
            # The earliest time that a zip can hold.
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, manifest if manifest and name == "manifest.json" else path.read_bytes())
    return content.getvalue()


def main(arguments: list[str]) -> int:
    """Write the files into the folder named."""
    parser = argparse.ArgumentParser(prog="python -m installer.addon", description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--key", type=Path, help="private key (PEM) of the add-on, for a .crx")
    parser.add_argument("--url", default="https://example.org", help="folder that the .crx will be served from")
    options = parser.parse_args(arguments)
    version = json.loads((EXTENSION / "manifest.json").read_text("utf-8"))["version"]
    options.output.mkdir(parents=True, exist_ok=True)
    name = f"cernvm-webapi-{version}"
    made = {f"{name}.zip": archive(), f"{name}.xpi": archive()}
    if options.key:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        from installer import crx

        key = load_pem_private_key(options.key.read_bytes(), None)
        if not isinstance(key, RSAPrivateKey):
            parser.error(f"{options.key} holds no RSA key")
        add_on = crx.add_on_id(crx.public_key(key))
        made[f"{name}.crx"] = crx.pack(archive(), key)
        made["updates.xml"] = crx.update_manifest(add_on, version, f"{options.url}/{name}.crx")
    for file, content in made.items():
        (options.output / file).write_bytes(content)
        print(options.output / file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
