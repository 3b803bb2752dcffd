# SPDX-License-Identifier: Apache-2.0
"""Credentials for others: OpenID tokens, TURN servers."""

from ..client import q
from .cast import Cast
from .model import scenario

TOKEN = "POST /_matrix/client/*/user/{user_id}/openid/request_token"
USERINFO = "GET /_matrix/federation/v1/openid/userinfo"
TURN = "GET /_matrix/client/*/voip/turnServer"


@scenario(TOKEN, USERINFO, branch="a token that says who the user is, to whoever shows it")
def proves_who_one_is(cast: Cast) -> None:
    alice, bob, nobody = *cast.users("alice", "bob"), cast.nobody()
    path = f"/user/{q(alice.user_id)}/openid/request_token"
    token = alice.post(path).ok()["access_token"]
    info = "/_matrix/federation/v1/openid/userinfo"
    for shown in (token, token, "unknown", "", alice.token):
        nobody.get(info, access_token=shown)
    nobody.get(info)
    bob.post(path)
    nobody.post(path)
    nobody.token = token
    nobody.get("/account/whoami")


@scenario(TURN, branch="a server without any")
def has_no_turn_server(cast: Cast) -> None:
    cast.user("alice").get("/voip/turnServer")
    cast.nobody().get("/voip/turnServer")


@scenario(TURN, branch="one name and password for all", profile="experiments")
def names_a_turn_server(cast: Cast) -> None:
    cast.user("alice").get("/voip/turnServer")
