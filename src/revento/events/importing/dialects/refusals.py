"""What is said when a file cannot be read: one line, with the place in the file."""

from typing import Final, NoReturn

from revento.contract import errors
from revento.contract.errors import Refused

SIZE_MOST: Final = 64 * 1024 * 1024  # bytes, looked at before any parser sees them
DEPTH_MOST: Final = 64
SESSIONS_MOST: Final = 50_000


def unreadable(say: str, *, line: int | None = None, column: int | None = None, path: str | None = None) -> NoReturn:
    """Refuses the whole file. Raises `INVALID_INPUT` with line and column, or the path of a field."""
    where = f"line {line}, column {column}: " if line is not None else f"{path}: " if path else ""
    raise Refused(errors.INVALID_INPUT, f"{where}{say}", field="file", line=line, column=column, path=path)


def decoded(raw: bytes) -> str:
    """The file as text, without its byte order mark. Raises `INVALID_INPUT` naming the place of the first bad byte."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        unreadable("this is not UTF-8", line=line, column=error.start - before.rfind(b"\n"))
