"""Files about markets, stalls, vendors, accounts, census, calendar and visits become facts."""

from producers.registry_import.run import RegistryReport, import_registry

__all__ = ["RegistryReport", "import_registry"]
