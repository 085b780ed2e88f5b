"""Requests to servers of strangers: which addresses, over which connections, bounded in size and time."""
