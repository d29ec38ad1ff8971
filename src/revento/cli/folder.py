"""Where the data directory is, for commands that begin without the database's driver."""

import os
from pathlib import Path
from typing import Final

DATA_DIR: Final = ".revento"
VARIABLE: Final = "REVENTO_DATA_DIR"


def above(here: Path) -> Path | None:
    """The data directory of this folder or the nearest one above, so that commands work from inside a project too."""
    return next((each / DATA_DIR for each in (here, *here.parents) if (each / DATA_DIR).is_dir()), None)


def chosen(here: Path) -> Path:
    """The one that a command in this folder means, whether it is there or not."""
    told = os.environ.get(VARIABLE)
    return Path(told) if told else above(here) or here / DATA_DIR
