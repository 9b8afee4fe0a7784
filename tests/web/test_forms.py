"""M4, forms and sessions: what is forged, planted, stale or guessed changes nothing."""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page

from consumers.web.access.gate import SESSION_COOKIE
from consumers.web.access.seal import seal
from consumers.web.form import FORM_BYTES_MAX, FORM_FIELDS_MAX
from infra.clickhouse import Store
from infra.settings import WebSettings
from tests.patience import patient
from tests.web.browser import Chrome
from tests.web.callers import FORM, PAGE, PASSWORD, plain_client
from tests.web.routes import ROUTES
from tests.web.serving import SECRET, StandingClock, make_app, make_door, served
from tests.web.test_injection import CORPUS

POSTS = sorted(path for path, method in ROUTES if method == "POST")
TRIES_MAX = 4


@pytest.fixture
def gated(city: Store, clock: StandingClock, tmp_path: Path) -> Iterator[str]:
    """A site with one person."""
    door = make_door(tmp_path, clock)
    assert door.book is not None
    door.book.add_person("lan", "operator", [], PASSWORD)
    settings = WebSettings(sign_in_tries_max=TRIES_MAX, sample_ms=60_000)
    with served(make_app(city, clock, door=door, settings=settings)) as address:
        yield address


def form_of(client: httpx.Client) -> dict[str, str]:
    """The fields of the sign-in form, as the page gives them."""
    page = client.get("/sign-in", headers=PAGE)
    assert page.status_code == 200
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))


def sign_in(client: httpx.Client, password: str = PASSWORD, **more: str) -> httpx.Response:
    fields = form_of(client) | {"name": "lan", "password": password} | more
    return client.post("/sign-in", data=fields, headers=FORM)


def cookie_of(answer: httpx.Response, name: str) -> SimpleCookie:
    """The cookie that an answer sets, with its attributes."""
    for line in answer.headers.get_list("set-cookie"):
        found = SimpleCookie(line)
        if name in found:
            return found
    raise AssertionError(f"{name} is not set: {answer.headers.get_list('set-cookie')}")


def test_signing_in_and_out_with_the_forms_of_the_pages(gated: str) -> None:
    with plain_client(gated) as client:
        answer = sign_in(client, next="/health?lang=en")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/health?lang=en"
        cookie = cookie_of(answer, SESSION_COOKIE)[SESSION_COOKIE]
        assert cookie["httponly"]
        assert cookie["samesite"] == "lax"
        assert int(cookie["max-age"]) > 0
        page = client.get("/definitions", headers=PAGE)
        assert "lan" in page.text
        kept = dict(client.cookies)
        assert client.post("/sign-out", headers=FORM).status_code == 303
        client.cookies.update(kept)  # somebody kept the cookie
        assert client.get("/definitions", headers=PAGE).status_code == 303


def test_a_planted_session_is_worth_nothing_after_sign_in(gated: str) -> None:
    planted = seal(SECRET, SESSION_COOKIE, "0" * 64)
    with plain_client(gated, cookies={SESSION_COOKIE: planted}) as client:
        answer = sign_in(client)
        fresh = cookie_of(answer, SESSION_COOKIE)[SESSION_COOKIE].value
        assert fresh != planted
    with plain_client(gated, cookies={SESSION_COOKIE: planted}) as client:
        assert client.get("/definitions", headers=PAGE).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "0" * 64, "0" * 64 + "." + "0" * 64, "'; --", "%00"])
def test_cookies_that_we_did_not_seal_are_nobody(gated: str, cookie: str) -> None:
    headers = PAGE | {"Cookie": f"{SESSION_COOKIE}={cookie}"}
    with plain_client(gated) as client:
        assert client.get("/definitions", headers=headers).status_code == 303


FORGED: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"},
)


@pytest.mark.parametrize("path", POSTS)
def test_a_form_that_is_not_from_our_page_is_refused(gated: str, path: str) -> None:
    """Signed in and not: from another site, or from what does not say where it comes from."""
    for is_signed_in in (False, True):
        with plain_client(gated) as client:
            if is_signed_in:
                assert sign_in(client).status_code == 303
            # What is not open to all is not even looked at before somebody has signed in.
            is_open = is_signed_in or path in {"/sign-in", "/sign-out"}
            for headers in FORGED:
                assert client.post(path, headers=headers).status_code == (403 if is_open else 401)
            for headers in ({"Origin": gated}, {"Sec-Fetch-Site": "same-origin"}):
                passed = client.post(path, headers=headers)
                assert (passed.status_code not in {401, 403}) == is_open or path == "/sign-in"


def test_a_browser_of_today_says_where_a_form_comes_from(gated: str, browser: Chrome) -> None:
    """Signed in by our page; a page of another site cannot sign him out, and our page can."""

    async def walk(page: Page) -> list[int]:
        await page.goto(f"{gated}/sign-in?next=/definitions")
        await page.fill("input[name=name]", "lan")
        await page.fill("input[name=password]", PASSWORD)
        await page.click("main button[type=submit]")
        await page.wait_for_url("**/definitions")
        elsewhere = await page.context.new_page()
        await elsewhere.set_content(f'<form method="post" action="{gated}/sign-out"></form>')
        async with elsewhere.expect_response("**/sign-out") as refused:
            await elsewhere.evaluate("document.forms[0].submit()")
        still = await page.goto(f"{gated}/definitions")
        assert still is not None
        async with page.expect_response("**/sign-out") as left:
            await page.click("header form[action='/sign-out'] button")
        return [(await refused.value).status, still.status, (await left.value).status]

    assert browser.visit(walk) == [403, 200, 303]


def test_a_key_needs_no_page_but_none_goes_from_another_site(
    city: Store, clock: StandingClock, tmp_path: Path
) -> None:
    door = make_door(tmp_path, clock)
    assert door.book is not None
    key = door.book.add_key("k", ["operate"], [], days=None)
    path = f"/alerts/{'0' * 32}/acknowledge"
    with (
        served(make_app(city, clock, door=door)) as address,
        plain_client(address, headers={"Authorization": f"Bearer {key}"}) as client,
    ):
        assert client.post(path).status_code == 404
        for headers in FORGED[1:]:
            assert client.post(path, headers=headers).status_code == 403


def test_a_form_of_another_kind_or_without_end_is_refused(gated: str) -> None:
    with plain_client(gated, headers=FORM) as client:
        refused = {
            413: client.post("/sign-in", data={"x": "y" * FORM_BYTES_MAX}),
            415: client.post("/sign-in", json={"name": "lan"}),
            422: client.post("/sign-in", data={f"f{n}": "x" for n in range(FORM_FIELDS_MAX + 1)}),
        }
        assert {code: answer.status_code for code, answer in refused.items()} == {
            code: code for code in refused
        }
        assert client.post("/sign-in", files={"name": (None, "lan")}).status_code == 415
        bad = client.post("/sign-in", content=b"\xff", headers={"Content-Type": "text/plain"})
        assert bad.status_code == 415


def test_a_name_that_is_not_ours_is_answered_by_nobody(
    gated: str, city: Store, clock: StandingClock
) -> None:
    """A page of another site could make its own name lead here, and read what is open."""
    elsewhere = {"Host": "elsewhere.example"}
    with served(make_app(city, clock)) as address, plain_client(address) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/healthz", headers=elsewhere).status_code == 421
        assert client.get("/definitions", headers=PAGE | elsewhere).status_code == 421
    with plain_client(gated) as client:
        assert client.get("/healthz", headers=elsewhere).status_code == 200
    settings = WebSettings(names=("choso.example",))
    with served(make_app(city, clock, settings=settings)) as address:
        for host, status in (("choso.example:8080", 200), ("elsewhere.example", 421)):
            answer = httpx.get(f"{address}/healthz", headers={"Host": host}, timeout=patient(20))
            assert answer.status_code == status


def test_guessing_is_stopped_for_a_while_and_says_nothing_of_who_exists(
    gated: str, clock: StandingClock
) -> None:
    with plain_client(gated) as client:
        texts = set()
        for name in ("lan", "nobody"):
            answer = sign_in(client, "a wrong password", name=name)
            assert answer.status_code == 401
            texts.add(answer.text.replace(f'value="{name}"', ""))
        assert len(texts) == 1
        for _ in range(TRIES_MAX - 1):  # of this name: on loopback an address is a proxy
            assert sign_in(client, "a wrong password").status_code == 401
        stopped = sign_in(client)
        assert stopped.status_code == 429, "the right password is not even looked at"
        assert int(stopped.headers["retry-after"]) > 0


def test_where_sign_in_leads_is_one_of_our_pages(gated: str) -> None:
    with plain_client(gated) as client:
        for target in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere"):
            assert sign_in(client, next=target).headers["location"] == "/"
            client.cookies.clear()


@pytest.mark.parametrize("header", ["Cookie", "Authorization", "Accept-Language", "If-None-Match"])
def test_no_header_becomes_anything(gated: str, header: str) -> None:
    """The keys and sessions of the book are found by parameters too."""
    with plain_client(gated, headers=PAGE) as client:
        for text in CORPUS:
            value = re.sub(rb"[\r\n\0]", b"", text.encode())[:2_000]
            request = client.build_request("GET", "/definitions")
            request.headers.raw.append((header.encode(), b"Bearer choso_" + value + b"_" + value))
            assert client.send(request).status_code in {303, 400}, text
        assert sign_in(client).status_code == 303, "the book is as it was"


def test_every_answer_forbids_what_a_browser_may_not_do(gated: str) -> None:
    with plain_client(gated) as client:
        for path in ("/sign-in", "/static/choso.css", "/v1/adoption/activity", "/nothing"):
            headers = client.get(path, headers=PAGE).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert "server" not in headers or headers["server"] == "uvicorn"
