# SPDX-License-Identifier: Apache-2.0
"""Real traffic with a canary in each field that holds a secret, or what people say."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any
from urllib.parse import quote

from ..client import Client, q
from ..config import SHARED_SECRET
from .canaries import Nest

ADMIN = "/_synapse/admin"
UNSTABLE = "/_matrix/client/unstable"


class Traffic:
    """Everything that people do, with a canary in each field that holds what they say."""

    def __init__(self, url: str, direct: str, nest: Nest) -> None:
        self.nest = nest
        self.alice, self.bob, self.admin = Client(url), Client(url), Client(direct)
        self.anyone = Client(url)
        self.room = ""
        self.event = ""
        self.tag = secrets.token_hex(4)

    def send_all(self) -> None:
        self.accounts()
        self.rooms()
        self.messages()
        self.reading()
        self.devices()
        self.backups()
        self.to_device()
        self.personal()
        self.threepids()
        self.media()
        self.federation()
        self.administration()
        self.oddities()
        self.farewell()

    def accounts(self) -> None:
        nest, name = self.nest, f"alice{self.tag}"
        password = nest.secret("register.password")
        headers = {
            "User-Agent": nest.secret("User-Agent"),
            "X-Forwarded-For": "203.0.113.77",
            "Cookie": f"session={nest.secret('Cookie')}; x={nest.secret('Cookie 2')}",
            "Referer": nest.secret("Referer", "https://x.example/{}"),
            "Origin": nest.secret("Origin", "https://{}.example"),
            "X-Custom": nest.secret("X-Custom"),
        }
        content: dict[str, Any] = {
            "username": name,
            "password": password,
            "initial_device_display_name": nest.content("initial_device_display_name"),
            "refresh_token": True,
        }
        uia = self.anyone.request("POST", "/register", content, headers=headers).json
        nest.made("UIA session", uia["session"])
        content["auth"] = {"type": "m.login.dummy", "session": uia["session"]}
        content["auth"]["unknown"] = nest.secret("auth.unknown")
        done = self.anyone.request("POST", "/register", content, headers=headers).ok()
        nest.made("register.access_token", done["access_token"])
        nest.made("register.refresh_token", done["refresh_token"])
        self.alice.token, self.alice.user_id = done["access_token"], done["user_id"]
        renewed = self.anyone.post("/refresh", {"refresh_token": done["refresh_token"]}).ok()
        nest.made("refresh.access_token", renewed["access_token"])
        nest.made("refresh.refresh_token", renewed["refresh_token"])
        self.anyone.post("/refresh", {"refresh_token": nest.secret("refresh.unknown")})
        self.password = password
        self.alice.login(name, password, device_id=f"DEV{self.tag}")
        nest.made("login.access_token", self.alice.token)
        self.bob.register(f"bob{self.tag}", nest.secret("bob.password"))
        nest.made("bob.access_token", self.bob.token)
        guest = self.anyone.post("/register?kind=guest").ok()
        nest.made("guest.access_token", guest["access_token"])
        self.guest = guest["user_id"]
        Client(self.anyone.url, guest["access_token"]).get("/account/whoami")
        self._failed_logins(name)

    def _failed_logins(self, name: str) -> None:
        nest, post = self.nest, self.anyone.post
        post("/login", {"type": "m.login.password", "user": name, "password": nest.secret("old")})
        mail = nest.secret("identifier.address", "{}@mail.example.org")
        email = {"type": "m.id.thirdparty", "medium": "email", "address": mail}
        post("/login", {"type": "m.login.password", "identifier": email, "password": "short"})
        phone = {"type": "m.id.phone", "country": "GB", "phone": nest.secret("phone")}
        post("/login", {"type": "m.login.password", "identifier": phone, "password": "short"})
        by_mail = {"type": "m.id.user", "user": nest.secret("user", "{}@mail.example.org")}
        post("/login", {"type": "m.login.password", "identifier": by_mail, "password": "short"})
        post("/login", {"type": "m.login.token", "token": nest.secret("login.token")})
        post("/login", {"type": "org.matrix.login.jwt", "token": nest.secret("login.jwt")})
        made = self.alice.post("/login/get_token", {}).json
        if made and made.get("session"):
            nest.made("get_token.session", made["session"])
        token = nest.secret("query.access_token")
        self.anyone.get("/account/whoami", access_token=token)
        self.anyone.get("/sync", access_token=self.alice.token)
        for value in ("Bearer {}", "Basic {}", "Digest x={}", "{}", "Bearer  {} y"):
            header = nest.secret(f"Authorization: {value}", value)
            self.anyone.request("GET", "/account/whoami", headers={"Authorization": header})

    def rooms(self) -> None:
        nest = self.nest
        threepid = {
            "id_server": "id.example",
            "id_access_token": nest.secret("id_access_token"),
            "medium": "email",
            "address": nest.secret("invite_3pid", "{}@mail.example.org"),
        }
        content = {
            "name": nest.content("createRoom.name"),
            "topic": nest.content("createRoom.topic", 'ünï "{}" \\ \n'),
            "preset": "public_chat",
            "room_alias_name": f"room{self.tag}",
            "initial_state": [
                {
                    "type": "org.example.custom",
                    "state_key": "k",
                    "content": {nest.content("state key name"): nest.content("initial_state")},
                }
            ],
            "creation_content": {"org.example.why": nest.content("creation_content")},
        }
        self.alice.post("/createRoom", {**content, "invite_3pid": [threepid]})
        content["room_alias_name"] = f"main{self.tag}"
        self.room = self.alice.post("/createRoom", content).ok()["room_id"]
        self.bob.post(f"/join/{q(f'#main{self.tag}:test.local')}", {"reason": nest.content("join")})
        room = f"/rooms/{q(self.room)}"
        topic = {"topic": nest.content("state.topic"), "m.topic": {"m.text": [
            {"body": nest.content("m.topic"), "mimetype": "text/plain"}]}}  # fmt: skip
        self.alice.put(f"{room}/state/m.room.topic/", topic).ok()
        deep = {"deep": [{"a": {"b": [nest.content("deep list")]}}],
                "url": nest.content("url", "https://{}.example/x")}  # fmt: skip
        self.alice.put(f"{room}/state/org.example.secret/x", deep).ok()
        self.alice.put(f"{room}/state/m.room.server_acl/", {"allow": ["*"], "deny": []})
        self.alice.get(f"{room}/state/org.example.secret/x").ok()
        self.alice.get(f"{room}/state").ok()

    def messages(self) -> None:
        nest, say = self.nest, self.alice.say
        plain = nest.content("message.body")
        self.event = say(self.room, plain)
        self.plain = plain
        say(
            self.room,
            nest.content("unicode body", "кана́рейка «{}» \u2028 \\\" ' \ud83d\ude00 </script>"),
            format="org.matrix.custom.html",
            formatted_body=nest.content("formatted_body", "<b>{}</b>"),
            unknown={nest.content("unknown key"): {"x": nest.content("unknown value")}},
            **{"m.mentions": {"user_ids": [self.bob.user_id]}},
        )
        edit = {"rel_type": "m.replace", "event_id": self.event}
        say(self.room, nest.content("edit.body"), **{
            "m.new_content": {"msgtype": "m.text", "body": nest.content("m.new_content")},
            "m.relates_to": edit})  # fmt: skip
        reaction = {"rel_type": "m.annotation", "event_id": self.event}
        content = {"m.relates_to": {**reaction, "key": nest.content("reaction")}}
        self.alice.send(self.room, "m.reaction", content).ok()
        encrypted = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "ciphertext": nest.content("ciphertext"),
            "sender_key": nest.secret("sender_key", "{}" + "A" * 21),
            "session_id": nest.secret("session_id", "{}" + "B" * 21),
            "device_id": f"DEV{self.tag}",
        }
        self.alice.send(self.room, "m.room.encrypted", encrypted).ok()
        place = {"msgtype": "m.location", "body": "x", "geo_uri": nest.content("geo", "geo:1,2;{}")}
        self.alice.send(self.room, "m.room.message", place).ok()
        picture = {"msgtype": "m.file", "body": nest.content("file.body"), "file": {
            "url": "mxc://test.local/abc", "iv": nest.secret("file.iv"), "v": "v2",
            "key": {"k": nest.secret("file.key.k"), "alg": "A256CTR", "kty": "oct", "ext": True,
                    "key_ops": ["encrypt"]}, "hashes": {"sha256": nest.content("file.hash")}},
            "filename": nest.content("file.filename"),
            "info": {"mimetype": "image/png", "x": nest.content("info.x")}}  # fmt: skip
        self.alice.send(self.room, "m.room.message", picture).ok()
        say(self.room, nest.content("long body", "{} " + "long " * 500))
        room = f"/rooms/{q(self.room)}"
        self.alice.post(f"{room}/redact/{q(self.event)}", {"reason": nest.content("redact")})
        report = {"reason": nest.content("report"), "score": -1}
        self.bob.post(f"{room}/report/{q(self.event)}", report)
        kick = {"user_id": "@nobody:test.local", "reason": nest.content("kick.reason")}
        self.alice.post(f"{room}/kick", kick)
        delayed = f"{room}/send/m.room.message/d{self.tag}?org.matrix.msc4140.delay=1000"
        self.alice.put(delayed, {"msgtype": "m.text", "body": nest.content("delayed")})

    def reading(self) -> None:
        nest, room = self.nest, f"/rooms/{q(self.room)}"
        for client in (self.alice, self.bob):
            since = client.get("/sync").ok()["next_batch"]
            client.get("/sync", since=since, timeout=0).ok()
        self.bob.get(f"{room}/messages", dir="b", limit=50).ok()
        self.bob.get(f"{room}/context/{q(self.event)}")
        self.bob.get(f"{room}/members").ok()
        self.bob.get(f"{room}/event/{q(self.event)}")
        self.bob.get(f"/_matrix/client/v1/rooms/{q(self.room)}/relations/{q(self.event)}")
        self.bob.get(f"/_matrix/client/v1/rooms/{q(self.room)}/hierarchy")
        events = {"search_term": nest.content("search_term"), "keys": ["content.body"]}
        self.bob.post("/search", {"search_categories": {"room_events": events}})
        body = {"search_term": "long", "event_context": {"before_limit": 1}}
        self.bob.post("/search", {"search_categories": {"room_events": body}}).ok()
        self.bob.post("/user_directory/search", {"search_term": nest.content("directory")})
        public = {"filter": {"generic_search_term": nest.content("publicRooms")}}
        self.bob.post("/publicRooms", public)
        sliding = {"lists": {"a": {"ranges": [[0, 9]], "timeline_limit": 9, "required_state": [
            ["*", "*"]]}}, "extensions": {"to_device": {"enabled": True}}}  # fmt: skip
        path = f"{UNSTABLE}/org.matrix.simplified_msc3575/sync"
        self.bob.post(path, sliding).ok()

    def devices(self) -> None:
        nest, device = self.nest, f"DEV{self.tag}"
        me = self.alice.user_id

        def public(where: str) -> str:
            return nest.secret(where, "{}" + "C" * 21)

        keys = {
            "device_keys": {
                "user_id": me,
                "device_id": device,
                "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
                "keys": {f"curve25519:{device}": public("curve25519"),
                         f"ed25519:{device}": public("ed25519")},
                "signatures": {me: {f"ed25519:{device}": nest.secret("sig", "{}" + "D" * 64)}},
            },
            "one_time_keys": {
                f"signed_curve25519:AAAA{n}": {
                    "key": public(f"otk {n}"),
                    "signatures": {me: {f"ed25519:{device}": nest.secret("otk sig")}},
                }
                for n in range(3)
            },
            "fallback_keys": {"signed_curve25519:FB": {"key": public("fallback"),
                "fallback": True,
                "signatures": {me: {f"ed25519:{device}": nest.secret("fb sig")}}}},
        }  # fmt: skip
        self.alice.post("/keys/upload", keys).ok()
        self.bob.post("/keys/query", {"device_keys": {me: []}}).ok()
        claim = {"one_time_keys": {me: {device: "signed_curve25519"}}}
        self.bob.post("/keys/claim", claim).ok()
        master = public("master key")
        cross = {"master_key": {"user_id": me, "usage": ["master"], "keys": {
            f"ed25519:{master}": master}}}  # fmt: skip
        self.alice.post("/keys/device_signing/upload", cross)
        signed = {me: {device: {"user_id": me, "device_id": device, "signatures": {
            me: {f"ed25519:{master}": nest.secret("signatures/upload")}}}}}  # fmt: skip
        self.alice.post("/keys/signatures/upload", signed)
        self.bob.get("/keys/changes", **{"from": "s0_0", "to": "s9_9"})
        name = {"display_name": nest.content("device display_name")}
        self.alice.put(f"/devices/{device}", name).ok()
        self.alice.get("/devices").ok()
        dehydrated = {"device_id": "X", "device_data": {"algorithm": "a", "x": nest.secret("dh")}}
        self.alice.put(f"{UNSTABLE}/org.matrix.msc3814.v1/dehydrated_device", dehydrated)

    def backups(self) -> None:
        nest = self.nest
        auth = {"public_key": nest.secret("backup key", "{}" + "E" * 21), "signatures": {
            self.alice.user_id: {"ed25519:x": nest.secret("backup signature")}}}  # fmt: skip
        content = {"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": auth}
        version = self.alice.post("/room_keys/version", content).ok()["version"]
        session = nest.secret("room_keys session id", "{}" + "F" * 20)
        data = {name: nest.secret(f"session_data.{name}") for name in ("ciphertext", "mac", "x")}
        key = {"first_message_index": 0, "forwarded_count": 0, "is_verified": True}
        path = f"/room_keys/keys/{q(self.room)}/{session}?version={version}"
        self.alice.put(path, {**key, "session_data": data}).ok()
        self.alice.get(f"/room_keys/keys?version={version}").ok()
        self.alice.get(path).ok()
        other = nest.secret("bulk session id", "{}" + "G" * 20)
        bulk = {"rooms": {self.room: {"sessions": {other: {**key, "session_data": data}}}}}
        self.alice.put(f"/room_keys/keys?version={version}", bulk).ok()
        self.alice.get("/room_keys/version").ok()

    def to_device(self) -> None:
        nest = self.nest
        content = {"algorithm": "m.olm.v1", "sender_key": nest.secret("to-device sender_key"),
            "ciphertext": {nest.secret("to-device key name", "{}" + "H" * 21): {
                "body": nest.secret("to-device body"), "type": 0}},
            "other": nest.secret("to-device other")}  # fmt: skip
        body = {"messages": {self.bob.user_id: {"*": content}}}
        self.alice.put(f"/sendToDevice/m.room.encrypted/td{self.tag}", body).ok()
        custom = {"messages": {self.bob.user_id: {"*": {nest.secret("td key"): nest.secret("td")}}}}
        self.alice.put(f"/sendToDevice/org.example.x/te{self.tag}", custom).ok()
        assert self.bob.get("/sync").ok()["to_device"]["events"]

    def personal(self) -> None:
        nest, me = self.nest, self.alice.user_id
        user = f"/user/{q(me)}"
        name = {"displayname": nest.content("displayname")}
        self.alice.put(f"/profile/{q(me)}/displayname", name).ok()
        self.alice.get(f"/profile/{q(me)}").ok()
        self.bob.get(f"/profile/{q(me)}/displayname").ok()
        self.alice.put(f"/profile/{q(me)}/m.tz", {"m.tz": nest.content("m.tz")})
        data = {nest.content("account data key"): [nest.content("account data")]}
        self.alice.put(f"{user}/account_data/org.example.data", data).ok()
        self.alice.get(f"{user}/account_data/org.example.data").ok()
        key = {"algorithm": "m.secret_storage.v1.aes-hmac-sha2", "iv": nest.secret("ssss iv"),
            "mac": nest.secret("ssss mac"), "name": nest.secret("ssss name"),
            "passphrase": {"algorithm": "m.pbkdf2", "salt": nest.secret("salt"),
                "iterations": 9}}  # fmt: skip
        self.alice.put(f"{user}/account_data/m.secret_storage.key.abc", key).ok()
        self.alice.get(f"{user}/account_data/m.secret_storage.key.abc").ok()
        encrypted = {"encrypted": {"abc": {"iv": nest.secret("xs iv"), "mac": nest.secret("xs mac"),
            "ciphertext": nest.secret("xs ciphertext")}}}  # fmt: skip
        self.alice.put(f"{user}/account_data/m.cross_signing.master", encrypted).ok()
        tag = nest.content("tag", "u.{}")
        self.alice.put(f"{user}/rooms/{q(self.room)}/tags/{tag}", {"order": 0.5}).ok()
        self.alice.get(f"{user}/rooms/{q(self.room)}/tags").ok()
        word = nest.content("push rule word")
        rule = {"pattern": word, "actions": ["notify", {"set_tweak": "sound", "value": "x"}]}
        self.alice.put(f"/pushrules/global/content/{word}", rule).ok()
        self.alice.put(f"/pushrules/global/content/{word}/enabled", {"enabled": False}).ok()
        self.alice.get("/pushrules/").ok()
        self.alice.get("/sync").ok()
        self.alice.put(f"/presence/{q(me)}/status", {"presence": "online",
            "status_msg": nest.content("status_msg")})  # fmt: skip
        pusher = {"kind": "http", "app_id": "org.example", "pushkey": nest.secret("pushkey"),
            "app_display_name": nest.content("app_display_name"), "lang": "en",
            "device_display_name": nest.content("pusher device name"), "data": {
                "url": nest.content("pusher url", "https://{}.example.org/_matrix/push/v1/notify"),
                "format": "event_id_only", "brand": nest.content("pusher data")}}  # fmt: skip
        self.alice.post("/pushers/set", pusher).ok()
        self.alice.get("/pushers").ok()
        openid = self.alice.post(f"{user}/openid/request_token").ok()
        nest.made("openid access_token", openid["access_token"])
        self.anyone.get("/_matrix/federation/v1/openid/userinfo",
                        access_token=openid["access_token"])  # fmt: skip
        self.alice.get("/voip/turnServer")

    def threepids(self) -> None:
        nest = self.nest
        mail = nest.secret("requestToken.email", "{}@mail.example.org")
        ask = {"client_secret": nest.secret("client_secret"), "email": mail, "send_attempt": 1,
               "next_link": nest.content("next_link", "https://x.example/{}")}  # fmt: skip
        self.anyone.post("/register/email/requestToken", ask)
        self.anyone.post("/account/password/email/requestToken", ask)
        self.alice.post("/account/3pid/email/requestToken", ask)
        phone = {**ask, "country": "GB", "phone_number": nest.secret("phone_number")}
        self.alice.post("/account/3pid/msisdn/requestToken", phone)
        add = {"sid": nest.secret("sid"), "client_secret": nest.secret("add.client_secret"),
            "auth": {"type": "m.login.password", "password": nest.secret("uia password"),
                "identifier": {"type": "m.id.user", "user": self.alice.user_id},
                "session": nest.secret("uia session")}}  # fmt: skip
        self.alice.post("/account/3pid/add", add)
        bind = {**ask, "id_server": "id.example", "sid": nest.secret("bind.sid"),
                "id_access_token": nest.secret("bind.id_access_token")}  # fmt: skip
        self.alice.post("/account/3pid/bind", bind)
        delete = {"medium": "email", "address": nest.secret("delete", "{}@mail.example.org")}
        self.alice.post("/account/3pid/delete", delete)
        self.anyone.get("/add_threepid/email/submit_token", token=nest.secret("submit.token"),
                        client_secret=nest.secret("submit.secret"),
                        sid=nest.secret("submit.sid"))  # fmt: skip
        self.anyone.get("/register/m.login.registration_token/validity",
                        token=nest.secret("registration token"))  # fmt: skip
        creds = {"sid": nest.secret("creds.sid"), "client_secret": nest.secret("creds.secret")}
        self.alice.post("/account/password", {"new_password": nest.secret("new_password"), "auth": {
            "type": "m.login.email.identity", "threepid_creds": creds, "session": "x",
            "threepidCreds": creds}})  # fmt: skip
        self.anyone.post("/register", {"username": f"x{self.tag}", "auth": {
            "type": "m.login.recaptcha", "response": nest.secret("recaptcha")}})  # fmt: skip
        self.anyone.get("/login/sso/redirect", redirectUrl=nest.content("r", "https://{}.example/"))

    def media(self) -> None:
        nest = self.nest
        data = nest.secret("media bytes", "text of {} in a file").encode()
        path = "/_matrix/media/v3/upload?filename=" + nest.content("upload filename")
        plain = {"Content-Type": "text/plain"}
        uri = self.alice.request("POST", path, body=data, headers=plain).ok()["content_uri"]
        media = uri.removeprefix("mxc://")
        fetched = self.bob.get(f"/_matrix/client/v1/media/download/{media}")
        assert fetched.body == data
        self.bob.get(f"/_matrix/client/v1/media/download/{media}/{nest.content('file name')}.txt")
        self.bob.get(f"/_matrix/client/v1/media/thumbnail/{media}", width=9, height=9)
        url = nest.content("preview_url", "https://{0}.example/x?y={0}")
        self.bob.get("/_matrix/client/v1/media/preview_url", url=url)
        avatar = {"avatar_url": uri}
        self.alice.put(f"/profile/{q(self.alice.user_id)}/avatar_url", avatar).ok()
        # JSON for media is media all the same.
        more = json.dumps({"type": "m.room.message", "event_id": nest.secret("media json")})
        kind = {"Content-Type": "application/json"}
        self.alice.request("POST", "/_matrix/media/v3/upload", body=more.encode(), headers=kind)

    def federation(self) -> None:
        nest = self.nest
        sign = 'X-Matrix origin="a.example",destination="test.local",key="ed25519:1",sig="{}"'
        key = {"Authorization": nest.secret("X-Matrix sig", sign)}
        loose = {"Authorization": nest.secret("loose sig", "X-Matrix origin=a.example,"
            "key=ed25519:1,sig={}")}  # fmt: skip
        pdu = {"type": "m.room.message", "sender": "@a:a.example", "room_id": self.room,
            "content": {"body": nest.content("pdu body"), "x": nest.content("pdu x")},
            "hashes": {"sha256": nest.content("pdu hash")}, "depth": 9, "auth_events": [],
            "prev_events": [], "origin_server_ts": 9,
            "signatures": {"a.example": {
                "ed25519:1": nest.content("pdu sig", "{}" + "S" * 64)}}}  # fmt: skip
        edus = [
            {"edu_type": "m.direct_to_device", "content": {"sender": "@a:a.example",
                "type": "m.room_key", "message_id": "m1", "messages": {self.bob.user_id: {
                    "*": {"session_key": nest.secret("edu key"), "y": nest.secret("edu y")}}}}},
            {"edu_type": "m.presence", "content": {"push": [{"user_id": "@a:a.example",
                "status_msg": nest.content("edu status_msg"), "presence": "online"}]}},
            {"edu_type": "m.device_list_update", "content": {"user_id": "@a:a.example",
                "device_display_name": nest.content("edu device"), "keys": {"keys": {
                    "ed25519:X": nest.secret("edu ed25519", "{}" + "K" * 21)}}}},
        ]  # fmt: skip
        body = {"origin": "a.example", "origin_server_ts": 1, "pdus": [pdu], "edus": edus}
        send = "/_matrix/federation/v1/send/t1"
        self.anyone.request("PUT", send, body, headers=key)
        self.anyone.request("PUT", send, body, headers=loose)
        event = f"/_matrix/federation/v1/event/{q(self.event)}"
        self.anyone.request("GET", event, headers=key)
        keys = self.anyone.get("/_matrix/key/v2/server").ok()
        for name, made in keys["verify_keys"].items():
            nest.made(f"verify_keys.{name}", made["key"])
        nest.made("server signature", next(iter(keys["signatures"]["test.local"].values())))

    def administration(self) -> None:
        nest = self.nest
        nonce = self.anyone.get(f"{ADMIN}/v1/register").ok()["nonce"]
        name, password = f"root{self.tag}", nest.secret("admin register password")
        signed = "\0".join([nonce, name, password, "admin"]).encode()
        mac = hmac.new(SHARED_SECRET.encode(), signed, hashlib.sha1).hexdigest()
        nest.made("registration mac", mac)
        nest.made("registration nonce", nonce)
        content = {"nonce": nonce, "username": name, "password": password, "admin": True}
        made = self.anyone.post(f"{ADMIN}/v1/register", {**content, "mac": mac}).ok()
        nest.made("admin access_token", made["access_token"])
        root = Client(self.anyone.url, made["access_token"])
        user = f"{ADMIN}/v2/users/{q(f'@made{self.tag}:test.local')}"
        mail = nest.secret("admin threepid", "{}@mail.example.org")
        whole = {"password": nest.secret("admin password"), "displayname": nest.content("admin dn"),
            "threepids": [{"medium": "email", "address": mail},
                {"medium": "msisdn", "address": "447470274584"}],
            "external_ids": [
                {"auth_provider": "oidc", "external_id": nest.content("ext id")}]}  # fmt: skip
        nest.secrets["447470274584"] = "msisdn"
        root.put(user, whole).ok()
        root.get(user).ok()
        root.get(f"{ADMIN}/v1/threepid/email/users/{quote(mail)}").ok()
        root.get(f"{ADMIN}/v1/auth_providers/oidc/users/{nest.content('external')}")
        root.get(f"{ADMIN}/v2/users", name=nest.content("admin name filter"))
        root.get(f"{ADMIN}/v2/users", limit=5).ok()
        root.get(f"{ADMIN}/v1/rooms", search_term=nest.content("admin rooms search"))
        root.get(f"{ADMIN}/v1/rooms").ok()
        root.get(f"{ADMIN}/v1/rooms/{q(self.room)}").ok()
        root.get(f"{ADMIN}/v1/rooms/{q(self.room)}/state").ok()
        token = nest.secret("registration_tokens/new")
        root.post(f"{ADMIN}/v1/registration_tokens/new", {"token": token}).ok()
        root.get(f"{ADMIN}/v1/registration_tokens/{token}").ok()
        root.get(f"{ADMIN}/v1/registration_tokens").ok()
        agent = nest.secret("whois user agent")
        self.alice.request("GET", "/account/whoami", headers={"User-Agent": agent})
        root.get(f"{ADMIN}/v1/whois/{q(self.alice.user_id)}").ok()
        root.get(f"{ADMIN}/v2/users/{q(self.alice.user_id)}/devices").ok()
        root.get(f"{ADMIN}/v1/users/{q(self.alice.user_id)}/pushers").ok()
        root.get(f"{ADMIN}/v1/users/{q(self.alice.user_id)}/media").ok()
        root.get(f"{ADMIN}/v1/users/{q(self.alice.user_id)}/accountdata").ok()
        reset = {"new_password": nest.secret("reset_password"), "logout_devices": False}
        root.post(f"{ADMIN}/v1/reset_password/{q(self.bob.user_id)}", reset).ok()
        notice = {"user_id": self.bob.user_id, "content": {"msgtype": "m.text",
            "body": nest.content("server notice")}}  # fmt: skip
        root.post(f"{ADMIN}/v1/send_server_notice", notice)
        puppet = root.post(f"{ADMIN}/v1/users/{q(self.bob.user_id)}/login", {}).ok()
        nest.made("puppet access_token", puppet["access_token"])
        root.get(f"{ADMIN}/v1/event_reports").ok()

    def oddities(self) -> None:
        nest, raw = self.nest, self.alice.request
        kind = {"Content-Type": "application/json"}
        for where, form in (("broken JSON", '{{"body": "{}"'), ("a JSON string", '"{}"'),
                            ("NaN", '{{"body": NaN, "x": "{}"}}'), ("no JSON", "{}")):  # fmt: skip
            data = nest.content(where, form).encode()
            raw("PUT", f"/rooms/{q(self.room)}/send/m.room.message/o1", body=data, headers=kind)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        data = nest.secret("a form", "password={}").encode()
        raw("POST", "/login", body=data, headers=kind)
        raw("GET", "/nowhere/" + nest.content("unknown path") + "?" + nest.content("query", "x={}"))
        raw("GET", "/_matrix/" + nest.content("unknown prefix"))
        raw("GET", "/.env/" + nest.content("outside of Matrix"))
        raw("GET", "/sync?filter=" + nest.content("unknown query", "1&{}%20=1"))
        # What the server repeats in the text of its error.
        post = self.alice.post
        post("/keys/upload", {"device_keys": nest.content("echo 1")})
        post("/delete_devices", {"devices": nest.content("echo 2", "{} z")})
        post("/account/password", {"new_password": {"x": nest.secret("echo 3")}})
        post("/createRoom", {"preset": nest.content("echo 4", "{} z")})
        post("/createRoom", {"room_version": nest.content("echo 5", "{} z")})
        post(f"/join/{nest.content('echo 6', '%20{}')}")
        self.alice.get(f"/rooms/{q(self.room)}/messages", dir=nest.content("echo 7", "{} z"))
        self.alice.get(f"/rooms/{q(self.room)}/messages", limit=nest.content("echo 8", "{} z"))
        self.alice.get("/sync", since=nest.content("echo 9", "{} z"))
        self.alice.put(f"/profile/{q(self.alice.user_id)}/displayname", {
            "displayname": [nest.content("echo 10")]})  # fmt: skip
        post("/login", {"type": nest.content("echo 11", "{} z"), "password": "x"})
        post("/register", {"username": nest.content("echo 12", "{} Z!"), "password": "longenough"})
        raw("GET", "/account/whoami", headers={"Authorization": nest.secret("e", "Bearer é{}")
            .encode("latin-1").decode("latin-1")})  # fmt: skip

    def farewell(self) -> None:
        device = f"DEV{self.tag}"
        asked = self.alice.request("DELETE", f"/devices/{device}", {}).json
        self.nest.made("delete device session", asked["session"])
        auth = {"type": "m.login.password", "password": self.password, "session": asked["session"],
            "identifier": {"type": "m.id.user", "user": self.alice.user_id}}  # fmt: skip
        self.alice.request("DELETE", f"/devices/{device}", {"auth": auth}).ok()
        self.bob.post("/logout").ok()
