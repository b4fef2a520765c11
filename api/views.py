"""What every address for partners' programs has in common."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from api.auth import KeyAuthentication
from api.parsers import LimitedJSONParser
from api.permissions import ScopeAllows
from api.throttling import KeyThrottle
from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.partners.models import Partner, PartnerKey


class PartnerView(APIView):
    """Answers to partners' keys only; :attr:`partner` is whose."""

    authentication_classes = (KeyAuthentication,)
    permission_classes = (ScopeAllows,)
    throttle_classes = (KeyThrottle,)
    parser_classes = (LimitedJSONParser,)

    @property
    def key(self) -> PartnerKey:
        if not isinstance(self.request.auth, PartnerKey):
            raise NotAuthenticated
        return self.request.auth

    @property
    def partner(self) -> Partner:
        return self.key.partner

    @property
    def actor(self) -> User:
        return self.key.user


class NoSuchAddress(APIView):
    """Whatever is not described: a problem rather than a page. An address without its slash is not redirected: programs would follow with
    a GET and take its answer for that of their POST."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Refusal(
            "request.not_found",
            Text(
                "このアドレスはありません。アドレスは「/」で終わります。", "There is no such address. Addresses end with a slash."
            ),
            status=404,
        )


def docs(request: HttpRequest) -> HttpResponse:
    """The contract, readable: Swagger with our own copy of its files."""
    return render(request, "api/docs.html")
