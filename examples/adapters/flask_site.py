"""A VMCP endpoint with Flask: SITE_KEY=site-key.pem flask --app flask_site run --port 8081"""

from __future__ import annotations

import os

from cvmwebapi import website
from flask import Flask, Response, request

KEY = website.load_key(os.environ["SITE_KEY"])
MACHINE = {"name": "example", "cpus": 1, "memory": 1024, "disk": 10240, "flags": 1, "userData": "[amiconfig]\n"}

app = Flask(__name__)


@app.get("/vmcp")
def vmcp() -> Response:
    query = request.args.to_dict(flat=False)
    secret = website.computer_secret(query, KEY)
    signed = website.answer({**MACHINE, "secret": secret}, query, KEY)
    return Response(signed.body, signed.status, signed.headers)
