"""``cernvm-webapi policy``: what it refuses, and says."""

from __future__ import annotations

from pathlib import Path

import pytest
from cvmwebapi.command_line import run

from tests.lab.world import CHECKOUT

EXAMPLE = CHECKOUT / "manifest-templates/policy/example.json"


def test_generating_bad_values_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = tmp_path / "values.json"
    for text, more, words in (
        ('{"max_cpus": "two"}', [], "whole number"),
        ('{"nonsense": 1}', [], "no setting named"),
        ("{", [], "can't be used"),
        ("{}", ["--chromium-id", "../x"], "no id"),
    ):
        values.write_text(text)
        assert run(["policy", "generate", str(values), "--output", str(tmp_path / "out"), *more]) == 1
        assert words in capsys.readouterr().err and not (tmp_path / "out").exists()
    values.write_text("{}")
    (tmp_path / "out").mkdir()
    assert run(["policy", "generate", str(values), "--output", str(tmp_path / "out")]) == 1
    assert list((tmp_path / "out").iterdir()) == []


def test_validate_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "validate", str(EXAMPLE)]) == 0
    assert 'allowed_sites = ["*.cern.ch"]' in capsys.readouterr().out
    bad = tmp_path / "bad.json"
    bad.write_text('{"allowed_sites": ["https://x"]}')
    assert run(["policy", "validate", str(bad)]) == 1
    assert "not a domain" in capsys.readouterr().err
