"""What the distributions of ``torch.distributions`` compute from which of their parameters, and what that keeps.

Each line is a distribution: its parameters in order, then its members, each with the parameters through which gradient
flows. After a slash is what must require grad for the node to keep anything, ``-`` where it never does. Measured on
PyTorch 2.13, which a test does again. Of a distribution without a line, what ``OTHER`` says is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Member:
    """What a distribution computes from the parameters ``of``: whether that requires grad once one of them does, and
    whether its node certainly keeps anything, always or where one of ``keeps_when`` requires grad."""

    of: tuple[str, ...]
    grad: Answer = Answer.YES
    keeps: Answer = Answer.YES
    keeps_when: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution. Where it is told ``probs`` or ``logits``, it derives the one from the other the first time that
    it is needed, and keeps it; ``normalises``: it also computes a new one from the one that it is told. ``others`` is
    what holds of members that are not listed, where it is not seen how they are computed."""

    parameters: tuple[str, ...]
    members: Mapping[str, Member]
    normalises: bool = False
    others: Member | None = None


_TABLE = """
Bernoulli probs,logits log_prob=logits entropy=logits,probs mean=probs/- variance=probs stddev=probs
Beta concentration1,concentration0 log_prob=* entropy=* rsample=* mean=* variance=* stddev=* mode=*
Categorical probs,logits log_prob=logits entropy=logits,probs
Cauchy loc,scale log_prob=* entropy=scale rsample=*/scale cdf=* mode=loc/-
Dirichlet concentration log_prob=* entropy=* rsample=* mean=* variance=* stddev=* mode=*
Exponential rate log_prob=* entropy=* rsample=* cdf=* mean=* variance=* stddev=*
Gamma concentration,rate log_prob=* entropy=* rsample=* mean=* variance=* stddev=* mode=*
Gumbel loc,scale log_prob=* entropy=scale rsample=*/scale cdf=* mean=*/scale variance=scale stddev=scale mode=loc/-
HalfCauchy scale log_prob=* entropy=* rsample=* cdf=*
HalfNormal scale log_prob=* entropy=* rsample=* cdf=* mean=* variance=* stddev=*
InverseGamma concentration,rate log_prob=* entropy=* rsample=* mean=* variance=* stddev=* mode=*
Laplace loc,scale log_prob=* entropy=scale rsample=*/scale cdf=* mean=loc/- variance=scale stddev=scale mode=loc/-
LogNormal loc,scale log_prob=* entropy=*/scale rsample=* cdf=* mean=* variance=* stddev=* mode=*
Normal loc,scale log_prob=* entropy=scale rsample=*/scale cdf=* mean=loc/- variance=scale stddev=scale/- mode=loc/-
OneHotCategorical probs,logits log_prob=logits entropy=logits,probs mean=probs/- variance=probs stddev=probs
Poisson rate log_prob=* mean=*/- variance=*/- stddev=*
Uniform low,high log_prob=* entropy=* rsample=* cdf=* mean=* variance=* stddev=*
"""
_NORMALISING = frozenset(("Categorical", "OneHotCategorical"))

_ALL = ("parameters",)
OTHER = Distribution(
    _ALL,
    {"log_prob": Member(_ALL), "rsample": Member(_ALL, keeps=Answer.NO)},
    others=Member(_ALL, Answer.MAYBE, Answer.NO),
)
"""What holds of any distribution, all of whose arguments are one parameter."""
_OTHERS = (
    "Binomial Chi2 ContinuousBernoulli FisherSnedecor GeneralizedPareto Geometric Independent Kumaraswamy LKJCholesky "
    "LogisticNormal LowRankMultivariateNormal MixtureSameFamily Multinomial MultivariateNormal NegativeBinomial "
    "OneHotCategoricalStraightThrough Pareto RelaxedBernoulli RelaxedOneHotCategorical StudentT "
    "TransformedDistribution VonMises Weibull Wishart"
).split()


@cache
def distributions() -> Mapping[str, Distribution]:
    """What is known of each distribution, by the name of its class."""
    return dict.fromkeys(_OTHERS, OTHER) | dict(map(_read, _TABLE.strip().splitlines()))


def _read(line: str) -> tuple[str, Distribution]:
    name, parameters, *members = line.split()
    names = tuple(parameters.split(","))
    read = {each.partition("=")[0]: _member(each.partition("=")[2], names) for each in members}
    return name, Distribution(names, read, name in _NORMALISING)


def _member(text: str, parameters: tuple[str, ...]) -> Member:
    sources, slash, keepers = text.partition("/")
    of = parameters if sources == "*" else tuple(sources.split(","))
    if not slash:
        return Member(of)
    return Member(of, keeps=Answer.NO) if keepers == "-" else Member(of, keeps_when=frozenset(keepers.split(",")))
