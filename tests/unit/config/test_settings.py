from __future__ import annotations

import json
from pathlib import Path

import pytest
from cvmwebapi.config import policy, settings
from cvmwebapi.errors import CVMError
from cvmwebapi.system import paths
from cvmwebapi.texts.phrase import detail


def test_missing_settings_are_the_built_in_ones(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "none.json") == settings.Settings()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"relases": "x"}', '{"min_free_disk": "1"}', '{"keystores": [{"url": "x"}]}', "\x00"]
)
def test_settings_that_cannot_be_understood_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text)
    with pytest.raises(CVMError) as refused:
        settings.load(file)
    assert (refused.value.name, refused.value.params["file"]) == ("settingsBroken", str(file))


def test_an_error_says_what_is_wrong_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    for text, what in (
        ("[]", detail("notObject")),
        ('{"relases": "x"}', detail("noSuchSetting", name="'relases'")),
        ('{"max_cpus": -1}', detail("about", name="max_cpus", reason=detail("numberRange", low=0, high=1024))),
    ):
        file.write_text(text)
        with pytest.raises(CVMError) as refused:
            settings.load(file)
        assert refused.value.params["detail"] == what


def test_settings_that_cannot_be_read_are_an_error_and_not_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "settings.json").mkdir()
    with pytest.raises(CVMError) as refused:
        settings.load(tmp_path / "settings.json")
    assert (refused.value.name, refused.value.params["detail"]) == ("settingsBroken", "Is a directory")


def test_the_users_file_is_read_and_written_where_it_belongs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.json"
    monkeypatch.setattr(paths, "settings_file", lambda: file)
    monkeypatch.setattr(policy, "find", lambda kinds: (policy.Source("p", {"max_disk": kinds["max_disk"].check(5)}),))
    held = settings.change({"max_cpus": 2})
    assert held == settings.effective() and held.settings == settings.load()
    assert (held.settings.max_cpus, held.settings.max_disk, held.sources) == (2, 5, ("p",))
    assert file.read_text() == '{\n  "max_cpus": 2\n}', "as people would write it"
    assert settings.effective(policies=[]).settings.max_disk == 0


def test_another_file_than_the_user_s_own_stands_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.json").write_text("{")
    monkeypatch.setattr(paths, "settings_file", lambda: tmp_path / "broken.json")
    assert settings.change({"max_cpus": 2}, tmp_path / "settings.json").settings.max_cpus == 2
    assert settings.change({"max_disk": 3}, tmp_path / "settings.json").settings.max_cpus == 2


def test_settings_may_begin_with_the_mark_that_windows_editors_write(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(b'\xef\xbb\xbf{"vboxmanage": "/\xc3\xa9"}')
    assert settings.load(file).vboxmanage == "/é"
    assert settings.change({"max_cpus": 2}, file).settings.vboxmanage == "/é"


def test_what_is_no_setting_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(CVMError) as refused:
        settings.change({"max_cpus": "many"}, tmp_path / "settings.json")
    reason = detail("about", name="max_cpus", reason=detail("numberRange", low=0, high=1024))
    assert refused.value.params == {"name": "settings", "detail": reason}


def test_what_may_be_set_and_what_for() -> None:
    schema = settings.schema()
    assert schema["type"] == "object" and set(schema["properties"]) == set(settings.rules())
    assert schema["properties"]["max_cpus"] == {
        "description": "Most virtual CPUs of one machine; 0: no limit.",
        "type": "integer", "minimum": 0, "maximum": 1024,
    }  # fmt: skip


def test_the_limits_of_each_amount() -> None:
    most = {"max_image": 16 * 1024 * 1024, "cache_max_days": 36_500}
    for name in ("max_memory", "max_disk", "total_memory", "total_disk", "min_free_disk", "cache_max_mb"):
        most[name] = 16 * 1024 * 1024
    for name in ("max_cpus", "total_cpus"):
        most[name] = 1024
    for name, limit in most.items():
        assert getattr(settings.parse({name: limit}), name) == limit
        for wrong in (limit + 1, 0 if name == "max_image" else -1):
            with pytest.raises(ValueError, match=str(limit)):
                settings.parse({name: wrong})


def test_settings_are_read(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"releases": "http://a", "keystores": [{"url": "http://u", "root_key": "k"}]}))
    loaded = settings.load(file)
    assert loaded.releases == "http://a" and loaded.keystores == (settings.Keystore("http://u", "k"),)
