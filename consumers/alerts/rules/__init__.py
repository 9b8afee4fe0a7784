"""Every rule of alerts. To add one: a module here with its `RULE`, and its statement beside it."""

from importlib import import_module
from pkgutil import iter_modules

from consumers.alerts.alert import AlertRule

_RULES: list[AlertRule] = [
    import_module(f"{__name__}.{module.name}").RULE for module in iter_modules(__path__)
]
RULES: dict[str, AlertRule] = {rule.name: rule for rule in _RULES}
assert len(RULES) == len(_RULES), "two rules have one name"
