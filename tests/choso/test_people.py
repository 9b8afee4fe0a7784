"""People of a running stack: made by the command, signed in by a browser, watching figures move."""

import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page

from infra.errors import Unavailable
from tests.choso.conftest import Running, environment, run_choso
from tests.choso.test_command import post
from tests.consumers.adoption.test_daily import A, credit
from tests.parts import missing
from tests.patience import patient
from tests.processes import CHOSO, run
from tests.web.browser import EXECUTABLE, chrome

PASSWORD = "một mật khẩu đủ dài"
MOVED_MS_MAX = round(patient(30_000))  # a guard; the measured time stands in the benchmark


def test_people_and_keys_are_managed_by_the_command(running: Running) -> None:
    running.choso(
        "user", "add", "ba", "--role", "viewer", "--market", "HL1", f"--password={PASSWORD}"
    )
    assert "ba  viewer  HL1" in running.choso("user", "list")
    assert "there is one already" in running.choso(
        "user", "add", "ba", f"--password={PASSWORD}", code=78
    )
    assert "a password has" in running.choso("user", "passwd", "ba", "--password=short", code=78)
    running.choso("user", "passwd", "ba", f"--password={PASSWORD} 2")
    running.choso("user", "remove", "ba")
    assert "ba" not in running.choso("user", "list")
    key = running.choso("key", "add", "grafana", "--days", "3").split()[-1]
    identity = key.split("_")[1]
    listed = running.choso("key", "list")
    assert f"{identity}  grafana  figures  all markets  valid" in listed
    assert key.split("_")[2] not in listed
    running.choso("key", "revoke", identity)
    assert "revoked" in running.choso("key", "list")


def test_the_web_does_not_listen_beyond_loopback_without_sign_in(tmp_path: Path) -> None:
    """It refuses before it looks for a store."""

    env = environment(tmp_path / "data")
    env |= {"CHOSO_WEB__HOST": "0.0.0.0", "CHOSO_WEB__SIGN_IN": "false"}  # noqa: S104
    done = run([*CHOSO, "web"], env=env)
    assert done.returncode == 78
    assert "sign-in is off" in done.stderr


def test_a_signed_in_person_sees_a_posted_event_move_the_figures(running: Running) -> None:
    if not Path(EXECUTABLE).exists():
        missing(Unavailable(f"chromium: {EXECUTABLE} is not there: apt-get install chromium"))
    web, gateway = running.address.web, running.address.gateway
    assert web
    assert gateway
    run_choso(running.data_dir, "user", "add", "lan", "--role=operator", f"--password={PASSWORD}")

    async def watch(page: Page) -> tuple[int, int, float]:
        await page.goto(f"{web}/")
        assert "/sign-in?next=" in page.url
        await page.fill("#name", "lan")
        await page.fill("#password", PASSWORD)
        await page.click("form.stack button")
        await page.wait_for_url(f"{web}/")
        await page.wait_for_selector(".pip.on")
        place = page.locator('[data-live="*:payments"]').first
        before = int((await place.inner_text()).replace(".", ""))
        started = time.monotonic()
        body = credit(int(time.time()), A, at=datetime.now(UTC).replace(microsecond=0))
        assert post(gateway, body)[0] == 202
        await page.wait_for_function(
            """(before) => Number(document.querySelector('[data-live="*:payments"]')
                 .textContent.replaceAll(".", "")) > before""",
            arg=before,
            timeout=MOVED_MS_MAX,
        )
        moved_s = time.monotonic() - started
        return before, int((await place.inner_text()).replace(".", "")), moved_s

    with chrome() as browser:
        before, after, moved_s = browser.visit(watch)
    assert after == before + 1
    assert moved_s > 0


@pytest.mark.parametrize("path", ["/", "/v1/adoption/daily", "/metrics"])
def test_nobody_comes_in_without_a_name(running: Running, path: str) -> None:

    answer = httpx.get(
        f"{running.address.web}{path}", headers={"Accept": "text/html"}, timeout=patient(60)
    )
    assert answer.status_code in {303, 401}
