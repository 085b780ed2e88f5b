"""What the ledger holds, one class a table: their fields are its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from cvmwebapi.sessions.ledger.resources import NOTHING, Resources
from cvmwebapi.vmcp.description import MachineDescription


class Stage(Enum):
    """What a kill at any moment leaves behind."""

    NONE = "none"
    """No machine."""
    CREATING = "creating"
    """Half of one: to be removed."""
    MADE = "made"
    """A whole one."""
    DESTROYING = "destroying"
    """Half of one: to be removed."""


HALF_DONE = (Stage.CREATING, Stage.DESTROYING)


class Decision(Enum):
    """About a website, for all its machines."""

    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True)
class Given:
    """What a machine was last given of what may change; ``memory`` in MB, ``execution_cap`` in percent."""

    cpus: int
    memory: int
    execution_cap: int
    api_port: int


@dataclass(frozen=True)
class SessionRow:
    """One session."""

    id: str
    domain: str
    name: str
    secret: bytes
    """Salt and hash (``admission.secrets``)."""
    vm: str
    """UUID of its machine, chosen before the machine is made."""
    description: MachineDescription
    agreed: Resources
    """Up to which the user is not asked again (``consent.Yes``)."""
    granted: Resources
    """What its machine is given at most."""
    created: float
    trust: str = "listed"
    """The kind of trust (``keystore.Trust.kind``) that the site had when the user agreed."""
    origin: str = ""
    """Origin of the page that opened it last; empty in rows of early versions."""
    stage: Stage = Stage.NONE
    port: int = 0
    """On this computer, to the application in the machine; 0: none is promised."""
    iso: str = ""
    """What its machine boots from."""
    context: str = ""
    """SHA-256 of the user data on the context medium."""
    hardware: Given | None = None
    release: str = ""
    """The version that ``latest`` was when its machine was first made; empty before."""
    vals: Mapping[str, str] = field(default_factory=dict)
    """The page's values for the macros of the user data."""
    properties: Mapping[str, str] = field(default_factory=dict)
    """The site's own."""


@dataclass(frozen=True)
class SiteDecision:
    """What the user decided about a website, once for all its machines."""

    domain: str
    decision: Decision
    since: float
    trust: str = ""
    agreed: Resources = NOTHING
    granted: Resources = NOTHING
