"""The host's log of unexpected failures: for bug reports, bounded in size, never with secrets."""

from __future__ import annotations


def record(error: BaseException) -> str:
    """Write the trace of ``error``; returns the path of the log, or a word when it can't be written."""
    return note("unexpected failure", error)


def note(what: str, error: BaseException | None = None) -> str:
    """Write what has happened, with the trace of its ``error``; returns as ``record`` does."""
    import logging
    from logging.handlers import RotatingFileHandler

    from cvmwebapi.system import paths

    logger = logging.getLogger("cvmwebapi")
    try:
        file = paths.log_folder() / "host.log"
        if not logger.handlers:
            handler = RotatingFileHandler(file, maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True)
            handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(threadName)s %(message)s"))
            logger.addHandler(handler)
            logger.propagate = False
        logger.error("%s", what, exc_info=error)
    except OSError:
        return "(no log could be written)"
    return str(file)
