"""A VMCP endpoint with Django, in one file: SITE_KEY=site-key.pem python django_site.py runserver 8081"""

from __future__ import annotations

import os
import sys

from cvmwebapi import website
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.urls import path

# A project of several files has these in its settings.py, and the rest in views.py and urls.py.
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1", "localhost"])

KEY = website.load_key(os.environ["SITE_KEY"])
MACHINE = {"name": "example", "cpus": 1, "memory": 1024, "disk": 10240, "flags": 1, "userData": "[amiconfig]\n"}


def vmcp(request: HttpRequest) -> HttpResponse:
    query = dict(request.GET.lists())
    secret = website.computer_secret(query, KEY)
    signed = website.answer({**MACHINE, "secret": secret}, query, KEY)
    return HttpResponse(signed.body, status=signed.status, headers=signed.headers)


urlpatterns = [path("vmcp", vmcp)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
