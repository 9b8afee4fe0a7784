"""What is believed before any data, as a sentence. Pure."""

from math import exp

from consumers.statistics.diffusion.prior import NAMES, Prior
from schemas.message import Message, Number, Share


def prior_message(prior: Prior) -> Message:
    """The prior in words and numbers."""
    parts = {
        f"{whose}_{name}": Number(sd, 1)
        for whose, sds in (("kind", prior.kind_sd), ("site", prior.tau_scale))
        for name, sd in zip(NAMES, sds, strict=True)
    }
    return Message(
        "forecast.prior",
        share=Share(1 / (1 + exp(-prior.mean[0])), 0),
        share_sd=Number(prior.mean_sd[0], 1),
        p=Number(exp(prior.mean[1]), 3),
        p_sd=Number(prior.mean_sd[1], 1),
        q=Number(exp(prior.mean[2]), 3),
        q_sd=Number(prior.mean_sd[2], 1),
        luck=Number(exp(prior.phi_mean), 2),
        luck_sd=Number(prior.phi_sd, 1),
        drift=Number(prior.drift_sd, 2),
        **parts,
    )
