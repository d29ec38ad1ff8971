"""django-oauth-toolkit with nothing around it: one file of Django, run by gunicorn in a virtual environment of its own.

`python dot_site.py prepare CALLERS CODES` makes the tables, a client, refresh tokens and codes, and prints them.
"""

import datetime
import json
import os
import sys
import uuid

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

REDIRECT = "https://badges.example/callback"
CHALLENGE = os.environ["BENCH_CHALLENGE"]

POSTGRES = {
    "ENGINE": "django.db.backends.postgresql",
    "HOST": os.environ["BENCH_PGHOST"],
    "USER": os.environ["BENCH_PGUSER"],
    "CONN_MAX_AGE": None,
}

settings.configure(
    SECRET_KEY="a benchmark's",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    USE_TZ=True,
    DATABASES={
        "default": POSTGRES | {"NAME": os.environ["BENCH_PGDATABASE"]},
        "page": POSTGRES | {"NAME": os.environ["BENCH_PAGES"]},
    },
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    OAUTH2_PROVIDER={
        "SCOPES": {"event.read": "event", "participants.read": "participants"},
        "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
        "REFRESH_TOKEN_EXPIRE_SECONDS": 7_776_000,
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "PKCE_REQUIRED": True,
    },
)
application = get_wsgi_application()

import dot_pages  # noqa: E402 - after the settings
from oauth2_provider.views import TokenView  # noqa: E402

urlpatterns = [path("o/token/", TokenView.as_view()), path("participants", dot_pages.participants)]


def prepare(callers: int, codes: int, hashed: bool) -> dict[str, object]:
    """What the callers need."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import AccessToken, Application, Grant, RefreshToken

    call_command("migrate", verbosity=0)
    user, _ = User.objects.get_or_create(username="ada")
    name = uuid.uuid4().hex
    client = Application.objects.create(
        name=name,
        user=user,
        client_id=name,
        client_secret="s" * 60,
        hash_client_secret=hashed,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=REDIRECT,
    )
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    own = {"user": user, "application": client}
    tokens, accesses = [], []
    for _ in range(callers):
        scope = "event.read participants.read"
        access = AccessToken.objects.create(token=uuid.uuid4().hex, expires=until, scope=scope, **own)
        accesses.append(access.token)
        tokens.append(uuid.uuid4().hex)
        RefreshToken.objects.create(token=tokens[-1], access_token=access, token_family=uuid.uuid4(), **own)
    grants = [
        Grant(
            code=uuid.uuid4().hex,
            expires=until,
            redirect_uri=REDIRECT,
            scope="event.read participants.read",
            code_challenge=CHALLENGE,
            code_challenge_method="S256",
            **own,
        )
        for _ in range(codes)
    ]
    Grant.objects.bulk_create(grants, batch_size=1000)
    made = {"tokens": tokens, "accesses": accesses, "codes": [one.code for one in grants]}
    return {"client_id": name, "client_secret": "s" * 60, **made}


if __name__ == "__main__":
    django.setup()
    json.dump(prepare(int(sys.argv[2]), int(sys.argv[3]), "hashed" in sys.argv), sys.stdout)
