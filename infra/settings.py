"""One frozen settings tree: the only reader of the environment.

Sources, strongest first: flags (passed as keyword arguments), environment `CHOSO_…` with `__`
between levels (`CHOSO_SINK__BATCH_RECORDS_MAX`), `.env`, the defaults below. Names carry their
unit.
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Lang = Literal["vi", "en"]


def language_of_locale() -> Lang:
    """What the user's system speaks, by LC_ALL, LC_MESSAGES or LANG; English where it is another
    language."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    said = next((value for name in names if (value := os.environ.get(name))), "")
    return "vi" if said.lower().startswith("vi") else "en"


class SettingsModel(BaseModel):
    """A branch of the tree: frozen, and an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KafkaSettings(SettingsModel):
    """Where the log is. `bootstrap` None means: the embedded broker of this data directory."""

    bootstrap: str | None = None
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str | None = None
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ca_file: Path | None = None
    topic_prefix: str = "choso"
    partition_count: int = Field(4, ge=1, le=1024)
    replication_factor: int = Field(1, ge=1, le=9)
    min_insync_replicas: int = Field(1, ge=1, le=9)
    request_timeout_ms: int = Field(30_000, ge=100)


class StoreSettings(SettingsModel):
    """Where ClickHouse is. `dsn` None means: the embedded store of this data directory."""

    dsn: SecretStr | None = None  # http(s)://user:password@host:port/database
    connect_timeout_s: float = Field(5.0, gt=0)
    query_timeout_s: float = Field(300.0, gt=0)
    retry_wait_ms_max: int = Field(5_000, ge=1)
    connections_max: int = Field(8, ge=1, le=256)


class SinkSettings(SettingsModel):
    """Limits of the sink's batches, and when it refuses to go on."""

    group_id: str = "choso-sink"
    instance_id: str | None = None  # its name in the group: a new one displaces its dead namesake
    batch_records_max: int = Field(32_768, ge=1, le=1_000_000)
    batch_wait_ms_max: int = Field(100, ge=1, le=10_000)
    batch_bytes_max: int = Field(24 << 20, ge=1 << 16)
    inserts_max: int = Field(2, ge=1, le=16)  # at once
    fetch_bytes_max: int = Field(4 << 20, ge=1 << 16)  # in one answer of a broker, compressed
    poll_records_max: int = Field(8_192, ge=1, le=1_000_000)
    poll_wait_ms_max: int = Field(25, ge=1, le=10_000)
    commit_ms: int = Field(1_000, ge=1)
    watch_ms: int = Field(1_000, ge=10)  # how often it looks whether a topic was re-created
    drain_s_max: float = Field(20.0, gt=0)
    reject_share_max: float = Field(0.5, gt=0, le=1)
    reject_window_records: int = Field(1_000, ge=1)


class FoldSettings(SettingsModel):
    """How the fold looks for dirty days, and how far around a day it looks for evidence."""

    window_days: int = Field(15, ge=1, le=60)
    tick_ms: int = Field(150, ge=10)
    amount_vnd_min: int = Field(1, ge=1)  # a smaller payment is not a valid one (domain: metrics)
    days_per_tick_max: int = Field(10, ge=1)  # then the fold looks again what is most urgent


class GatewaySettings(SettingsModel):
    """The HTTP door for providers. `keys` are bearer keys, comma separated."""

    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65_535)  # 0: a free port, printed and kept in the data directory
    keys: SecretStr | None = None
    body_bytes_max: int = Field(4 << 20, ge=1024)
    events_per_request_max: int = Field(1_000, ge=1)
    acknowledge_timeout_ms: int = Field(10_000, ge=10)
    head_s_max: float = Field(10.0, gt=0)  # so long a connection may say nothing
    body_s_max: float = Field(30.0, gt=0)  # so long a body may take
    names: tuple[str, ...] = ()  # by which senders reach it; then a request for another is refused
    proxies: tuple[str, ...] = ()  # addresses whose X-Forwarded-For is believed


class WebSettings(SettingsModel):
    """The pages and the HTTP API for readers."""

    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65_535)
    stuck_after_s: float = Field(20.0, gt=0)
    sample_ms: int = Field(2_000, ge=50)  # how often it looks how far sink and fold are
    sign_in: bool = True  # off in `choso demo`; without it only loopback is listened to
    names: tuple[str, ...] = ()  # by which readers reach it; then a request for another is refused
    behind_tls: bool = False  # a gate in front speaks https: cookies go over TLS only
    proxies: tuple[str, ...] = ()  # addresses whose X-Forwarded-For is believed
    session_s_max: float = Field(12 * 3600.0, gt=0)
    idle_s_max: float = Field(2 * 3600.0, gt=0)
    sign_in_tries_max: int = Field(10, ge=1)  # failures of one name or address, then it waits
    sign_in_wait_s: float = Field(300.0, gt=0)
    live_ms: int = Field(400, ge=50)  # how often the figures of today are looked at, while watched
    live_listeners_max: int = Field(200, ge=1)
    answer_age_s_max: float = Field(5.0, ge=0)  # a page may show an answer this old, with its time
    answer_stale_s_max: float = Field(60.0, ge=0)  # … and so old while a new one is being made
    answer_wait_s_max: float = Field(300.0, gt=0)  # a reader waits so long, then asks again
    answers_kept_max: int = Field(500, ge=1)
    answers_waiting_max: int = Field(1_000, ge=1)  # different ones at once
    slow_age_s_max: float = Field(300.0, ge=0)  # an evaluation, forecast or plan may be this old
    slow_wait_s_max: float = Field(30.0, gt=0)  # a reader waits so long for one, then asks again
    slow_waiting_max: int = Field(8, ge=1)  # different ones at once; they are made one by one
    slow_kept_max: int = Field(60, ge=1)


class AlertSettings(SettingsModel):
    """When something is worth an alert, and who is told of it. Shares are of 1."""

    look_ms: int = Field(60_000, ge=100)
    active_fall_min: float = Field(0.10, gt=0, le=1)
    active_vendors_min: int = Field(20, ge=1)  # open vendors of a market, at both weeks' ends
    active_open_days_min: int = Field(21, ge=1)  # of the market, in both windows of 28 days
    source_heard_days_min: int = Field(10, ge=1)  # of 14: then a source is a regular one
    source_silent_days_min: int = Field(2, ge=1)
    vendor_paid_days_min: int = Field(10, ge=1)  # of 28
    vendor_silent_days_min: int = Field(7, ge=1)
    fail_count_min: int = Field(20, ge=1)
    fail_share_min: float = Field(0.2, gt=0, le=1)
    webhook_url: SecretStr | None = None  # http(s); secret, because its path may be
    webhook_key: SecretStr | None = None  # signs each POST, see infra/webhook.py
    webhook_timeout_s: float = Field(5.0, gt=0)
    webhook_tries_max: int = Field(3, ge=1)
    webhook_wait_ms: int = Field(500, ge=1)
    deliver_each_max: int = Field(50, ge=1)
    deliver_days_max: int = Field(7, ge=1)  # an alert that could not be delivered is tried so long


class EmbeddedSettings(SettingsModel):
    """Limits of the embedded broker and store."""

    broker_heap_mb: int = Field(512, ge=128)
    broker_ready_s_max: float = Field(60.0, gt=0)
    store_memory_mb_max: int = Field(1_000, ge=256)
    store_threads: int = Field(0, ge=0)  # 0: one for each core
    store_ready_s_max: float = Field(60.0, gt=0)
    restart_wait_ms_max: int = Field(5_000, ge=1)
    stop_wait_s_max: float = Field(20.0, gt=0)


class Settings(BaseSettings):
    """The whole tree. Every loop, queue, batch and wait of choso has its limit here."""

    model_config = SettingsConfigDict(
        env_prefix="CHOSO_",
        env_nested_delimiter="__",
        env_file=".env",
        frozen=True,
        extra="forbid",
    )

    data_dir: Path = Path(".choso")
    language: Lang = Field(default_factory=language_of_locale)  # of commands; as LANG says
    log_level: str = "INFO"
    log_format: str = "console"  # or "json"
    failpoint: Path | None = None  # tests only: where points are armed, see infra/failpoint.py
    token_key_file: Path | None = None  # None: data_dir/secrets/token_key, made on first use
    kafka: KafkaSettings = KafkaSettings()
    store: StoreSettings = StoreSettings()
    sink: SinkSettings = SinkSettings()
    fold: FoldSettings = FoldSettings()
    gateway: GatewaySettings = GatewaySettings()
    web: WebSettings = WebSettings()
    alerts: AlertSettings = AlertSettings()
    embedded: EmbeddedSettings = EmbeddedSettings()
