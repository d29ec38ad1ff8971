"""Events as the wire shows them."""

from collections.abc import Sequence
from typing import Any

from revento.contract.v1 import event as wire
from revento.contract.v1.wire import stamp
from revento.events.events.models import Event
from revento.events.forms.models import FormField


def definition(field: FormField) -> wire.FormFieldDefinition:
    """One shared form field."""
    return wire.FormFieldDefinition(
        key=field.key,
        label=field.label,
        type=field.type,
        required=field.required,
        options=field.options,
        help_text=field.help_text,
    )


def definitions(form: Sequence[FormField]) -> list[wire.FormFieldDefinition]:
    """What integrations see of a form."""
    return [definition(field) for field in form if field.is_shared]


def _fields(event: Event, form: Sequence[FormField]) -> dict[str, Any]:
    return {
        "id": event.id,
        "organization_id": event.organization_id,
        "title": event.title,
        "description": event.description,
        "publish_status": event.publish_status,
        "starts_at": stamp(event.starts_at),
        "ends_at": stamp(event.ends_at),
        "time_zone": event.time_zone,
        "min_age": event.min_age,
        "location_name": event.location_name,
        "website_url": event.website_url,
        "custom_form_field_definitions": definitions(form),
        "created_at": stamp(event.created_at),
        "updated_at": stamp(event.updated_at),
    }


def event(row: Event, form: Sequence[FormField]) -> wire.Event:
    """The event with its shared form fields."""
    return wire.Event(**_fields(row, form))


def event_updated(row: Event, form: Sequence[FormField], changed: list[str]) -> wire.EventUpdated:
    """`data` of `event.updated`."""
    return wire.EventUpdated(**_fields(row, form), changed_fields=changed)
