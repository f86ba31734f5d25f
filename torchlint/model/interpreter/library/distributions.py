"""``torch.distributions``: distributions are built, and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.distributions import OTHER, distributions
from torchlint.model.interpreter.values.distribution import DistributionValue, distribution_of, divergence, sources_of

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


def call(machine: Interpreter, site: Site, name: str) -> object:
    """Call something of ``torch.distributions``; transforms and the like are unknown."""
    last = name.rpartition(".")[2]
    if last == "kl_divergence" and not site.is_open:
        return divergence(machine, site, site.argument(0, "p"), site.argument(1, "q"))
    known = distributions().get(last)
    if known is None:
        return machine.unknown()
    if last == "Independent" and (base := distribution_of(site.argument(0, "base_distribution"))) is not None:
        return base  # what it adds is a sum over some dimensions
    if site.is_open:
        known = OTHER
    named = {**dict(zip(known.parameters, site.arguments, strict=False)), **site.keywords}
    given = {each: named[each] for each in known.parameters if named.get(each) is not None}
    if known is OTHER:
        every = (*site.arguments, *site.keywords.values(), *([machine.unknown()] if site.is_open else []))
        given = {known.parameters[0]: list(sources_of(machine, site.at, every))}
    made = DistributionValue(last, known, given)
    made.settle(machine, site.at)
    return made
