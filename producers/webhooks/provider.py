"""What a provider's module gives, and what it makes of a message."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from schemas.message import Message
from schemas.payment import RailClass

Outcome = Literal["accepted", "forged", "malformed", "unable"]
Skip = Literal["outgoing", "test", "unsuccessful"]


class Incoming(NamedTuple):
    """A request as it arrived: names of headers in lower case, query and body unread."""

    headers: Mapping[str, str]
    query: str
    body: bytes


class Secret(NamedTuple):
    """What was agreed with the provider. `access` is the open half where there are two (MoMo)."""

    key: bytes
    access: str = ""


class Reply(NamedTuple):
    """How the provider wants to be answered. `body` None: empty."""

    status: int
    body: Mapping[str, Any] | None


class Forged(Exception):
    """No secret of this source signed the message. The text says what is wrong with its proof."""


class Malformed(Exception):
    """A genuine message that is not what its provider describes."""

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(f"{path}: {expected}")
        self.path = path
        self.expected = expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One credit as the provider tells it, with numbers in clear: never stored, never logged.

    `occurred_at` is in UTC. `bank` is the provider's word for the payee's bank. `payer` names an
    account or a user, never a person. `text` is where a stall's code may stand.
    """

    transaction_id: str
    reference: str | None
    occurred_at: datetime
    amount_vnd: int
    account: str
    rail_class: RailClass
    bank: str | None = None
    virtual_account: str | None = None
    payer: str | None = None
    balance_after_vnd: int | None = None
    code: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message tells: credits, and why each of the rest is no evidence of one."""

    notices: tuple[Notice, ...]
    skipped: tuple[Skip, ...] = ()


class Sample(NamedTuple):
    """What a message for a trial tells. `at` is in UTC; `bank` as the provider writes it."""

    transaction_id: str
    reference: str
    at: datetime
    amount_vnd: int
    account: str
    bank: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider. `name` is a word of commands, `title` its own.

    `verify` raises Forged. `read` is called with genuine messages only and raises Malformed.
    `sample` makes a message as the provider would. `advice` says which of the provider's own
    options make what it sends incomplete.
    """

    name: str
    title: str
    method: Literal["GET", "POST"]
    verify: Callable[[Incoming, Sequence[Secret]], None]
    read: Callable[[Incoming], Reading]
    sample: Callable[[Secret, Sample], Incoming]
    replies: Mapping[Outcome, Reply]
    advice: Message | None = None
