"""Debian's Chromium, headless, driven from a thread of its own: tests stay plain functions."""

import asyncio
import os
import shutil
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.patience import patient

T = TypeVar("T")
EXECUTABLE = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
)
WAIT_S_MAX = patient(120)
ACT_S_MAX = patient(30)
WIDE = {"width": 1440, "height": 900}
SMALL = {"width": 360, "height": 740}


@dataclass
class Chrome:
    """A running browser. `visit` gives a fresh context and page to an async function."""

    browser: Browser
    loop: asyncio.AbstractEventLoop

    def visit(self, act: Callable[[Page], Awaitable[T]], **options: Any) -> T:
        """What `act` returns; options are those of a Playwright context."""

        async def run() -> T:
            context: BrowserContext = await self.browser.new_context(
                **{"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", "viewport": WIDE} | options
            )
            context.set_default_timeout(ACT_S_MAX * 1000)  # of each step; it would be 30 s
            try:
                return await act(await context.new_page())
            finally:
                await context.close()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(WAIT_S_MAX)


@contextmanager
def chrome() -> Iterator[Chrome]:
    """One browser for many tests."""
    ready: list[Chrome] = []
    started, stop = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    async def main() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=EXECUTABLE, args=list(FLAGS), timeout=WAIT_S_MAX * 1000
            )
            ready.append(Chrome(browser, asyncio.get_running_loop()))
            started.set()
            await asyncio.to_thread(stop.wait)
            await browser.close()

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:  # told to the test that waits
            errors.append(error)
            started.set()

    thread = threading.Thread(target=run, name="chromium", daemon=True)
    thread.start()
    started.wait(WAIT_S_MAX)
    if errors:
        raise errors[0]
    try:
        yield ready[0]
    finally:
        stop.set()
        thread.join(timeout=WAIT_S_MAX)
