"""A VMCP endpoint with FastAPI: SITE_KEY=site-key.pem uvicorn fastapi_site:app --port 8081"""

from __future__ import annotations

import os

from cvmwebapi import website
from fastapi import FastAPI, Request, Response

KEY = website.load_key(os.environ["SITE_KEY"])
MACHINE = {"name": "example", "cpus": 1, "memory": 1024, "disk": 10240, "flags": 1, "userData": "[amiconfig]\n"}

app = FastAPI()


# Not async: signing takes a millisecond of CPU, and FastAPI then calls us in a thread.
@app.get("/vmcp")
def vmcp(request: Request) -> Response:
    query = dict(request.query_params)
    secret = website.computer_secret(query, KEY)
    signed = website.answer({**MACHINE, "secret": secret}, query, KEY)
    return Response(signed.body, signed.status, signed.headers)
