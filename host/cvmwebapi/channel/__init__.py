"""The application channel: HTTP between a page and the application in its own session's machine."""
