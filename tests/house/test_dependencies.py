"""What a page's dependencies may do at the same time.

The framework resolves dependencies that do not need each other side by side. When one of them refuses, the others are
broken off, a statement that is under way with them, and with it the connection.
"""

import inspect
from pathlib import Path

from litestar.routes import HTTPRoute

from revento import app
from revento.kernel.config import Settings

# These neither refuse nor ask the database; `tx` takes a connection, and nothing that runs beside it refuses.
HARMLESS = {"tx", "clock", "settings", "keys", "provided", "asked"}


def test_no_dependency_that_may_refuse_runs_beside_one_that_asks_the_database(tmp_path: Path) -> None:
    environ = {"DATABASE_URL": "postgresql://nowhere", "REVENTO_DATA_DIR": str(tmp_path)}
    made = app.build(Settings.read(environ, env="development"))
    wrong = set()
    for route in made.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (_, kwargs) in route.route_handler_map.items():
            for batch in kwargs.dependency_batches:
                serious = [each for each in batch if each.key not in HARMLESS]
                asking = [one for one in serious if "tx" in inspect.signature(one.provide.dependency).parameters]
                if asking and len(serious) > 1:
                    wrong.add((str(method), route.path, *sorted(one.key for one in serious)))
    assert wrong == set()
