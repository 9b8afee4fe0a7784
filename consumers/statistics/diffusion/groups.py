"""Which sites learn from each other. Pure."""

from dataclasses import dataclass

import numpy as np

from consumers.statistics.diffusion.prior import Ints


@dataclass(frozen=True, slots=True)
class Groups:
    """Which site belongs to which kind of which pool: `kind` and `pool` (S,), kinds from 0."""

    kind: Ints
    pool: Ints
    kind_count: int
    pool_count: int

    @property
    def group(self) -> Ints:
        """The number of each site's kind in its pool."""
        return np.asarray(self.pool * self.kind_count + self.kind)

    @property
    def group_pool(self) -> Ints:
        """The pool of each kind."""
        return np.repeat(np.arange(self.pool_count), self.kind_count)
