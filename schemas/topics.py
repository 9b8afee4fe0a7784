"""Topics as data: who writes, who reads, how they are keyed and kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `name` comes after the prefix that settings give (`choso.payments.v1`)."""

    name: str
    shape: str  # the noun of its intake table: `payment_intake`, `registry_intake`
    key: str  # which field of data is the record's key, so which events stay in order
    single_partition: bool
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    meaning: str

    def full_name(self, prefix: str) -> str:
        """The topic's name on the broker."""
        return f"{prefix}.{self.name}"

    def configs(self, *, replication_factor: int, min_insync_replicas: int) -> dict[str, str]:
        """The topic's settings on the broker: kept for ever, times set by the broker.

        What is acknowledged outlives a power cut: several replicas do not lose power at once, and
        a single one syncs before it acknowledges; left alone, it would write to disk later.
        """
        return {
            **({"flush.messages": "1"} if replication_factor == 1 else {}),
            "retention.ms": "-1",
            "retention.bytes": "-1",
            "cleanup.policy": "delete",
            "message.timestamp.type": "LogAppendTime",
            "compression.type": "producer",
            "min.insync.replicas": str(min_insync_replicas),
            "max.message.bytes": str(4 << 20),
        }


PAYMENTS = Topic(
    name="payments.v1",
    shape="payment",
    key="account",
    single_partition=False,
    writers=("gateway", "import", "simulate"),
    readers=("sink",),
    meaning="Evidence about payments, in canonical CloudEvents form.",
)
REGISTRY = Topic(
    name="registry.v1",
    shape="registry",
    key="market",
    single_partition=True,
    writers=("registry import", "import", "simulate"),
    readers=("sink",),
    meaning="Facts about markets, stalls, vendors, accounts, codes, census, calendar and visits.",
)
DELIVERIES = Topic(
    name="deliveries.v1",
    shape="delivery",
    key="delivery",
    single_partition=True,
    writers=("import", "deliveries"),
    readers=("sink",),
    meaning="What each file or batch said as a whole, and which of them were taken back.",
)
TOPICS = (PAYMENTS, REGISTRY, DELIVERIES)
# A record's header: the id of the delivery that tells it. Who tells a fact is no part of the fact.
DELIVERY_HEADER = "delivery"
