"""A view of participants behind a token, as one would write it with Django: the same rows, fields and order as ours."""

import os
from functools import cache

from django.db import models
from django.http import HttpRequest, JsonResponse
from oauth2_provider.decorators import protected_resource

EVENT = os.environ.get("BENCH_EVENT", "")


class Application(models.Model):
    """The product's own table."""

    id = models.TextField(primary_key=True)
    event_id = models.TextField()
    role = models.TextField()
    status = models.TextField()
    answers = models.JSONField()
    registration_wave_id = models.TextField(null=True)
    submitted_at = models.DateTimeField()
    registered_at = models.DateTimeField(null=True)
    last_reviewed_at = models.DateTimeField(null=True)
    last_reviewer_id = models.TextField(null=True)
    last_review_action = models.TextField(null=True)

    class Meta:
        app_label, db_table, managed = "bench", "applications", False


class Participant(models.Model):
    """Likewise."""

    id = models.TextField(primary_key=True)
    event_id = models.TextField()
    user_id = models.TextField()
    application = models.ForeignKey(Application, on_delete=models.DO_NOTHING)
    display_name = models.TextField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        app_label, db_table, managed = "bench", "participants", False


class Field(models.Model):
    """Likewise."""

    key = models.TextField(primary_key=True)
    event_id = models.TextField()
    is_shared = models.BooleanField()

    class Meta:
        app_label, db_table, managed = "bench", "form_fields", False


@cache
def shared() -> list[str]:
    """The shared fields, looked up once: the peer is not to lose by that."""
    found = Field.objects.using("page").filter(event_id=EVENT, is_shared=True)
    return list(found.values_list("key", flat=True))


@protected_resource(scopes=["participants.read"])
def participants(request: HttpRequest) -> JsonResponse:
    """The first page."""
    limit = int(request.GET.get("limit", "25"))
    rows = Participant.objects.using("page").filter(event_id=EVENT).select_related("application")
    found = list(rows.order_by("created_at", "id")[: limit + 1])
    return JsonResponse({"data": [_shape(one) for one in found[:limit]], "has_more": len(found) > limit})


def _shape(one: Participant) -> dict[str, object]:
    asked = one.application
    return {
        "id": one.id,
        "event_id": one.event_id,
        "user_id": one.user_id,
        "application_id": one.application_id,
        "display_name": one.display_name,
        "role": asked.role,
        "application_status": asked.status,
        "submitted_at": asked.submitted_at,
        "registered_at": asked.registered_at,
        "registration_wave_id": asked.registration_wave_id,
        "last_reviewed_at": asked.last_reviewed_at,
        "last_reviewer_id": asked.last_reviewer_id,
        "last_review_action": asked.last_review_action,
        "custom_form_fields": {key: asked.answers.get(key) for key in shared()},
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }
