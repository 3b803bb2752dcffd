# SPDX-License-Identifier: Apache-2.0
"""Turns what passed by into what is written down: secrets, and content, become placeholders."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import unquote

from . import bodies, identity
from . import vocabulary as words
from .bodies import is_media, omitted, unpacked
from .capture import Captured, CapturedBody, Headers
from .format import Body, Exchange
from .keys import Keys
from .replacer import KnownSecrets, Replacer
from .routes import find_route, surface
from .sampling import Sample, named_user
from .scrub_headers import answer_headers, first, request_headers
from .scrub_json import JsonScrubber, Mode, content_mode
from .scrub_target import TargetScrubber

_TEXT_TYPES = ("text/", "application/json", "application/x-www-form-urlencoded", "application/xml")


class Scrubber:
    """Scrubs the exchanges of one recording; remembers the secrets that it has seen."""

    def __init__(
        self,
        keys: Keys,
        *,
        server_name: str = "",
        content: bool = False,
        sample: Sample | None = None,
    ) -> None:
        self.keys = keys
        self._server_name = server_name
        self._sample = sample or Sample()
        self.identities = identity.Identities(server_name)
        self._secrets = KnownSecrets()
        self._content = content

    def exchange(self, captured: Captured) -> Exchange | None:
        """What is written down of one exchange; None when its user is not in the sample."""
        replace = Replacer(self.keys, self._secrets)
        path = captured.target.partition("?")[0]
        token = identity.access_token(captured.target, captured.headers)
        session = replace.secret(token, "token") if token else identity.origin(captured.headers)
        scrubber = JsonScrubber(replace, content=self._content)
        targets = TargetScrubber(replace, scrubber, content=self._content)
        media = is_media(captured.method, path)
        body = self._body(captured.body, captured.headers, media[0])
        answer = self._body(
            captured.answer, captured.answer_headers, media[1] and captured.status < 300
        )
        self._learn(path, token, body, answer)
        user = self._user(captured.target, token)
        who = user or token or session or named_user(body.value, answer.value, self._server_name)
        if not self._sample.takes(who):
            return None
        return Exchange(
            number=captured.number,
            at=round(captured.at, 6),
            took=round(captured.took, 6),
            session=session,
            user_id=user,
            surface=surface(path),
            method=captured.method if captured.method.isalpha() else "ODD",
            target=targets.scrub(captured.target),
            headers=request_headers(captured.headers, replace),
            body=self._scrubbed(body, scrubber, replace, *request_mode(captured.method, path)),
            status=captured.status,
            answer_headers=answer_headers(captured.answer_headers, replace),
            answer=self._scrubbed(answer, scrubber, replace, *answer_mode(captured.method, path)),
        )

    def _body(self, body: CapturedBody, headers: Headers, media: bool) -> Body:
        """The body with its values still in it."""
        if body.size == 0:
            return Body()
        data = None if media else unpacked(body, headers)
        if data is None or len(data) > bodies.LARGEST:
            return omitted(self._digested(body))
        try:
            return Body("json", bodies.parse(data))
        except ValueError:
            pass
        if first(headers, "content-type").lower().startswith(_TEXT_TYPES):
            return Body("text", data.decode("utf-8", "replace"))
        return omitted(self._digested(body))

    def _digested(self, body: CapturedBody) -> CapturedBody:
        if body.data is None or body.digest:
            return body
        digest = hmac.new(self.keys.key, body.data, hashlib.sha256).hexdigest()
        return CapturedBody(None, body.size, digest)

    def _scrubbed(
        self, body: Body, scrubber: JsonScrubber, replace: Replacer, mode: Mode, name: str
    ) -> Body:
        if body.kind == "text":
            return Body("text", replace(body.value, "text"))
        if body.kind != "json":
            return body
        try:
            return Body("json", scrubber.scrub(body.value, mode, name))
        except RecursionError:
            return Body("text", replace("nested too deeply", "text"))

    def _learn(self, path: str, token: str, body: Body, answer: Body) -> None:
        self.identities.learn(path, token, answer.value)
        if path.endswith("/refresh") and isinstance(body.value, dict):
            old = body.value.get("refresh_token")
            if isinstance(old, str):
                self.identities.renewed(old, answer.value)

    def _user(self, target: str, token: str) -> str:
        if not token:
            return ""
        # Whoever has a user's token cannot act as another one: those are application services.
        user = self.identities.user(token) or identity.asserted_user(target)
        return user if words.ID.fullmatch(user) else ""


def request_mode(method: str, path: str) -> tuple[Mode, str]:
    """How the body of a request is judged, and the name of the field that it is like."""
    if method not in ("PUT", "POST"):
        return Mode.ENVELOPE, ""
    return _mode(path)


def answer_mode(method: str, path: str) -> tuple[Mode, str]:
    """The same for an answer: GETs of state and account data answer with content alone."""
    return _mode(path) if method == "GET" else (Mode.ENVELOPE, "")


def _mode(path: str) -> tuple[Mode, str]:
    route = find_route(path)
    if route is None:
        return Mode.ENVELOPE, ""
    values = dict(zip(route.names, path.split("/"), strict=False))
    kind = unquote(values.get("event_type") or values.get("account_data_type") or "")
    if "{message_type}" in route.path or "/dehydrated_device" in route.path:
        return Mode.PRIVATE, ""
    if kind:
        return content_mode(kind), ""
    if route.path.endswith("/filter") or "/filter/" in route.path:
        return Mode.FILTER, ""
    if "/profile/" in route.path:
        return Mode.ENVELOPE, unquote(values.get("field_name", ""))
    if route.path.endswith("/tags/{tag}"):
        return Mode.CONTENT, ""
    return Mode.ENVELOPE, ""
