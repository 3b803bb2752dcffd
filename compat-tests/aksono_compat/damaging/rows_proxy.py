# SPDX-License-Identifier: Apache-2.0
"""Stands between a server and the rows of its clone: triggers that damage what is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .row_damages import AFTER, RowDamage

# Each counts what it does: a damage that never happens proves nothing.
_FUNCTION = """
CREATE FUNCTION selftest.damage{number}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM nextval('selftest.hurt{number}');
    {body}
    RETURN NEW;
END $body$"""
_TRIGGER = """
CREATE TRIGGER {name} {how} ON public.{table} FOR EACH ROW WHEN ({when})
EXECUTE FUNCTION selftest.damage{number}()"""


def install(cursor: Any, damages: Sequence[RowDamage]) -> None:
    """Begins to damage. All of it lives in a schema that no server and no comparison looks at."""
    cursor.execute("CREATE SCHEMA selftest")
    for number, damage in enumerate(damages):
        cursor.execute(f"CREATE SEQUENCE selftest.hurt{number}")
        cursor.execute(_FUNCTION.format(number=number, body=damage.body))
        # The last of several triggers by name: after the table's own.
        name = f"zz_damage{number}"
        how = damage.how if damage.how.startswith("BEFORE") else AFTER
        cursor.execute(
            _TRIGGER.format(name=name, how=how, table=damage.table, when=damage.when, number=number)
        )


def idle(cursor: Any, damages: Sequence[RowDamage]) -> list[str]:
    """Names of the damages that have not happened."""
    found = []
    for number, damage in enumerate(damages):
        cursor.execute(f"SELECT is_called FROM selftest.hurt{number}")
        row = cursor.fetchone()
        if not row or not row[0]:
            found.append(damage.name)
    return found
