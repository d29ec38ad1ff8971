"""Flask: `app.post("/webhooks/revento")(webhook_view(receiver, log, handler))`."""

from collections.abc import Callable

from flask import Response, request

from revento_sdk.adapters.outcome import Handler, answer, as_json, plain
from revento_sdk.webhooks import DeliveryLog, Receiver


def webhook_view(receiver: Receiver, log: DeliveryLog, handler: Handler) -> Callable[[], Response]:
    """A view for one route. The body is read before Flask parses anything."""
    run = plain(handler)

    def revento_webhook() -> Response:
        outcome = answer(receiver, log, run, dict(request.headers), request.get_data(cache=False))
        return Response(as_json(outcome), outcome[0], mimetype="application/json")

    return revento_webhook
