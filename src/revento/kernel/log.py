"""Structured logs: JSON lines with the request id, and one filter that keeps secrets out (architecture §4.7)."""

import logging
import re
import sys
from typing import Any, Final

import structlog
from structlog.typing import EventDict, WrappedLogger

_SECRET_KEYS: Final = re.compile(r"password|secret|token|authorization|cookie|verifier|challenge|^code$", re.IGNORECASE)
_SECRET_VALUES: Final = re.compile(
    r"\b(?:rev_(?:install|user|refresh|code|secret)_|whsec_)[A-Za-z0-9+/=_-]{8,}"
    r"|\b(?:Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{8,}"
    r"|(?<=[?&])(?:code|client_secret|refresh_token|access_token|token|code_verifier|launch_token|password|state)=[^&\s]+",
    re.IGNORECASE,
)
HIDDEN: Final = "[hidden]"


def redact(value: Any) -> Any:
    """The same value without credentials, however deep they hide in text, lists and maps."""
    if isinstance(value, str):
        return _SECRET_VALUES.sub(HIDDEN, value)
    if isinstance(value, dict):
        return {key: HIDDEN if _SECRET_KEYS.search(str(key)) else redact(inner) for key, inner in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, (list, tuple)):
        return [redact(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def _redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return redact(dict(event))


class _Redacting(logging.Filter):
    """Third parties' records pass the same filter."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        return True


def configure(*, level: str = "INFO") -> None:
    """Sends every log line, ours and the libraries', to stderr as JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact_event,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_level(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    stream = logging.StreamHandler(sys.stderr)
    stream.addFilter(_Redacting())
    stream.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.add_log_level,
                _redact_event,
                structlog.processors.JSONRenderer(),
            ]
        )
    )
    logging.basicConfig(handlers=[stream], level=max(_level(level), logging.WARNING), force=True)


def _level(name: str) -> int:
    return logging.getLevelNamesMapping()[name]


def logger(name: str) -> Any:
    """A logger bound to a component's name: `log.info("what_happened", key=value)`."""
    return structlog.get_logger(component=name)
