"""The archive as a file: a zip with a label and the event, checksummed, read within bounds."""

import hashlib
import io
import zipfile
import zlib
from datetime import datetime
from typing import Final, NoReturn

import msgspec

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.archiving.document import FORMAT, VERSION, Archive, Label

MAGIC: Final = b"PK\x03\x04"
MOST_BYTES: Final = 256 * 1024 * 1024  # unpacked; looked at while unpacking, whatever the file says about itself
_LABEL, _EVENT = "label.json", "event.json"
_LABEL_BYTES: Final = 64 * 1024
_THEN: Final = (2026, 1, 1, 0, 0, 0)  # every entry: the same event is the same file


class _Damaged(Exception):
    """An entry is not what its own checksum says."""


def pack(archive: Archive, *, made_by: str, now: datetime) -> bytes:
    """The archive as a file."""
    event = msgspec.json.format(msgspec.json.encode(archive), indent=1)
    digest = hashlib.sha256(event).hexdigest()
    label = Label(format=FORMAT, version=VERSION, made_at=now, made_by=made_by, sha256=digest)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in ((_LABEL, msgspec.json.format(msgspec.json.encode(label))), (_EVENT, event)):
            file.writestr(zipfile.ZipInfo(name, _THEN), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def is_archive(raw: bytes) -> bool:
    """Whether a file looks like one: a zip, which no schedule is."""
    return raw.startswith(MAGIC)


def unpack(raw: bytes) -> tuple[Label, Archive]:
    """The label and the archive of a file.

    Raises `INVALID_INPUT` when it is no archive, of a newer version, damaged, or holds what does not belong there, with
    the field's path.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            label = _label(_content(file, _LABEL, _LABEL_BYTES))
            event = _content(file, _EVENT, MOST_BYTES)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, RuntimeError) as error:
        _refuse(f"This is no archive of an event: {str(error)[:120]}.", error)
    except (zlib.error, _Damaged) as error:
        _refuse("The archive is damaged: it cannot be unpacked.", error)
    if hashlib.sha256(event).hexdigest() != label.sha256:
        _refuse("The archive is damaged: its content is not what its checksum says.")
    try:
        return label, msgspec.json.decode(event, type=Archive)
    except msgspec.DecodeError as error:
        _refuse(f"event.json: {error}", error)


def _content(file: zipfile.ZipFile, name: str, most: int) -> bytes:
    if name not in file.namelist():
        _refuse(f"This is no archive of an event: it holds no {name}.")
    with file.open(name) as entry:
        try:
            content = entry.read(most + 1)
        except zipfile.BadZipFile as error:
            raise _Damaged from error
    if len(content) > most:
        _refuse(f"{name} has more than {most // 1024 // 1024 or 1} MiB.")
    return content


def _label(content: bytes) -> Label:
    try:
        label = msgspec.json.decode(content, type=Label)
    except msgspec.DecodeError as error:
        _refuse(f"label.json: {error}", error)
    if label.format != FORMAT:
        _refuse(f"This is no archive of an event: it calls itself {label.format[:60]!r}.")
    if label.version != VERSION:
        _refuse(f"The archive has version {label.version}; this Revento reads version {VERSION}.")
    return label


def _refuse(say: str, cause: Exception | None = None) -> NoReturn:
    raise Refused(errors.INVALID_INPUT, say, field="file") from cause
