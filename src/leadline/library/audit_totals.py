"""Claims → what they add up to, as claimed and as believed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from leadline.library.audit_results import Total

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leadline.library.audit_results import Claim


def totals(claims: Sequence[Claim], *, by: Callable[[Claim], str]) -> tuple[Total, ...]:
    """Add claims up by group and metric; claims of no group are left out."""
    groups: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        if by(claim):
            groups.setdefault((by(claim), claim.metric), []).append(claim)
    return tuple(
        _total(group, metric, found) for (group, metric), found in sorted(groups.items())
    )


def _total(group: str, metric: str, claims: Sequence[Claim]) -> Total:
    made = [claim for claim in claims if claim.is_claimed]
    trusted = [claim for claim in made if not math.isnan(claim.believed)]
    believed = math.fsum(claim.believed * claim.reach for claim in trusted)
    halves = [
        (claim.believed_upper - claim.believed_lower) / 2 * claim.reach for claim in trusted
    ]
    half = float(np.sqrt(np.sum(np.square(halves))))
    known = [claim for claim in made if not math.isnan(claim.effect_size)]
    return Total(
        group=group,
        metric=metric,
        n_experiments=len(claims),
        n_claims=len(made),
        n_stand=sum(claim.stands for claim in claims),
        claimed=math.fsum(claim.effect_size * claim.reach for claim in known),
        believed=believed,
        lower=believed - half,
        upper=believed + half,
        n_untrusted=len(made) - len(trusted),
        is_share=all(claim.is_share and claim.reach == 1 for claim in known or claims),
    )
