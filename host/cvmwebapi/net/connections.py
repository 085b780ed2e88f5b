"""Connections that another thread can cut, and that know whom they reached.

``requests`` bounds each wait for a byte, not their sum: a server that sends one byte a second holds it for ever. So
document.py runs a request in a thread and cuts its sockets when the time is up.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from cvmwebapi.net import names
from cvmwebapi.net.spaces import Space, space_of


class TooNear(Exception):
    """The way leads from the internet into a local network, or from there to this computer. No ``OSError``: those are
    taken for bad luck.
    """


class Guard:
    """The sockets of one request, over all its redirects."""

    def __init__(self, nearest: Space = Space.COMPUTER) -> None:
        """``nearest``: see ``names.page_space``; by default anything, for addresses that no page has named."""
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self.was_cut = False
        self._nearest = nearest
        self.proxied = False
        """Set when the next connection goes to a proxy, whose own address says nothing about the server's."""

    def check_proxied(self, host: str) -> None:
        """Raises ``TooNear`` when a proxy must not be asked for ``host``."""
        if not names.may_ask(host, self._nearest):
            raise TooNear

    def allowed(self, host: str, addresses: list[str]) -> list[str]:
        """Those addresses of ``host`` that may be connected to. Raises ``TooNear`` when none is left."""
        found = [address for address in addresses if self._space(host, address) >= self._nearest]
        if not found:
            raise TooNear
        return found

    def admit(self, host: str, connection: socket.socket) -> socket.socket:
        """Take note of a new connection; closes it and raises when it must not be used.

        The address is that of the socket, not a second look-up of the name, which might give another answer. From it,
        no redirect leads to a nearer one.
        """
        try:
            if not self.proxied:
                peer = connection.getpeername()[0]
                self.allowed(host, [peer])
                self._nearest = max(self._nearest, self._space(host, peer))
            with self._lock:
                if self.was_cut:
                    raise ConnectionAbortedError("cut")
                # A duplicate: TLS takes the original over, and its file descriptor with it.
                self._sockets.append(connection.dup())
        except BaseException:
            connection.close()
            raise
        return connection

    @staticmethod
    def _space(host: str, address: str) -> Space:
        return space_of(address, named=not names.literal(host))

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


def _connected(connection: HTTPConnection, guard: Guard) -> socket.socket:
    """As ``urllib3`` connects, but each address is judged before a packet is sent to it."""
    host, port = connection.host.strip("[]"), connection.port or connection.default_port
    try:
        addresses = names.addresses_of(host, port)
    except socket.gaierror as error:
        raise NameResolutionError(host, connection, error) from error
    fault: OSError = OSError("no address")
    for address in guard.allowed(host, addresses):
        try:
            found = create_connection(
                (address, port), connection.timeout, connection.source_address, connection.socket_options
            )
        except OSError as error:
            fault = error
        else:
            return guard.admit(host, found)
    if isinstance(fault, socket.timeout):
        raise ConnectTimeoutError(connection, f"{host} did not answer in time") from fault
    raise NewConnectionError(connection, f"no connection to {host}: {fault}") from fault


def _pools(guard: Guard) -> dict[str, object]:
    # _new_conn is where urllib3 opens the plain socket, before TLS: the handshake has to be within reach of cut() too.
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return guard.admit("", super()._new_conn()) if guard.proxied else _connected(self, guard)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return guard.admit("", super()._new_conn()) if guard.proxied else _connected(self, guard)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
