"""SQL of custom form fields."""

from datetime import datetime

from revento.events.forms.models import FormField
from revento.kernel.db import Tx
from revento.kernel.ids import EventId

LIST_FIELDS = """
    SELECT event_id, key, label, type, required, options, help_text, is_shared, position
      FROM form_fields
     WHERE event_id = %(event_id)s
     ORDER BY position, key
"""


async def list_fields(tx: Tx, event_id: EventId) -> list[FormField]:
    """The form, in its order."""
    return await tx.all(FormField, LIST_FIELDS, event_id=event_id)


PUT = """
    INSERT INTO form_fields (event_id, key, label, type, required, options, help_text, is_shared, position,
                             created_at, updated_at)
    VALUES (%(event_id)s, %(key)s, %(label)s, %(type)s, %(required)s, %(options)s, %(help_text)s, %(is_shared)s,
            %(position)s, %(now)s, %(now)s)
    ON CONFLICT (event_id, key) DO UPDATE
       SET label = EXCLUDED.label, type = EXCLUDED.type, required = EXCLUDED.required, options = EXCLUDED.options,
           help_text = EXCLUDED.help_text, is_shared = EXCLUDED.is_shared, updated_at = EXCLUDED.updated_at
"""


async def put(tx: Tx, field: FormField, *, now: datetime) -> None:
    """Adds a field or changes it; a known one stays where it is."""
    await tx.run(
        PUT,
        event_id=field.event_id,
        key=field.key,
        label=field.label,
        type=field.type,
        required=field.required,
        options=field.options,
        help_text=field.help_text,
        is_shared=field.is_shared,
        position=field.position,
        now=now,
    )


DROP = "DELETE FROM form_fields WHERE event_id = %(event_id)s AND key = %(key)s"


async def drop(tx: Tx, event_id: EventId, key: str) -> int:
    """Takes a field off the form; the answers that people gave stay with their applications."""
    return await tx.run(DROP, event_id=event_id, key=key)


SET_ORDER = """
    UPDATE form_fields f SET position = t.n
      FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS t (key, n)
     WHERE f.event_id = %(event_id)s AND f.key = t.key
"""


async def set_order(tx: Tx, event_id: EventId, keys: list[str]) -> None:
    """Puts the fields in this order."""
    await tx.run(SET_ORDER, event_id=event_id, keys=keys)
