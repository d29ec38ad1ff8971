"""The event on the wire (contract §4)."""

from typing import Literal

from revento.contract.v1.wire import Wire

FieldType = Literal["text", "long_text", "number", "boolean", "date", "choice", "multi_choice"]
MinAge = Literal["age_all", "age_12_plus", "age_16_plus", "age_18_plus"]
PublishStatus = Literal["draft", "published", "archived"]


class FormFieldDefinition(Wire, frozen=True, kw_only=True):
    """One custom form field that the organizer shares with integrations, so that a client can label answers."""

    key: str
    label: str
    type: FieldType
    required: bool
    options: list[str]
    help_text: str


class Event(Wire, frozen=True, kw_only=True):
    """A gathering."""

    id: str
    organization_id: str
    title: str
    description: str
    publish_status: PublishStatus
    starts_at: str
    ends_at: str
    time_zone: str
    min_age: MinAge
    location_name: str | None
    website_url: str | None
    custom_form_field_definitions: list[FormFieldDefinition]
    created_at: str
    updated_at: str


class EventUpdated(Event, frozen=True, kw_only=True):
    """`data` of `event.updated`."""

    changed_fields: list[str]
