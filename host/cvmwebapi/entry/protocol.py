"""What host and extension agree on: version, capabilities, limits. See docs/protocol.md."""

PROTOCOL = 1
CAPABILITIES = ("sessions", "properties", "settings", "reopen", "fetch", "screen")

MAX_INWARD = 4 * 1024 * 1024
"""Bytes of one frame from the browser."""
MAX_OUTWARD = 1024 * 1024
"""Bytes of one frame to the browser: browsers close the port beyond (native messaging)."""
MAX_DEPTH = 32
MAX_IN_FLIGHT = 256
"""Requests of all pages together; the extension allows each page 64."""
MAX_FETCHES = 256
"""Of these to applications, which don't count there."""
