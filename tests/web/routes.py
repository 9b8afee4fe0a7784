"""What every route asks of its caller, written down a second time: a new route fails until it is
classified here, whatever the product's own rules say of it."""

from dataclasses import dataclass
from typing import Any, Literal

from consumers.adoption.metrics.catalogue import METRICS

# none: it shows nothing of a market. query: `market`, and without it all that the caller sees.
# path, vendor, payment, alert: the market is that of what the path names. all: of all together.
# own: it is a list, of which each caller sees what is of his markets alone.
About = Literal["none", "query", "path", "vendor", "payment", "alert", "all", "own"]


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose it is. `scope` None: everybody's."""

    method: str
    scope: str | None
    about: About = "none"


G, P = "GET", "POST"
ROUTES: dict[tuple[str, str], Expected] = {
    ("/", G): Expected(G, "figures", "query"),
    ("/compare", G): Expected(G, "figures", "query"),
    ("/retention", G): Expected(G, "figures", "query"),
    ("/health", G): Expected(G, "figures", "query"),
    ("/alerts", G): Expected(G, "figures", "query"),
    ("/alerts/{alert}/acknowledge", P): Expected(P, "operate", "alert"),
    ("/evaluation", G): Expected(G, "figures", "all"),
    ("/evaluation/{plan}", G): Expected(G, "figures", "all"),
    ("/forecast", G): Expected(G, "figures", "query"),
    ("/plan", G): Expected(G, "figures", "all"),
    ("/reports", G): Expected(G, "figures", "own"),
    ("/reports/{name}", G): Expected(G, "figures", "own"),
    ("/v1/evaluation", G): Expected(G, "figures", "all"),
    ("/v1/evaluation/{plan}", G): Expected(G, "figures", "all"),
    ("/v1/evaluation/{plan}/live", G): Expected(G, "figures", "all"),
    ("/v1/evaluation/{plan}/whom", G): Expected(G, "people", "all"),
    ("/v1/evaluation/{plan}/dose", G): Expected(G, "people", "all"),
    ("/v1/rollout/score", G): Expected(G, "figures", "all"),
    ("/v1/rollout/forecast", G): Expected(G, "figures", "query"),
    ("/v1/rollout/plan", G): Expected(G, "figures", "all"),
    ("/v1/reports", G): Expected(G, "figures", "own"),
    ("/definitions", G): Expected(G, "figures"),
    ("/docs", G): Expected(G, "figures"),
    ("/openapi.json", G): Expected(G, "figures"),
    ("/figures/{metric}", G): Expected(G, "figures", "query"),
    ("/markets/{market}", G): Expected(G, "figures", "path"),
    ("/vendors/{vendor}", G): Expected(G, "people", "vendor"),
    ("/payments/{payment_id:path}", G): Expected(G, "people", "payment"),
    ("/v1/payments/{payment_id:path}", G): Expected(G, "people", "payment"),
    ("/v1/adoption/daily", G): Expected(G, "people", "query"),
    ("/live", G): Expected(G, "figures", "query"),
    ("/metrics", G): Expected(G, "metrics"),
    ("/healthz", G): Expected(G, None),
    ("/readyz", G): Expected(G, None),
    ("/static/{name}", G): Expected(G, None),
    ("/sign-in", G): Expected(G, None),
    ("/sign-in", P): Expected(P, None),
    ("/sign-out", P): Expected(P, None),
    **{(f"/v1/adoption/{name}", G): Expected(G, "figures", "query") for name in METRICS},
}
# A shared answer of these is refused as a question, after the gate has let it pass.
NOT_SHARED = frozenset({"/v1/adoption/health"})


def routes_of(app: Any) -> set[tuple[str, str]]:
    """(path, method) of every route that the application answers, without HEAD and OPTIONS."""
    found = set()
    for route in app.router.routes:
        assert hasattr(route, "methods"), f"a route of another kind: {route!r}"
        found |= {(route.path, method) for method in route.methods - {"HEAD", "OPTIONS"}}
    return found
