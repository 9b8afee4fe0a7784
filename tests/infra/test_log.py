"""Logs go to stderr as it is when they are written."""

import contextlib
import io
import logging

import pytest

from infra.log import configure, get_logger


def test_a_log_outlives_the_stderr_it_was_set_up_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    log = get_logger("test")
    first, second = io.StringIO(), io.StringIO()
    with contextlib.redirect_stderr(first):
        configure("INFO", "json")
        log.info("before")
    first.close()
    with contextlib.redirect_stderr(second):
        log.info("after")
    assert '"event": "after"' in second.getvalue()
