"""kafka-python's producer: connected without leaving anything behind, its errors told apart."""

from typing import Any

from kafka import KafkaProducer
from kafka.errors import IllegalStateError, KafkaError, KafkaTimeoutError
from kafka.net.compat import KafkaNetClient


def connect(config: dict[str, Any]) -> Any:
    """A producer. Its own constructor leaves a thread and a socket behind when nothing answers."""
    clients: list[KafkaNetClient] = []

    def kept_client(**client_config: Any) -> KafkaNetClient:
        clients.append(KafkaNetClient(**client_config))
        return clients[-1]

    try:
        return KafkaProducer(**config, kafka_client=kept_client)
    except KafkaError:
        for client in clients:
            client.close()
            client._net.stop()
        raise


def may_pass(error: Exception) -> bool:
    """Whether sending it again may help."""
    if not isinstance(error, KafkaError):
        return True
    return bool(error.retriable) or isinstance(error, KafkaTimeoutError | IllegalStateError)


def cause_of(error: Exception) -> str:
    """The error in a line."""
    text = " ".join(str(error).split())
    return text if isinstance(error, KafkaError) else f"{type(error).__name__}: {text}"
