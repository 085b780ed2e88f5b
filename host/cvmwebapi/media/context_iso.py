"""The context CD, volume CONFIG-2: how a guest learns what it is for (docs/guest.md)."""

from __future__ import annotations

import io
import json
from pathlib import Path

from cvmwebapi.system import files

LABEL = "CONFIG-2"
_FOLDERS = ("ec2", "openstack")


def write(path: Path, user_data: str, uuid: str) -> None:
    """Write the image, readable by the user alone: it holds secrets of the site. Raises ``OSError``."""
    import pycdlib

    content, meta = user_data.encode(), json.dumps({"uuid": uuid}).encode()
    image = pycdlib.PyCdlib()
    image.new(interchange_level=3, joliet=3, rock_ridge="1.09", vol_ident=LABEL)
    for folder in _FOLDERS:
        image.add_directory(f"/{folder.upper()}", rr_name=folder, joliet_path=f"/{folder}")
        image.add_directory(f"/{folder.upper()}/LATEST", rr_name="latest", joliet_path=f"/{folder}/latest")
    # ISO 9660 knows no lower case and no hyphens: guests see the Rock Ridge or Joliet names.
    for folder, plain, name, data in (
        ("ec2", "USERDATA.;1", "user-data", content),
        ("ec2", "METADATA.JSO;1", "meta-data.json", meta),
        ("openstack", "USERDATA.;1", "user_data", content),
        ("openstack", "METADATA.JSO;1", "meta_data.json", meta),
    ):
        image.add_fp(
            io.BytesIO(data),
            len(data),
            f"/{folder.upper()}/LATEST/{plain}",
            rr_name=name,
            joliet_path=f"/{folder}/latest/{name}",
        )
    out = io.BytesIO()
    image.write_fp(out)
    image.close()
    files.write_private(path, out.getvalue())
