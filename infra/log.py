"""Structured logs on stderr: one line for each unit of work, event first, then key=value."""

import logging
import sys
from typing import Any

import structlog

QUIET = ("aiokafka", "faststream", "uvicorn.access", "asyncio")


def configure(level: str = "INFO", log_format: str = "console") -> None:
    """Set up logs once for the process: `console` for people, `json` for machines."""
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(stream=sys.stderr, level=number, format="%(message)s", force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # kafka-python warns of its own slow tasks and of each connection that breaks.
    logging.getLogger("kafka").setLevel(logging.ERROR)
    # It warns of each connection that breaks, without a word that our own error does not say.
    logging.getLogger("clickhouse_connect").setLevel(logging.ERROR)
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # stderr as it is at each line: a stream put in its place may have been closed since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def get_logger(part: str) -> Any:
    """The log of one part of choso; `part` stands on each of its lines."""
    return structlog.get_logger(part=part)
