"""Change what the user decided about a website."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.ledger.rows import Decision, SiteDecision
from cvmwebapi.texts.phrase import detail

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import Nothing, SetSiteParams


def run(request: Request[SetSiteParams]) -> Nothing:
    """``decision``: ``never``, or empty: ask again for each machine; ``always`` is kept where it is, for only the
    confirmation window shows what it would allow. Raises ``CVMError("badValue")``.
    """
    domain, decision, ledger = request.domain(), request.params["decision"], request.sessions.ledger
    present = ledger.site(domain)
    if decision == "never":
        ledger.decide(SiteDecision(domain, Decision.NEVER, time.time()))
    elif decision == "":
        ledger.revoke(domain)
    elif decision != "always" or present is None or present.decision is not Decision.ALWAYS:
        raise CVMError("badValue", name="decision", detail=detail("oneOf", values='"never", ""'))
    return {}
