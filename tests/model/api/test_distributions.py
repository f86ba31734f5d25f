"""What is known of distributions is what PyTorch does."""

from __future__ import annotations

from contextlib import suppress

import pytest

from torchlint.model.api.distributions import OTHER, Distribution, distributions
from torchlint.model.api.operation import Answer

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

KNOWN = {name: each for name, each in distributions().items() if each is not OTHER}
VALUES = {"Categorical": [0.0, 1.0], "OneHotCategorical": [[1.0, 0.0, 0.0]], "Dirichlet": [[0.2, 0.3, 0.5]]}
WHOLE = ("Bernoulli", "Poisson")
CHOSEN = ("probs", "logits")


def test_every_distribution_is_known() -> None:
    abstract = {"Distribution", "ExponentialFamily"}
    own = {name for name in torch.distributions.__all__ if hasattr(getattr(torch.distributions, name), "log_prob")}
    assert set(distributions()) == own - abstract


def built(name: str, known: Distribution, trained: str, *, requires_grad: bool = True) -> object:
    """A distribution of which one parameter alone requires grad, if any."""
    names = [trained] if trained in CHOSEN else known.parameters
    given = {each: torch.full((2, 3), 0.3, dtype=torch.double) for each in names}
    if "high" in given:
        given["high"] += 1
    given[trained].requires_grad_(requires_grad)
    return getattr(torch.distributions, name)(**given)


def computed(made: object, name: str, member: str) -> object:
    if member in ("log_prob", "cdf"):
        usual = [1.0] if name in WHOLE else [0.4]
        return getattr(made, member)(torch.tensor(VALUES.get(name, usual), dtype=torch.double))
    found = getattr(made, member)
    return found() if callable(found) else found


def raises_again(tensor: torch.Tensor) -> bool:
    tensor.sum().backward()
    with suppress(RuntimeError):
        tensor.sum().backward()
        return False
    return True


CASES = [
    (name, trained, member) for name, known in KNOWN.items() for trained in known.parameters for member in known.members
]


@pytest.mark.parametrize(("name", "trained", "member"), CASES)
def test_members(name: str, trained: str, member: str) -> None:
    known = KNOWN[name]
    told = known.members[member]
    result = computed(built(name, known, trained), name, member)
    is_derived = known.normalises or (trained in CHOSEN and trained not in told.of)
    assert result.requires_grad is (is_derived or trained in told.of)
    if result.requires_grad:
        keeps = told.keeps is Answer.YES and (not told.keeps_when or trained in told.keeps_when)
        assert raises_again(result) is (keeps or is_derived or set(CHOSEN) <= set(told.of))


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_drawn_has_no_gradient(name: str) -> None:
    known = KNOWN[name]
    assert not any(built(name, known, each).sample().requires_grad for each in known.parameters)
    assert ("rsample" in known.members) is getattr(torch.distributions, name).has_rsample or name == "Gumbel"


@pytest.mark.parametrize("name", [name for name, known in KNOWN.items() if known.normalises])
@pytest.mark.parametrize("given", CHOSEN)
def test_what_the_constructor_computes_is_shared(name: str, given: str) -> None:
    made = built(name, KNOWN[name], given)
    computed(made, name, "log_prob").sum().backward()
    with pytest.raises(RuntimeError, match="second time"):
        computed(made, name, "log_prob").sum().backward()


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("flags", [(True, False), (False, True)])
def test_divergence_of_two_of_a_kind(name: str, flags: tuple[bool, bool]) -> None:
    known = KNOWN[name]
    for trained in known.parameters:
        made = [built(name, known, trained, requires_grad=each) for each in flags]
        try:
            result = torch.distributions.kl_divergence(*made)
        except NotImplementedError:
            continue
        assert result.requires_grad
        assert raises_again(result)
