"""Connections that another thread can cut, and that know whom they reached.

``requests`` bounds each wait for a byte, not their sum: a server that sends one byte a second holds it for ever. So
document.py runs a request in a thread and cuts its sockets when the time is up.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class ForbiddenPeer(Exception):
    """A redirect led from a public address into a private network. No ``OSError``: those are taken for bad luck."""


class Guard:
    """The sockets of one request, over all its redirects."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self.was_cut = False
        self._was_public = False
        self.proxied = False
        """Set when the next connection goes to a proxy, whose own address says nothing about the server's."""

    def admit(self, connection: socket.socket) -> socket.socket:
        """Take note of a new connection; closes it and raises when it must not be used.

        The address is that of the socket, not a second look-up of the name, which might give another answer.
        """
        try:
            if not self.proxied:
                public = is_public(connection.getpeername()[0])
                if self._was_public and not public:
                    raise ForbiddenPeer
                self._was_public = public
            with self._lock:
                if self.was_cut:
                    raise ConnectionAbortedError("cut")
                # A duplicate: TLS takes the original over, and its file descriptor with it.
                self._sockets.append(connection.dup())
        except BaseException:
            connection.close()
            raise
        return connection

    def cut(self) -> None:
        """End all traffic at once; whoever waits for a byte gets an error."""
        with self._lock:
            self.was_cut = True
            for item in self._sockets:
                with contextlib.suppress(OSError):
                    item.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Forget the sockets, when the request is over."""
        with self._lock:
            for item in self._sockets:
                item.close()
            self._sockets.clear()


class GuardedAdapter(HTTPAdapter):
    """Makes ``requests`` open its connections under a ``Guard``. It never tries again by itself."""

    def __init__(self, guard: Guard) -> None:
        self._pools = _pools(guard)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = self._pools
        return manager


def is_public(address: str) -> bool:
    """Whether an IP address (perhaps with a zone) is one of the public internet."""
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global


def _pools(guard: Guard) -> dict[str, Any]:
    # _new_conn is where urllib3 opens the plain socket, before TLS: the handshake has to be within reach of cut() too.
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return guard.admit(super()._new_conn())

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return guard.admit(super()._new_conn())

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
