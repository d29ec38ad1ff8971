"""One webhook route in each Python framework that the SDK has an adapter for. The guide shows the parts; tests post to each."""

# [handle]
import os

from revento_sdk import Receiver, SqliteDeliveryLog

receiver = Receiver(os.environ["REVENTO_WEBHOOK_SECRET"])  # a list of two while you rotate
log = SqliteDeliveryLog("deliveries.db")  # which deliveries were processed


def handle(delivery):
    print(delivery.message["type"], delivery.message["data"])


# [/handle]


def with_flask():
    # [flask]
    from flask import Flask
    from revento_sdk.adapters.flask import webhook_view

    app = Flask(__name__)
    app.post("/webhooks/revento")(webhook_view(receiver, log, handle))
    # [/flask]
    return app


def with_starlette():
    # [starlette]
    from revento_sdk.adapters.starlette import webhook_route
    from starlette.applications import Starlette

    app = Starlette()  # or FastAPI()
    app.add_route("/webhooks/revento", webhook_route(receiver, log, handle), methods=["POST"])
    # [/starlette]
    return app


def with_django():
    # [django]
    from django.urls import path
    from revento_sdk.adapters.django import webhook_view

    urlpatterns = [path("webhooks/revento", webhook_view(receiver, log, handle))]
    # [/django]
    return urlpatterns
