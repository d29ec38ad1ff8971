"""The vectors themselves: the platform's own code and the official Standard Webhooks library agree with them."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from revento.kernel import secrets

VECTORS = Path(__file__).parents[2] / "contract" / "vectors"


def cases(name: str) -> list[Any]:
    return json.loads((VECTORS / name).read_text())["cases"]


@pytest.mark.parametrize("case", cases("tokens.json"), ids=lambda case: case["name"])
def test_credentials_are_well_formed_as_the_platform_sees_it(case):
    assert secrets.is_well_formed(case["value"], case["prefix"]) is case["well_formed"]


DECIDED_BY_SIGNATURE = [
    case for case in cases("standard_webhooks.json") if case["result"] in ("accepted", "signature_mismatch")
]


@pytest.mark.parametrize("case", DECIDED_BY_SIGNATURE, ids=lambda case: case["name"])
def test_the_official_library_makes_the_same_signatures(case):
    headers, body = case["headers"], base64.b64decode(case["body_base64"]).decode()
    signed_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    right = {Webhook(secret).sign(headers["webhook-id"], signed_at, body) for secret in case["secrets"]}
    assert bool(right & set(headers["webhook-signature"].split(" "))) is (case["result"] == "accepted")
