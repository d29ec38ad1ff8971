"""SQL of erasing a person from messages that are kept for retries, replays and the pull feed."""

from revento.kernel.db import Json, Tx

# Her own messages lose her answers and her name; ids and times stay, so that nobody's sequence gets a gap.
REDACT_OWN = """
    UPDATE messages
       SET body = convert_to(jsonb_set(jsonb_set(convert_from(body, 'UTF8')::jsonb, '{data,custom_form_fields}', '{}',
                                                 false),
                                       '{data,display_name}', %(pseudonym)s, false)::text, 'UTF8')
     WHERE event_id = ANY (%(event_ids)s) AND resource_key = ANY (%(keys)s)
"""
REDACT_OWN_LATER = """
    UPDATE messages_later
       SET body = convert_to(jsonb_set(jsonb_set(convert_from(body, 'UTF8')::jsonb, '{data,custom_form_fields}', '{}',
                                                 false),
                                       '{data,display_name}', %(pseudonym)s, false)::text, 'UTF8')
     WHERE event_id = ANY (%(event_ids)s) AND resource_key = ANY (%(keys)s)
"""
# Activities name their hosts. `name` and `pseudonym` are JSON strings with their quotes: no part of a name matches.
REDACT_NAME = """
    UPDATE messages
       SET body = convert_to(replace(convert_from(body, 'UTF8'), %(name)s, %(pseudonym)s), 'UTF8')
     WHERE event_id = ANY (%(event_ids)s) AND position(convert_to(%(name)s, 'UTF8') IN body) > 0
"""
REDACT_NAME_LATER = """
    UPDATE messages_later
       SET body = convert_to(replace(convert_from(body, 'UTF8'), %(name)s, %(pseudonym)s), 'UTF8')
     WHERE event_id = ANY (%(event_ids)s) AND position(convert_to(%(name)s, 'UTF8') IN body) > 0
"""


async def redact_own(tx: Tx, event_ids: list[str], keys: list[str], *, pseudonym: str) -> int:
    """Empties the messages about these applications and participants; index messages_by_event."""
    own = {"event_ids": event_ids, "keys": keys, "pseudonym": Json(pseudonym)}
    return await tx.run(REDACT_OWN, **own) + await tx.run(REDACT_OWN_LATER, **own)


async def redact_name(tx: Tx, event_ids: list[str], name: str, *, pseudonym: str) -> int:
    """Replaces a JSON string in the messages of these events."""
    named = {"event_ids": event_ids, "name": name, "pseudonym": pseudonym}
    return await tx.run(REDACT_NAME, **named) + await tx.run(REDACT_NAME_LATER, **named)
