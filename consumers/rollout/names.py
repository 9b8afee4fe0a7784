"""What kinds of markets, attributes of candidates and methods of forecasting are called."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.message import Message, Name

KINDS: Mapping[str, Message] = MappingProxyType(
    {
        "traditional_market": Message("kind.traditional_market"),
        "supermarket": Message("kind.supermarket"),
        "convenience_store": Message("kind.convenience_store"),
        "service_centre": Message("kind.service_centre"),
    }
)
METHODS: Mapping[str, Message] = MappingProxyType(
    {
        "pooled hazard": Message("method.pooled_hazard"),
        "naive slope": Message("method.naive_slope"),
        "Bass, free m": Message("method.bass_free"),
    }
)
# Attributes that the examples have; any other is called as the file of candidates calls it.
ATTRIBUTES: Mapping[str, Message] = MappingProxyType(
    {
        "stall_count": Message("attribute.stall_count"),
        "tourist_share": Message("attribute.tourist_share"),
        "visitors_per_day": Message("attribute.visitors_per_day"),
        "signal_quality": Message("attribute.signal_quality"),
        "management_readiness": Message("attribute.management_readiness"),
    }
)


def attribute(name: str) -> Message | Name:
    """An attribute's name."""
    return ATTRIBUTES.get(name) or Name(name.replace("_", " "))


def method(code: str) -> Message | Name:
    """A method's name."""
    return METHODS.get(code) or Name(code)
