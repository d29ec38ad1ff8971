"""Django: `path("webhooks/revento", webhook_view(receiver, log, handler))`.

No CSRF token is asked for: the signature does more.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from revento_sdk.adapters.outcome import Handler, answer, as_json, plain
from revento_sdk.webhooks import DeliveryLog, Receiver


def webhook_view(receiver: Receiver, log: DeliveryLog, handler: Handler) -> Callable[..., HttpResponse]:
    """A view for one URL. The body is read as it came."""
    run = plain(handler)

    @csrf_exempt
    @require_POST
    def revento_webhook(request: HttpRequest) -> HttpResponse:
        headers = {str(name): str(value) for name, value in cast(Any, request.headers).items()}
        outcome = answer(receiver, log, run, headers, request.body)
        return HttpResponse(as_json(outcome), status=outcome[0], content_type="application/json")

    return revento_webhook
