"""The server side of VMCP, for project websites: sign the description of a machine for one request.

    from cvmwebapi import website

    key = website.load_key("site-key.pem")
    response = website.answer({"name": "my-machine", "secret": "…", "memory": 1024}, query, key)

Needs ``cryptography`` alone; nothing of the native messaging host is loaded.
"""

from cvmwebapi.vmcp.canonical import Unsignable, signed_text
from cvmwebapi.website.answer import Query, Response, answer, computer_secret
from cvmwebapi.website.keys import (
    PrivateKey,
    generate_key,
    keystore_line,
    load_key,
    private_pem,
    public_pem,
)
from cvmwebapi.website.keystore import keystore_list, sign_keystore, snapshot
from cvmwebapi.website.published import published_key, rotation_statement
from cvmwebapi.website.signing import sign

__all__ = [
    "PrivateKey",
    "Query",
    "Response",
    "Unsignable",
    "answer",
    "computer_secret",
    "generate_key",
    "keystore_line",
    "keystore_list",
    "load_key",
    "private_pem",
    "public_pem",
    "published_key",
    "rotation_statement",
    "sign",
    "sign_keystore",
    "signed_text",
    "snapshot",
]
