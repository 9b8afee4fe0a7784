"""What each role's process does: build its parts, run until SIGTERM, close them.

A role imports its own parts alone, when it runs: its process holds no other role's code.
"""

import asyncio
import signal
import ssl
import threading
from functools import cache
from typing import Any

from choso.compose import Choso
from choso.source_counts import SourceCounts
from choso.status import StatusFile, read_status
from infra.errors import ChosoError, Refused, Unavailable
from infra.failpoint import reach
from infra.kafka import dismiss_member
from infra.log import get_logger
from infra.memory import spare
from infra.settings import KafkaSettings

log = get_logger("role")


def run_sink(choso: Choso) -> None:
    """The sink, until SIGTERM. Raises what ended it otherwise."""
    from consumers.sink.app import Sink, SinkParts

    spare()
    status = StatusFile(choso.status_file("sink"), choso.clock)
    with choso.store() as store, choso.topic_ids() as ids:
        reach("sink.connected")
        dismiss_predecessor(choso)
        parts = SinkParts(
            store=store,
            bootstrap=choso.bootstrap,
            security=faststream_security(choso.settings.kafka),
            shapes=choso.shapes,
            topic_ids=ids,
            clock=choso.clock,
            settings=choso.settings.sink,
            retry_wait_ms_max=choso.settings.store.retry_wait_ms_max,
            report=status,
        )

        async def main() -> None:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            for sign in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(sign, stop.set)
            await Sink(parts).run(stop)

        asyncio.run(main())


def dismiss_predecessor(choso: Choso) -> None:
    """Let the group forget a sink of this name that was killed; else its session must end first."""
    sink = choso.settings.sink
    if sink.instance_id is None:
        return
    try:
        if dismiss_member(choso.kafka_config, sink.group_id, sink.instance_id):
            log.info("sink.dismissed", instance_id=sink.instance_id)
    except ChosoError as error:  # it only saves time
        log.info("sink.dismissed", cause=str(error))


def run_fold(choso: Choso) -> None:
    """The fold, until SIGTERM: looks every tick, backs off while the store is away."""
    from consumers.fold.fold import Fold

    status = StatusFile(choso.status_file("fold"), choso.clock)
    stop = stop_event()
    wait_ms = 0
    with choso.store() as store:
        fold = Fold(store=store, settings=choso.settings.fold, clock=choso.clock, report=status)
        while not stop.wait((wait_ms or choso.settings.fold.tick_ms) / 1000):
            try:
                days = fold.tick()
            except Unavailable as trouble:
                wait_ms = min(max(wait_ms, 50) * 2, choso.settings.store.retry_wait_ms_max)
                log.warning("fold.again", cause=str(trouble), wait_ms=wait_ms)
                continue
            wait_ms = 0
            status({"looked_at": choso.clock.now().isoformat(timespec="milliseconds")})
            if days:
                log.debug("folded", days=len(days), newest=str(max(days)))


def run_gateway(choso: Choso) -> None:
    """The gateway, until SIGTERM."""
    from producers.gateway.app import gateway_app
    from producers.gateway.serve import serve_gateway
    from producers.publisher import Publisher
    from producers.webhooks.route import Webhooks, add_webhooks

    settings = choso.settings.gateway
    keys = settings.keys.get_secret_value().split(",") if settings.keys else []
    status = StatusFile(choso.status_file("gateway"), choso.clock)
    publisher = Publisher(choso.kafka_config, nobody_takes=lambda: sink_halt(choso))
    counts = SourceCounts(status, choso.clock)
    clock, prefix = choso.clock, choso.prefix
    token_key = cache(lambda: choso.token_key)
    app = gateway_app(
        publisher, settings, keys=keys, clock=clock, topic_prefix=prefix, token_key=token_key
    )
    webhooks = Webhooks(choso.sources, token_key, counts)
    add_webhooks(app, publisher, settings, webhooks=webhooks, clock=clock, topic_prefix=prefix)
    try:
        serve_gateway(
            app,
            settings,
            on_listen=lambda host, port, _: status({"address": f"http://{host}:{port}"}),
        )
    finally:
        counts.flush()
        publisher.close()


def sink_halt(choso: Choso) -> str | None:
    """Why the sink of this data directory halted; None where it runs, or runs elsewhere."""
    halted = read_status(choso.status_file("sink")).get("halted")
    return f"the sink has halted, see `choso doctor`: {halted}" if halted else None


def stop_event() -> threading.Event:
    """Set by SIGTERM or SIGINT."""
    stop = threading.Event()

    def on_signal(number: int, frame: Any) -> None:
        stop.set()

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, on_signal)
    return stop


def faststream_security(kafka: KafkaSettings) -> Any:
    """FastStream's security object for these settings; None for plain text on loopback."""
    from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

    if kafka.security_protocol == "PLAINTEXT":
        return None
    context = ssl.create_default_context(cafile=str(kafka.ca_file) if kafka.ca_file else None)
    encrypted = kafka.security_protocol.endswith("SSL")
    if not kafka.security_protocol.startswith("SASL"):
        return BaseSecurity(ssl_context=context, use_ssl=True)
    kinds = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
    kind = kinds.get(kafka.sasl_mechanism or "")
    if kind is None or kafka.sasl_password is None:
        raise Refused(
            f"kafka: SASL mechanism {kafka.sasl_mechanism!r} is not one of {', '.join(kinds)},"
            " or has no password"
        )
    return kind(
        username=kafka.sasl_username or "",
        password=kafka.sasl_password.get_secret_value(),
        ssl_context=context if encrypted else None,
        use_ssl=encrypted,
    )
