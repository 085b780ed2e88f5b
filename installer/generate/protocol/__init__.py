"""What follows from the protocol's table: modules of the host, scripts, types, tables of documents.

Each module but table.py is a product; see host/cvmwebapi/protocol/README.md for what the table says.
"""
