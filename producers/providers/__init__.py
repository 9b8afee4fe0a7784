"""Providers whose own messages are taken: a module each, found by being there."""

from importlib import import_module
from pkgutil import iter_modules

from producers.webhooks.provider import Provider

_ALL: tuple[Provider, ...] = tuple(
    import_module(f"{__name__}.{module.name}").PROVIDER for module in iter_modules(__path__)
)
PROVIDERS: dict[str, Provider] = {provider.name: provider for provider in _ALL}
assert len(PROVIDERS) == len(_ALL), "two providers have one name"
