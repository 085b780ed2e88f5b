"""The package for websites: what `npm pack` puts into it, and an example that compiles against that alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.lab.world import CHECKOUT

LOADER = CHECKOUT / "examples" / "loader" / "cvm-loader.js"


@pytest.mark.timeout(120)
def test_an_example_compiles_against_the_packed_declarations(tmp_path: Path) -> None:
    done = subprocess.run(
        ["npm", "pack", "--json", "--pack-destination", str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    (packed,) = json.loads(done.stdout)
    assert {item["path"] for item in packed["files"]} == {
        "package.json",
        "LICENSE",
        "README.md",
        "extension/types/page-api.d.ts",
        "examples/loader/cvm-loader.js",
        "examples/loader/cvm-loader.d.ts",
    }
    with tarfile.open(tmp_path / packed["filename"]) as archive:
        archive.extractall(tmp_path)
    module = tmp_path / "node_modules" / "cernvm-webapi"
    module.parent.mkdir()
    shutil.move(tmp_path / "package", module)
    shutil.copy(CHECKOUT / "examples/typescript/example.ts", tmp_path)
    options = json.loads((CHECKOUT / "examples/typescript/tsconfig.json").read_text())
    del options["compilerOptions"]["paths"]
    (tmp_path / "tsconfig.json").write_text(json.dumps(options))
    compiled = subprocess.run(
        [CHECKOUT / "node_modules/.bin/tsc", "-p", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert compiled.returncode == 0, compiled.stdout


def test_the_loader_is_small_and_all_its_languages_are_whole() -> None:
    assert LOADER.stat().st_size <= 10 * 1024
    script = """
        const text = require("fs").readFileSync(process.argv[1], "utf8");
        const from = text.indexOf("const TEXTS = ") + 14;
        const table = text.slice(from, text.indexOf("const STYLE")).trim().replace(/;$/, "");
        console.log(JSON.stringify(eval(`(${table})`)));
    """
    shown = subprocess.run(["node", "-e", script, str(LOADER)], capture_output=True, text=True, check=True).stdout
    table = json.loads(shown)
    assert set(table) == {"en", "fr", "de", "es", "it"}
    for language, steps in table.items():
        assert {step: len(texts) for step, texts in steps.items()} == {
            step: len(texts) for step, texts in table["en"].items()
        }, language
        assert all(text for texts in steps.values() for text in texts), language
