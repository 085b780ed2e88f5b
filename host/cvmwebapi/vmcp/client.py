"""From the URL that a page named to a machine that its domain vouches for, in the order of checks of docs/vmcp.md."""

from __future__ import annotations

from dataclasses import dataclass

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.net import addresses, document, names
from cvmwebapi.net.spaces import Space
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import detail, why
from cvmwebapi.vmcp import description, host_id, keystore, salt, signature, strict_json, trust


@dataclass(frozen=True)
class VerifiedMachine:
    """A machine, and why we believe that the page's domain described it for this very request."""

    machine: description.SignedDescription
    trust: keystore.Trust


def request_description(
    url: str,
    domain: str,
    settings: Settings,
    *,
    origin: str = "",
    local_id: str | None = None,
    task: Task | None = None,
) -> VerifiedMachine:
    """Ask ``url`` once for a machine, on behalf of a page of ``domain`` (see ``addresses.page_domain``).

    The key is that of the page's domain, never that of the URL: a site may keep its endpoint elsewhere. ``local_id``
    is by default the one of this user account, ``origin`` the page's. May take 30 seconds for each keystore file and
    for the endpoint, and 10 for a published key. Raises ``CVMError``: those of ``trust.find`` and
    ``addresses.checked``, ``vmcpUnreachable``, ``vmcpTooLarge``, ``vmcpNotJson``, then those of
    ``description.check_required``, ``signature.verify`` and ``description.parse``.
    """
    nearest = names.page_space(domain, settings.local_network_sites)
    whose = trust.find(domain, origin, settings, task, nearest)
    nonce = salt.new_salt()
    computer = host_id.host_id(local_id or host_id.local_id(), domain)
    asked = addresses.with_query(url, {"cvm_salt": nonce, "cvm_hostid": computer})
    body = _answer(asked, settings, nearest, task or Task())
    machine = read_answer(body, nonce, whose, addresses.shown_host(url))
    if machine.disk_url:
        addresses.checked(machine.disk_url, settings.legacy_http_domains)
    return VerifiedMachine(machine, whose)


def _answer(url: str, settings: Settings, nearest: Space, task: Task) -> bytes:
    """What the endpoint says. Why it doesn't is for no page to know: it could have us look around in networks."""
    addresses.checked(url, settings.legacy_http_domains)
    try:
        return document.get(url, legacy_http=settings.legacy_http_domains, nearest=nearest, task=task)
    except CVMError as error:
        task.check()
        if error.name == "vmcpTooLarge":
            raise
        host = addresses.shown_host(url)
        raise CVMError("vmcpUnreachable", host=host, detail=detail("endpointFault")) from error


def read_answer(body: bytes, nonce: str, whose: keystore.Trust, host: str) -> description.SignedDescription:
    """Everything after the network: pure. ``nonce`` is the salt of this request, ``host`` only names the sender."""
    try:
        answer = strict_json.parse_object(body)
    except strict_json.BadJson as error:
        raise CVMError("vmcpNotJson", host=host, detail=why(error)) from error
    description.check_required(answer)
    return description.parse(signature.verify(answer, nonce, whose.key, whose.domain, whose.algorithm))
