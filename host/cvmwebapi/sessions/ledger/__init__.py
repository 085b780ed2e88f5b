"""The ledger: every session and machine, written down before it is made. SQLite, one file per user."""
