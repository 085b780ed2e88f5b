"""Unpacks a stream while it arrives, in a thread of its own: the network, the checksum and the unpacking go on at once.

What comes out is bounded, whatever the packed bytes claim; blocks of zeros become holes of the file.
"""

from __future__ import annotations

import contextlib
import lzma
import queue
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.codes import DetailCode
from cvmwebapi.texts.phrase import Fault

_PIECE = 1024 * 1024
"""Bytes that are unpacked at once."""
_WAITING = 32
"""Chunks that may wait to be unpacked."""
_BLOCK = 64 * 1024
_ZEROS = bytes(_BLOCK)
_ROOM_EVERY = 64 * 1024 * 1024
_XZ_MEMORY = 128 * 1024 * 1024
"""Bytes for the dictionary: `xz -9` needs 65 MB."""

_MAGIC = {"gzip": b"\x1f\x8b\x08", "xz": b"\xfd7zXZ\0"}
HEAD = 6
"""Bytes that tell how a file is packed."""


def packing(head: bytes) -> str:
    """``gzip``, ``xz``, or nothing for a file that is not packed; ``head`` is its first ``HEAD`` bytes."""
    return next((name for name, magic in _MAGIC.items() if head.startswith(magic)), "")


class BadPacking(Fault):
    """The stream can't be unpacked."""


class _Stream(Protocol):
    def unpack(self, data: bytes) -> Iterator[bytes]: ...

    @property
    def ended(self) -> bool: ...


class _Gzip:
    """One or several members, as `gzip` and `pigz` write them."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(31)
        self._begun = False

    def unpack(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._member.eof:
                data = data.lstrip(b"\0")
                if not data:
                    return
                self._member = zlib.decompressobj(31)
            self._begun = True
            piece = self._member.decompress(data, _PIECE)
            while piece:
                yield piece
                piece = b"" if self._member.eof else self._member.decompress(self._member.unconsumed_tail, _PIECE)
            data = self._member.unused_data

    @property
    def ended(self) -> bool:
        return self._begun and self._member.eof


class _Xz:
    def __init__(self) -> None:
        self._stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def unpack(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream.eof:
                data = data.lstrip(b"\0")
                if not data:
                    return
                self._stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
            piece = self._stream.decompress(data, _PIECE)
            while piece or not (self._stream.needs_input or self._stream.eof):
                yield piece
                piece = b"" if self._stream.eof else self._stream.decompress(b"", _PIECE)
            data = self._stream.unused_data if self._stream.eof else b""

    @property
    def ended(self) -> bool:
        return self._stream.eof


class Unpacker:
    """Writes what it is fed, unpacked, to ``target``; ``limit`` is in bytes.

    ``room`` is called now and then, and raises ``CVMError("diskFull")`` when there is too little left.
    """

    def __init__(self, packed_by: str, target: Path, limit: int, room: Callable[[], None]) -> None:
        self._stream: _Stream = _Gzip() if packed_by == "gzip" else _Xz()
        self._target = target
        self._limit = limit
        self._room = room
        self._chunks: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._refused: CVMError | None = None
        self._damage: DetailCode | None = None
        self._size = 0
        self._thread = threading.Thread(target=self._run, name="unpack", daemon=True)
        self._thread.start()

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk. Raises ``CVMError``: ``imageTooLarge``, ``diskFull``."""
        if self._refused:
            raise self._refused
        self._chunks.put(chunk)

    def finish(self) -> None:
        """Wait until all is written. Raises ``BadPacking``, and as ``feed``."""
        self._end()
        if self._refused:
            raise self._refused
        if self._damage:
            raise BadPacking(self._damage)

    def abandon(self) -> None:
        """Forget it all."""
        self._refused = self._refused or CVMError("cancelled")
        self._end()
        self._target.unlink(missing_ok=True)

    def _end(self) -> None:
        self._chunks.put(None)
        self._thread.join()

    def _run(self) -> None:
        with contextlib.ExitStack() as files:
            try:
                file = files.enter_context(self._target.open("wb"))
                self._target.chmod(0o600)
                while (chunk := self._chunks.get()) is not None:
                    for piece in self._stream.unpack(chunk):
                        self._write(file, piece)
                file.truncate(self._size)
                if not self._stream.ended:
                    self._damage = "endMissing"
                return
            except CVMError as error:
                self._refused = error
            except (zlib.error, lzma.LZMAError, EOFError):
                # Perhaps only the bytes are wrong: then the checksum says so, and that is the better error.
                self._damage = "cantUnpack"
            except OSError as error:
                self._refused = self._why_not_written(error)
        while self._chunks.get() is not None:
            """Whoever feeds must not wait for ever."""

    def _write(self, file: BinaryIO, piece: bytes) -> None:
        if self._refused:
            raise self._refused
        before = self._size
        self._size += len(piece)
        if self._size > self._limit:
            raise CVMError("imageTooLarge", limit=self._limit // 2**20)
        if before // _ROOM_EVERY != self._size // _ROOM_EVERY:
            self._room()
        for start in range(0, len(piece), _BLOCK):
            block = piece[start : start + _BLOCK]
            if block == _ZEROS:
                file.seek(_BLOCK, 1)
            else:
                file.write(block)

    def _why_not_written(self, error: OSError) -> CVMError:
        try:
            self._room()
        except CVMError as full:
            return full
        return CVMError("diskFull", needed=1, free=0, folder=f"{self._target.parent} ({error.strerror})")
