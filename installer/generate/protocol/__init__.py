"""What follows from ``protocol/protocol.json``: modules of the host, scripts, types, tables of documents.

Each module but table.py is a product; see protocol/README.md for what the table says.
"""
