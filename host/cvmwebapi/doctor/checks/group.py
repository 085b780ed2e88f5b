"""Is the user in the group that VirtualBox wants (Linux)?"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding
from cvmwebapi.doctor.surroundings import Surroundings

_GROUP = "vboxusers"


def look(around: Surroundings) -> Iterator[Finding]:
    """Only where that group is."""
    if around.system != "linux":
        return
    import os
    import pwd

    me = pwd.getpwuid(os.geteuid())
    yield from judge(around.text("/etc/group"), me.pw_name, me.pw_gid, os.getgroups() or [me.pw_gid], os.geteuid())


def judge(groups: str, user: str, primary: int, held: Collection[int], uid: int) -> Iterator[Finding]:
    """``groups`` is /etc/group; ``held`` are the groups of this login, which may be older than that file. Pure."""
    for line in groups.splitlines():
        name, _, rest = line.partition(":")
        if name != _GROUP:
            continue
        fields = rest.split(":")
        if len(fields) < 3 or not fields[1].isdigit():
            return
        number, members = int(fields[1]), fields[2].split(",")
        if uid == 0 or number in held or number == primary:
            yield Finding("groupFine", {"user": user})
        elif user in members:
            yield Finding("groupNotYet", {"user": user})
        else:
            yield Finding("groupMissing", {"user": user}, command=f"sudo usermod -aG {_GROUP} {user}")


CHECK = Check(
    __name__,
    look=look,
    advice={
        "groupFine": Advice("ok"),
        "groupNotYet": Advice("warning"),
        "groupMissing": Advice("warning", waited_for=True),
    },
    may_explain=("driverForbidden",),
)
