"""What all pages stand on: the store, the clock, the templates, and the list of pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from consumers.alerts.book import RecordedAlert
from consumers.web.access.gate import GateContext
from consumers.web.access.rules import AccessRule
from consumers.web.access.tries import Tries
from consumers.web.cache import Cached
from consumers.web.live_feed import LiveFeed, Today
from consumers.web.metric_asker import Asker
from consumers.web.progress import Progress
from consumers.web.state import path_to
from consumers.web.static import address
from consumers.web.studies import Studies
from infra.clickhouse import Store
from infra.clock import Clock
from infra.settings import FoldSettings, WebSettings
from schemas.message import mark as _

ROLE_NAMES = {"viewer": _("viewer"), "analyst": _("analyst"), "operator": _("operator")}
KINDS = {
    "traditional_market": _("Traditional markets"),
    "supermarket": _("Supermarkets"),
    "convenience_store": _("Convenience stores"),
    "service_centre": _("Service centres"),
    "": _("Kind not known"),
}
RAILS = {
    "p2p_transfer": _("transfer to an account"),
    "p2m_payment": _("payment to a merchant"),
    "wallet": _("wallet"),
    "card": _("card"),
    "cash_reported": _("cash, as reported"),
    "unknown": _("not known"),
}
STATUSES = {"settled": _("settled"), "failed": _("failed"), "conflict": _("contradicted")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page as others know it: its address and who may see it.

    `title` is a message. Pages with `in_nav` are the navigation, in the order of the list.
    """

    path: str
    title: str
    rule: AccessRule
    methods: tuple[str, ...] = ("GET",)
    in_nav: bool = False


def make_templates() -> Environment:
    """Templates that escape everything, and that fail where a name is missing."""
    made = Environment(
        loader=PackageLoader("consumers.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = address
    made.globals.update(
        role_names=ROLE_NAMES, rails=RAILS, statuses=STATUSES, path_to=path_to, kinds=KINDS
    )
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class WebContext:
    """Shared by all requests."""

    store: Store
    clock: Clock
    settings: WebSettings
    fold_settings: FoldSettings
    progress: Progress
    live: LiveFeed
    door: GateContext
    pages: Sequence[Listed]
    tries: Tries
    asker: Asker
    today: Cached[Today]
    open_alerts: Cached[list[RecordedAlert]]
    studies: Studies
    data_dir: Path | None  # None: there are no registrations, candidates and reports
    openapi: Callable[[], dict[str, Any]]  # the document of the API
    templates: Environment = field(default_factory=make_templates)
