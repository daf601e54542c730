"""Structured logs for operators: one JSON object a line, bound ids, no personal data."""

import logging
import logging.config
import re

import structlog

# What PostgreSQL adds to an error repeats the row: names, numbers, addresses. Operators need the rule, not the people.
_ROWS = re.compile(r"^((?:DETAIL|CONTEXT):).*$", re.MULTILINE)


def without_rows(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Take the content of rows out of what an error says."""
    for key in ("exception", "event", "error"):
        if isinstance(event.get(key), str):
            event[key] = _ROWS.sub(r"\1 (left out)", event[key])
    return event


def configure(*, json: bool, level: str) -> None:
    """Send structlog and the libraries' own logging through one formatter to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        without_rows,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    formatter = {"()": structlog.stdlib.ProcessorFormatter, "processor": renderer, "foreign_pre_chain": shared}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"structured": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                "fontTools": {"level": "WARNING"},
                "pikepdf": {"level": "WARNING"},
                "procrastinate": {"level": "WARNING"},
            },
        }
    )
