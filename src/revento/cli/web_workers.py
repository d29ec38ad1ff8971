"""How many web processes there are: an option that two commands share."""

from typing import Annotated

import typer

from revento.kernel.config import Misconfigured, Settings

Workers = Annotated[int, typer.Option("--workers", min=1, help="Web processes; more than one needs Valkey.")]


def refuse_many_without_valkey(workers: int, settings: Settings) -> None:
    """Rate limits are exact, so several web processes must share them. Raises `Misconfigured`."""
    if workers > 1 and settings.valkey_url is None:
        raise Misconfigured("REVENTO_VALKEY_URL", f"is needed by {workers} web workers, who must share rate limits")
