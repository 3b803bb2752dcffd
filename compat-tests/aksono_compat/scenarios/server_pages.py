# SPDX-License-Identifier: Apache-2.0
"""What a server shows to whoever comes by: its front page, its health; and a route of the past."""

from .cast import Cast
from .model import scenario

FRONT = "GET /"
STATIC = "GET /_matrix/static"
PAGE = "GET /_matrix/static/"
HEALTH = "GET /health"
TOKENREFRESH = "POST /_matrix/client/*/tokenrefresh"


@scenario(HEALTH, branch="asked by a load balancer, with and without a query")
def is_well(cast: Cast) -> None:
    nobody = cast.nobody()
    for path in ("/health", "/health?a=b", "/health/", "/healthy"):
        nobody.get(path)
    nobody.post("/health", {})


@scenario(FRONT, STATIC, PAGE, branch="a browser that is sent on to the page of the server")
def shows_its_front(cast: Cast) -> None:
    nobody = cast.nobody()
    for path in ("/", "/_matrix/static", "/_matrix/static/", "/_matrix/static/nothing.css"):
        nobody.get(path)


@scenario(TOKENREFRESH, branch="tokens of before there were refresh tokens")
def refreshes_no_old_tokens(cast: Cast) -> None:
    alice, nobody = cast.user("alice"), cast.nobody()
    alice.post("/tokenrefresh", {"refresh_token": "x"})
    nobody.post("/tokenrefresh", {})
