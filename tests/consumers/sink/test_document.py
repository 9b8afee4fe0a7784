"""The AsyncAPI document in docs/ is the one that the code gives."""

from consumers.sink.document import TARGET, asyncapi, text
from schemas.topics import TOPICS


def test_the_document_is_current() -> None:
    """Write it anew with `python -m consumers.sink.document`."""
    assert TARGET.read_text(encoding="utf-8") == text()


def test_it_describes_every_topic_with_its_fields() -> None:
    document = asyncapi()
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert addresses == {topic.full_name("choso") for topic in TOPICS}
    assert "bank_reference" in str(document["components"])
    assert "effective_from" in str(document["components"])
    assert "outcomes" in str(document["components"])
