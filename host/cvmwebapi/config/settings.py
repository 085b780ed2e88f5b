"""The settings of the host: built-in values, the user's ``settings.json``, and over both the administrator's policy."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from cvmwebapi.config import policy
from cvmwebapi.config.kinds import (
    ADDRESS,
    BOOLEAN,
    ORIGINS,
    SITE,
    SITES,
    TEXT,
    Rule,
    both,
    either,
    lower_cap,
    objects_of,
    one_of,
    only_common,
    setting,
    whole_number,
)
from cvmwebapi.errors import CVMError
from cvmwebapi.system import files, paths
from cvmwebapi.texts.phrase import Fault, why


@dataclass(frozen=True)
class Keystore:
    """A signed list of domains: ``url`` is the folder of its two files, ``root_key`` a PEM or base64 DER."""

    url: str
    root_key: str


@dataclass(frozen=True)
class Approval:
    """A ``site`` (as in sites.py) that needs no question up to these amounts (MB); 0: not at all, or none."""

    site: str
    cpus: int = 1
    memory: int = 2048
    disk: int = 20480


_CPUS, _MEGABYTES = whole_number(0, 1024), whole_number(0, 16 * 1024 * 1024)
_KEYSTORES = objects_of(Keystore, {"url": ADDRESS, "root_key": TEXT}, ("url", "root_key"))
_APPROVALS = objects_of(
    Approval, {"site": SITE, "cpus": _CPUS, "memory": _MEGABYTES, "disk": _MEGABYTES}, required=("site",)
)


@dataclass(frozen=True)
class Settings:
    """What can be set; each field's name in ``settings.json`` and in a policy is the same."""

    allowed_sites: tuple[str, ...] | None = setting(None, SITES, only_common)
    """Websites that may run machines: example.org (that host alone), *.example.org (the hosts below it). If it is not
    set, every trusted website may; if it is empty, none."""
    blocked_sites: tuple[str, ...] = setting((), SITES, either)
    """Websites that may not, whatever else is said about them."""
    auto_approved_sites: tuple[Approval, ...] = setting((), _APPROVALS)
    """Websites about which the user is not asked, up to these amounts (memory and disk in MB)."""
    allowed_frame_origins: tuple[str, ...] = setting((), ORIGINS, policy_only=True)
    """Origins (https://…) that may use machines even inside a frame of another website. Both the browser's policy and
    the program's have to name them."""
    max_cpus: int = setting(0, _CPUS, lower_cap)
    """Most virtual CPUs of one machine; 0: no limit."""
    max_memory: int = setting(0, _MEGABYTES, lower_cap)
    """Most MB of memory of one machine; 0: no limit."""
    max_disk: int = setting(0, _MEGABYTES, lower_cap)
    """Most MB of disk of one machine; 0: no limit."""
    total_cpus: int = setting(0, _CPUS, lower_cap)
    """Most virtual CPUs of all running machines together; 0: no limit."""
    total_memory: int = setting(0, _MEGABYTES, lower_cap)
    """Most MB of memory of all running machines together; 0: no limit."""
    total_disk: int = setting(0, _MEGABYTES, lower_cap)
    """Most MB of disk of all machines together; 0: no limit."""
    min_free_disk: int = setting(1024, _MEGABYTES, max)
    """MB of disk that are always left free."""
    max_image: int = setting(20_480, whole_number(1, 16 * 1024 * 1024), min)
    """MB that a website's boot disk may have once it is unpacked."""
    cache_max_mb: int = setting(20_480, _MEGABYTES, min)
    """MB of boot images that are kept for machines to come; those in use don't count."""
    cache_max_days: int = setting(90, whole_number(0, 36_500), min)
    """Days after which an image that no machine uses is deleted."""
    keystores: tuple[Keystore, ...] = setting((), _KEYSTORES)
    """Signed lists of trusted websites, used instead of the built-in one."""
    self_published_keys: bool = setting(True, BOOLEAN, both)
    """Whether websites that are in no list may vouch for themselves."""
    legacy_http_domains: tuple[str, ...] = setting((), SITES)
    """Domains whose VMCP endpoint may be plain http, although it is not on this computer."""
    local_network_sites: tuple[str, ...] = setting((), SITES)
    """Websites that lie in the local network by names of the internet (vm.example.org → 10.1.2.3): what they name may
    lie there, too."""
    releases: str = setting("https://cernvm.cern.ch/releases", ADDRESS)
    """The root of the boot images, or of a mirror of them. Over plain http, a keystore has to sign its checksums."""
    hypervisor_installation: bool = setting(True, BOOLEAN, both)
    """Whether the program may offer to install VirtualBox, and may ask users to remove what stands in a website's
    way."""
    on_browser_close: str = setting("keep", one_of("keep", "save", "poweroff"))
    """What happens to running machines when the browser is closed."""
    telemetry: str = setting("none", one_of("none"))
    """There is none: no other value exists. Here so that a policy can say so and an audit can find it."""
    vboxmanage: str = setting("", TEXT)
    """The path of VBoxManage. If it is empty, the program looks for it."""


@dataclass(frozen=True)
class Effective:
    """What holds on this computer for this user."""

    settings: Settings
    locked: frozenset[str] = frozenset()
    """Names that the user can't change: a policy has set them."""
    sources: tuple[str, ...] = ()
    """Where policies were found."""


def rules() -> dict[str, Rule]:
    """The rule of each setting, by name."""
    return {item.name: item.metadata["rule"] for item in fields(Settings)}


@lru_cache(maxsize=1)
def descriptions() -> dict[str, str]:
    """What each setting is for: the sentence that stands below it in the class."""
    import ast
    import inspect

    (tree,) = ast.parse(inspect.getsource(Settings)).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for line, below in itertools.pairwise(tree.body):
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and isinstance(below, ast.Expr):
            found[line.target.id] = inspect.cleandoc(str(ast.literal_eval(below.value))).replace("\n", " ")
    return found


def schema() -> dict[str, object]:
    """The schema of settings and policies, of the parts of JSON Schema that Chromium's managed storage knows."""
    properties = {name: {"description": descriptions()[name], **rule.kind.schema} for name, rule in rules().items()}
    return {"type": "object", "properties": properties}


def load(file: Path | None = None) -> Settings:
    """The settings that hold. Raises ``CVMError`` as ``effective``."""
    return effective(file).settings


def effective(file: Path | None = None, policies: Sequence[policy.Source] | None = None) -> Effective:
    """Built-in values < the user's file < policies; of two that disagree the stricter wins.

    Raises ``CVMError``: ``settingsBroken``, ``policyBroken`` when either is no object of known settings. A typing error
    must not silently widen what was meant to be narrow, so nothing works until it is corrected.
    """
    file = file or paths.settings_file()
    user = _read_user(file)
    found = policy.find({name: rule.kind for name, rule in rules().items()}) if policies is None else policies
    layers = []
    for source in found:
        try:
            layers.append(checked(source.values))
        except ValueError as error:
            raise CVMError("policyBroken", file=source.name, detail=why(error)) from error
    return Effective(
        merged(user, layers),
        frozenset(name for layer in layers for name, value in layer.items() if rules()[name].locks(value)),
        tuple(source.name for source in found),
    )


def _read_user(file: Path) -> dict[str, object]:
    try:
        return checked(json.loads(file.read_bytes()))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CVMError("settingsBroken", file=str(file), detail=why(error)) from error


def parse(raw: Any) -> Settings:
    """Check a decoded ``settings.json``; raises ``ValueError`` with the first thing that is wrong."""
    return Settings(**checked(raw))


def checked(raw: Any) -> dict[str, Any]:
    """The values of a decoded settings or policy file; raises ``ValueError`` with the first thing that is wrong."""
    if not isinstance(raw, dict):
        raise Fault("notObject")
    known = rules()
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in known:
            raise Fault("noSuchSetting", name=repr(name))
        try:
            values[name] = known[name].kind.check(value)
        except Fault as error:
            raise Fault("about", name=name, reason=error.phrase) from error
    return values


def merged(user: Mapping[str, Any], policies: Sequence[Mapping[str, Any]]) -> Settings:
    """Checked values of the user and of policies, the weightiest first. Pure."""
    values = dict(user)
    for name, rule in rules().items():
        if rule.policy_only:
            values.pop(name, None)
        ruled = [layer[name] for layer in policies if name in layer]
        if rule.stricter is None:
            # The weightiest policy's word stands.
            if ruled:
                values[name] = ruled[0]
        else:
            for value in ruled:
                values[name] = rule.stricter(values[name], value) if name in values else value
    return Settings(**values)


def to_json(settings: Settings) -> dict[str, object]:
    """The settings as ``settings.json`` would hold them; what is not set is left out."""
    return {name: value for name, value in asdict(settings).items() if value is not None}


def change(values: Mapping[str, Any], file: Path | None = None) -> Effective:
    """Write ``values`` into the user's settings; ``None`` takes one back to its default.

    Raises ``CVMError``: ``settingsBroken`` for a file that is broken already, ``settingLocked`` for what a policy has
    set, ``badValue`` for what no setting takes. Nothing is written then.
    """
    file = file or paths.settings_file()
    locked = effective(file).locked
    for name in values:
        if name in locked:
            raise CVMError("settingLocked", name=name)
    present = json.loads(file.read_bytes()) if file.exists() else {}
    wanted = {name: value for name, value in {**present, **values}.items() if value is not None}
    try:
        checked(wanted)
    except ValueError as error:
        raise CVMError("badValue", name="settings", detail=why(error)) from error
    files.write_private(file, json.dumps(wanted, indent=2).encode())
    return effective(file)
