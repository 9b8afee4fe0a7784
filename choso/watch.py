"""The role `watch`: alerts, in a process of its own: no trouble of theirs stops a figure."""

import time

from choso.compose import Choso
from choso.roles import stop_event
from choso.status import StatusFile
from consumers.alerts.deliver import Receiver
from consumers.alerts.watch import Watch
from consumers.language.language import in_every_language
from infra.clickhouse import Store
from infra.dsn import is_loopback
from infra.errors import Refused, Unavailable
from infra.log import get_logger
from infra.settings import AlertSettings
from infra.webhook import host_of

log = get_logger("watch")


def watch_of(choso: Choso, store: Store) -> Watch:
    """The watch as settings say."""
    settings = choso.settings
    return Watch(
        store=store,
        clock=choso.clock,
        settings=settings.alerts,
        fold=settings.fold,
        receiver=receiver_of(settings.alerts),
    )


def receiver_of(settings: AlertSettings) -> Receiver | None:
    """Where alerts go; None: they are listed only. Refused: an address without key or scheme."""
    if settings.webhook_url is None:
        return None
    url = settings.webhook_url.get_secret_value()
    if not url.startswith(("https://", "http://")):
        raise Refused("alerts: CHOSO_ALERTS__WEBHOOK_URL must begin with https:// or http://")
    if url.startswith("http://") and not is_loopback(host_of(url).strip("[]")):
        raise Refused(
            "alerts: CHOSO_ALERTS__WEBHOOK_URL: http beyond this machine would show alerts to the"
            " network: use https"
        )
    if settings.webhook_key is None or not settings.webhook_key.get_secret_value():
        raise Refused("alerts: set CHOSO_ALERTS__WEBHOOK_KEY, which signs what is sent")
    return Receiver(
        url=url,
        key=settings.webhook_key.get_secret_value().encode(),
        timeout_s=settings.webhook_timeout_s,
        tries_max=settings.webhook_tries_max,
        wait_ms=settings.webhook_wait_ms,
        sleep=time.sleep,
        words=in_every_language,
    )


def run_watch(choso: Choso) -> None:
    """Look every `look_ms` until SIGTERM; while the store is away, look again later."""
    settings = choso.settings.alerts
    status = StatusFile(choso.status_file("watch"), choso.clock)
    stop = stop_event()
    with choso.store() as store:
        watch = watch_of(choso, store)
        status({})  # it is up; the first look may take a while
        while not stop.is_set():
            try:
                found = watch.look()
            except Unavailable as trouble:
                log.warning("watch.again", cause=str(trouble))
            else:
                status(
                    {
                        "looked_at": choso.clock.now().isoformat(timespec="milliseconds"),
                        "raised": len(found.raised),
                        "delivered": found.delivered_count,
                        "trouble": found.trouble,
                    }
                )
            stop.wait(settings.look_ms / 1000)
