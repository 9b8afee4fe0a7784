"""M4, role matrix: every route × every caller × own and foreign market, refused as specified."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import httpx
import pytest

from infra.clickhouse import Store
from infra.settings import WebSettings
from tests.patience import patient
from tests.web.callers import FOREIGN, OWN, PAGE, Caller, all_callers
from tests.web.city import ALERTS, open_alerts_again
from tests.web.routes import NOT_SHARED, ROUTES, Expected, routes_of
from tests.web.serving import StandingClock, make_app, make_door, served

# Every answer is made once and kept: this is about who may ask, not about figures.
KEPT = WebSettings(answer_age_s_max=3_600, sample_ms=60_000, live_ms=50, sign_in_tries_max=1_000)
API = ("/v1/", "/live", "/metrics", "/openapi.json", "/healthz", "/readyz", "/static/")


@pytest.fixture(scope="module")
def gated(
    city: Store,
    clock: StandingClock,
    data_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, dict[str, Caller], object]]:
    """A site with sign-in: its address, its callers, the application."""
    path: Path = tmp_path_factory.mktemp("gated")
    door = make_door(path, clock)
    callers = all_callers(door)
    app = make_app(city, clock, door=door, settings=KEPT, data_dir=data_dir)
    with open_alerts_again(city), served(app) as address:
        yield address, callers, app


@pytest.fixture(scope="module")
def named(city: Store) -> dict[str, dict[str, str]]:
    """For the own and a foreign market: its code, a vendor of it, a payment of it."""
    found = {}
    for market in (OWN, FOREIGN):
        [(vendor, account, reference)] = city.query(
            """
            SELECT l.vendor, lower(hex(p.account)) AS account, p.bank_reference
            FROM payment(first_day = '2026-06-10', last_day = '2026-06-10', window_days = 15,
                known_at = '2100-01-01 00:00:00') AS p
            JOIN registry_link(known_at = '2100-01-01 00:00:00') AS l
                ON l.key = lower(hex(p.account)) AND l.method = 'account'
            WHERE l.market = {market:String} AND p.status = 'settled'
                AND l.effective_from <= p.payment_day AND l.effective_to > p.payment_day
            ORDER BY p.bank_reference LIMIT 1
            """,
            {"market": market},
        )
        alert = next(a for a in ALERTS if a.market == market and not a.subject)
        found[market] = {
            "alert": alert.id,
            "market": market,
            "vendor": vendor,
            "payment": f"{account}:{reference}",
        }
    return found


def address_of(template: str, expected: Expected, names: dict[str, str] | None) -> str:
    """The route's address about a market, or about none."""
    name = "market-HL1-2026-06-08.vi.html" if template.startswith("/reports") else "choso.css"
    path = template.replace("{metric}", "activity").replace("{name}", name)
    path = path.replace("{plan}", "thi-diem")
    if expected.about == "query" and names:
        return f"{path}?market={names['market']}"
    for part, name in (("{market}", "market"), ("{vendor}", "vendor"), ("{alert}", "alert")):
        path = path.replace(part, names[name] if names else "")
    return path.replace("{payment_id:path}", names["payment"] if names else "")


def ask(caller: Caller, address: str, method: str, path: str) -> httpx.Response:
    """One request; of a stream only its head."""
    accept = {} if path.startswith(API) else PAGE
    form = {"name": "x", "password": "y"}  # without its token: whoever is signed in stays so
    with caller.client(address) as client:
        if method == "POST":
            return client.post(path, data=form, headers=accept)
        with client.stream("GET", path, headers=accept) as answer:
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                answer.read()
            return answer


def test_every_route_is_classified(
    gated: tuple[str, dict[str, Caller], object], named: dict[str, dict[str, str]]
) -> None:
    assert routes_of(gated[2]) == set(ROUTES)
    assert named[OWN]["vendor"] != named[FOREIGN]["vendor"]


@pytest.mark.parametrize("template", sorted({path for path, _ in ROUTES}))
def test_every_caller_is_let_in_or_refused_as_specified(
    gated: tuple[str, dict[str, Caller], object],
    named: dict[str, dict[str, str]],
    template: str,
) -> None:
    address, callers, _ = gated
    for (path, method), expected in ROUTES.items():
        if path != template:
            continue
        is_named = expected.about not in {"none", "all", "own"}
        places: list[str | None] = [OWN, FOREIGN] if is_named else [None]
        for caller in callers.values():
            for market in places:
                asked = address_of(path, expected, named[market] if market else None)
                wanted = expected_status(expected, caller, market, asked)
                if wanted == {200} and is_one_of_many(path) and caller.name != f"analyst@{OWN}":
                    continue  # let in as for the first of them: only to compute it takes time
                answer = ask(caller, address, method, asked)
                assert answer.status_code in wanted, (
                    f"{caller.name}: {method} {asked}: {answer.status_code}, not {wanted}"
                )
                if answer.status_code == 303 and caller.name == "nobody" and method == "GET":
                    assert answer.headers["location"].startswith("/sign-in?next=")


def is_one_of_many(path: str) -> bool:
    """Metrics of the API but the first: all stand behind the same rule and the same code."""
    return path.startswith("/v1/adoption/") and path not in {"/v1/adoption/reach"} | NOT_SHARED


def expected_status(
    expected: Expected, caller: Caller, market: str | None, asked: str
) -> frozenset[int]:
    """What must come back."""
    if expected.scope is None:
        # A machine has no forms and needs no token; it is nobody who could sign in.
        is_machine = caller.name.startswith("key:")
        form = frozenset({303, 401}) if is_machine else frozenset({403})
        return form if expected.method == "POST" else OPEN
    if expected.method == "POST" and not caller.name.startswith("key:"):
        # Nobody is asked to sign in; whoever is signed in sent no token of his form.
        return frozenset({303} if caller.name == "nobody" else {403})
    if caller.name == "nobody":
        return frozenset({401}) if asked.startswith(API) else frozenset({303})
    if expected.scope not in caller.scopes:
        return frozenset({403})
    if expected.about == "all" and caller.markets:
        return frozenset({403})
    if market and caller.markets and market not in caller.markets:
        return frozenset({404 if expected.about in {"alert", "payment"} else 403})
    if expected.about == "alert":
        return frozenset({303})
    if asked.partition("?")[0] in NOT_SHARED and "people" not in caller.scopes:
        return frozenset({422})
    return frozenset({200})


OPEN = frozenset({200, 303, 503})  # signed in already; not ready
OF_SOME_MARKETS = sorted(p for p, m in ROUTES if ROUTES[p, m].about in {"query", "own"})


@pytest.mark.parametrize("template", OF_SOME_MARKETS)
def test_who_sees_one_market_and_names_none_sees_that_one_alone(
    gated: tuple[str, dict[str, Caller], object], template: str
) -> None:
    address, callers, _ = gated
    path = template.replace("{metric}", "ladder")
    path = path.replace("{name}", "market-HL1-2026-06-08.vi.html")
    for name in (f"viewer@{OWN}", f"analyst@{OWN}", f"key:figures@{OWN}"):
        caller = callers[name]
        with caller.client(address) as client:
            if path == "/live":
                with client.stream("GET", path) as stream:
                    text = "".join(islice(stream.iter_lines(), 2))
            else:
                text = client.get(path, headers={} if path.startswith(API) else PAGE).text
        for foreign in ("HL2", "Chợ Hạ Long II", "Cái Dăm", "Siêu thị"):
            assert foreign not in text.replace("Chợ Hạ Long I<", ""), (name, path, foreign)


@pytest.mark.parametrize(
    "query",
    [
        "by=vendor",
        "by=market&by=vendor",
        "vendor=HL1-V00001",
        "by=vendor&market=HL1",
        "threshold=k_payers_min=1",
        "threshold=%20k_stalls_min=1",
        "market=HL1&threshold=active_days_min=2&threshold=k_stalls_min=1",
    ],
)
def test_who_may_not_see_persons_cannot_ask_for_them(
    gated: tuple[str, dict[str, Caller], object], query: str
) -> None:
    address, callers, _ = gated
    for path in ("/v1/adoption/activity", "/v1/adoption/intensity", "/figures/activity"):
        for name in ("viewer", f"viewer@{OWN}", "key:figures"):
            with callers[name].client(address) as client:
                assert client.get(f"{path}?{query}").status_code == 403, (name, path)


def test_small_cells_are_withheld_from_who_may_not_see_persons(
    gated: tuple[str, dict[str, Caller], object],
) -> None:
    """Convenience stores of one stall: their figures are one vendor's."""
    address, callers, _ = gated
    path = "/v1/adoption/intensity?by=market&is_shared=false"
    with callers["viewer"].client(address) as client:
        shown = {row["group"]: row for row in client.get(path).json()["rows"]}
    with callers["analyst"].client(address) as client:
        whole = {row["group"]: row for row in client.get(path).json()["rows"]}
    assert whole["TL1"]["payment_vnd"]["value"] > 0
    assert shown["TL1"]["suppressed"]
    assert shown["TL1"]["payment_vnd"]["value"] is None
    assert shown["HL1"]["payment_vnd"] == whole["HL1"]["payment_vnd"]


def test_a_report_about_other_markets_is_not_there_for_who_sees_one(
    gated: tuple[str, dict[str, Caller], object],
) -> None:
    """Neither in the list nor by its name, nor anything beside the folder of reports."""
    address, callers, _ = gated
    whole, own = "weekly-2026-06-08.vi.html", "market-HL1-2026-06-08.vi.html"
    for name, wanted in (("viewer", {whole, own}), (f"viewer@{OWN}", {own})):
        with callers[name].client(address) as client:
            assert {each["name"] for each in client.get("/v1/reports").json()} == wanted
            for file in (whole, own):
                answer = client.get(f"/reports/{file}")
                assert answer.status_code == (200 if file in wanted else 404)
            assert "attachment" in client.get(f"/reports/{own}").headers["content-disposition"]
            for trick in ("notes.txt", "..%2Frollout%2Fcandidates.csv", "%2e%2e", "."):
                assert client.get(f"/reports/{trick}", headers=PAGE).status_code in {404, 200}
                assert "CHO01" not in client.get(f"/reports/{trick}").text


def test_a_key_that_is_revoked_or_wrong_opens_nothing(
    gated: tuple[str, dict[str, Caller], object],
) -> None:
    address, _, _ = gated
    for key in ("", "choso_x_y", "Basic abc", "choso_" + "0" * 16 + "_" + "0" * 64):
        answer = httpx.get(
            f"{address}/v1/adoption/activity", headers={"Authorization": key}, timeout=patient(60)
        )
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
