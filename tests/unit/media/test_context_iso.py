from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pycdlib
from cvmwebapi.media import context_iso


def test_the_context_cd_holds_the_user_data_under_both_names_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "context.iso"
    text = "[amiconfig]\nname=é " + "x" * 10_000
    context_iso.write(file, text, "uuid-1")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    image = pycdlib.PyCdlib()
    image.open(str(file))
    assert image.pvd.volume_identifier.decode().strip() == "CONFIG-2"

    def content(path: str) -> str:
        out = io.BytesIO()
        image.get_file_from_iso_fp(out, joliet_path=path)
        return out.getvalue().decode()

    assert content("/ec2/latest/user-data") == content("/openstack/latest/user_data") == text
    for path in ("/ec2/latest/meta-data.json", "/openstack/latest/meta_data.json"):
        assert json.loads(content(path)) == {"uuid": "uuid-1"}
    image.close()
