"""All providers, by their names."""

from producers.providers import casso, momo, payos, sepay, vnpay, zalopay
from producers.providers.provider import Provider

PROVIDERS: dict[str, Provider] = {
    each.name: each
    for each in (
        sepay.PROVIDER,
        casso.PROVIDER,
        payos.PROVIDER,
        momo.PROVIDER,
        vnpay.PROVIDER,
        zalopay.PROVIDER,
    )
}
