"""SQL of deprecations."""

from typing import Final

from revento.integrations.deprecations.models import Deprecation
from revento.kernel.reader import Reader

# Serves the headers of every API answer, by way of a short memory.
LIST_STANDING: Final = """
    SELECT id, version, path, link, announced_at, sunset_at
      FROM deprecations
     WHERE withdrawn_at IS NULL
     ORDER BY sunset_at, id
     LIMIT 100
"""


async def list_standing(reader: Reader) -> list[Deprecation]:
    """What is announced and not withdrawn, the next to go first."""
    return [Deprecation(*row) for row in await reader.all(LIST_STANDING)]
