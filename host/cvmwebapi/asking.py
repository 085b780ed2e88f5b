"""What a user answers to a question. Pure."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# No dataclass: that import costs more than the handshake.
class Answer:
    """What the user said; true for a yes."""

    def __init__(self, yes: bool = False, choice: str = "", resources: dict[str, Any] | None = None) -> None:
        self.yes = yes
        self.choice = choice
        """``once`` or ``always`` with a yes; ``never`` or nothing with a no."""
        self.resources = resources or {}
        """What the user lowered, by name; unchecked unless the asker did."""

    def __bool__(self) -> bool:
        return self.yes
