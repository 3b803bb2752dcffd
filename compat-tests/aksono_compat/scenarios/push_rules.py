# SPDX-License-Identifier: Apache-2.0
"""Push rules: the default ones, one's own, their order, and what /sync says of them."""

from typing import Any

from ..client import q
from .cast import Cast
from .model import scenario

RULES = "GET /_matrix/client/*/pushrules/{any}"
RULE = "/_matrix/client/*/pushrules/{scope}/{kind}/{rule_id}"
NOTIFY = {"actions": ["notify"]}


@scenario(RULES, branch="all of them, one kind, one rule, one part of a rule")
def looks_at_default_rules(cast: Cast) -> None:
    alice = cast.user("alice")
    kinds = ("override", "content", "room", "sender", "underride")
    for path in ("", "global/", *(f"global/{kind}/" for kind in kinds)):
        alice.get(f"/pushrules/{path}")
    for rule in (".m.rule.master", ".m.rule.is_user_mention"):
        for part in ("", "/enabled", "/actions", "/pattern", "/unknown"):
            alice.get(f"/pushrules/global/override/{rule}{part}")
    for path in ("global", "global/override", "device/", "global/unknown/", "global/room/none"):
        alice.get(f"/pushrules/{path}")


def custom_rules(cast: Cast) -> dict[str, Any]:
    alice = cast.user("alice")
    for name in ("one", "two"):
        alice.put(f"/pushrules/global/content/{name}", {**NOTIFY, "pattern": name}).ok()
    condition = {"kind": "event_match", "key": "type", "pattern": "org.example.*"}
    alice.put("/pushrules/global/override/quiet", {"actions": [], "conditions": [condition]}).ok()
    alice.put("/pushrules/global/content/two/enabled", {"enabled": False}).ok()
    return {}


@scenario(RULES, branch="one's own beside the default ones", prepare=custom_rules)
def looks_at_custom_rules(cast: Cast) -> None:
    alice = cast["alice"]
    alice.get("/pushrules/")
    for path in ("content/one", "content/two", "content/two/enabled", "override/quiet"):
        alice.get(f"/pushrules/global/{path}")
    alice.get("/sync", timeout=0)


@scenario(f"PUT {RULE}", f"DELETE {RULE}", RULES, branch="rules of every kind, added and deleted")
def makes_rules(cast: Cast) -> None:
    alice = cast.user("alice")
    since = alice.since()
    condition = {"kind": "event_match", "key": "type", "pattern": "org.example.*"}
    rules: dict[str, dict[str, Any]] = {
        "override/mine": {**NOTIFY, "conditions": [condition]},
        "underride/mine": {**NOTIFY, "conditions": []},
        f"sender/{q(alice.user_id)}": NOTIFY,
        f"room/{q('!room:test.local')}": {"actions": [{"set_tweak": "sound", "value": "ping"}]},
        "content/mine": {**NOTIFY, "pattern": "te?"},
    }
    for path, rule in rules.items():
        alice.put(f"/pushrules/global/{path}", rule).ok()
        alice.get(f"/pushrules/global/{path}")
    alice.sync_until(since, lambda seen: "te?" in str(seen.get("account_data", {})))
    for path in rules:
        alice.delete(f"/pushrules/global/{path}")
        alice.delete(f"/pushrules/global/{path}")
    alice.get("/pushrules/")


@scenario(f"PUT {RULE}", branch="before and after another rule")
def orders_rules(cast: Cast) -> None:
    alice = cast.user("alice")
    places = [
        ("one", {}),
        ("two", {}),
        ("three", {"before": "one"}),
        ("four", {"after": "two"}),
        ("one", {"after": "four"}),
        ("five", {"before": "unknown"}),
        ("six", {"before": ".m.rule.contains_user_name"}),
    ]
    for name, place in places:
        path = f"/pushrules/global/content/{name}"
        alice.request("PUT", path, {**NOTIFY, "pattern": name}, params=place)
        alice.get("/pushrules/global/content/")


@scenario(f"PUT {RULE}/enabled", f"PUT {RULE}/actions", branch="of default rules and one's own")
def changes_rules(cast: Cast) -> None:
    alice = cast.user("alice")
    alice.put("/pushrules/global/content/mine", {**NOTIFY, "pattern": "x"})
    for path in ("content/mine", "override/.m.rule.master", "underride/.m.rule.message"):
        for enabled in (False, True, "no"):
            alice.put(f"/pushrules/global/{path}/enabled", {"enabled": enabled})
            alice.get(f"/pushrules/global/{path}/enabled")
        actions: list[Any] = [[], ["notify", {"set_tweak": "highlight"}], ["unknown"], "notify"]
        for wish in actions:
            alice.put(f"/pushrules/global/{path}/actions", {"actions": wish})
            alice.get(f"/pushrules/global/{path}/actions")
    for part in ("enabled", "actions"):
        alice.put(f"/pushrules/global/content/none/{part}", {"enabled": True, "actions": []})


@scenario(f"PUT {RULE}", f"DELETE {RULE}", branch="names, kinds and bodies that are wrong")
def refuses_rules(cast: Cast) -> None:
    alice = cast.user("alice")
    names = (".m.rule.mine", ".m.rule.master", "with/slash", "back\\slash", "x" * 300)
    for name in names:
        alice.put(f"/pushrules/global/override/{q(name)}", {**NOTIFY, "conditions": []})
    bodies: list[Any] = [{}, {"actions": "notify"}, {"actions": [1]}, NOTIFY, {**NOTIFY, "x": 1}]
    for body in bodies:
        alice.put("/pushrules/global/content/mine", body)
    alice.put("/pushrules/global/override/mine", {**NOTIFY, "conditions": [{"kind": "unknown"}]})
    alice.put("/pushrules/global/override/mine", {**NOTIFY, "conditions": [{}]})
    alice.put("/pushrules/global/unknown/mine", NOTIFY)
    alice.put("/pushrules/device/content/mine", {**NOTIFY, "pattern": "x"})
    alice.put("/pushrules/global/room/mine", NOTIFY)
    alice.delete("/pushrules/global/override/.m.rule.master")
    alice.get("/pushrules/")
