"""A call bound to the parameters of an overload, so that its tensors can be replaced one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Parameter, Takes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import torch

Value = object


@dataclass(frozen=True)
class Call:
    """``function`` with its arguments by parameter; ``positional`` are those given by position."""

    function: Callable[..., object]
    values: Mapping[str, Value]
    positional: tuple[str, ...]
    spread: str = ""

    def run(self, replaced: Mapping[str, Value]) -> object:
        """Call with some of the arguments replaced."""
        values = {**self.values, **replaced}
        spread = values.pop(self.spread, ())
        assert isinstance(spread, (list, tuple))
        return self.function(
            *[values[name] for name in self.positional],
            *spread,
            **{name: value for name, value in values.items() if name not in self.positional},
        )

    def tensors(self) -> dict[str, list[torch.Tensor]]:
        """The tensors of each argument that is one, or a list of them."""
        import torch

        found: dict[str, list[torch.Tensor]] = {}
        for name, value in self.values.items():
            if isinstance(value, torch.Tensor):
                found[name] = [value]
            elif isinstance(value, (list, tuple)) and any(isinstance(each, torch.Tensor) for each in value):
                found[name] = [each for each in value if isinstance(each, torch.Tensor)]
        return found

    def with_tensors(self, tensors: Mapping[str, list[torch.Tensor]]) -> dict[str, Value]:
        """The arguments that are tensors or lists of them, with these tensors in the same places."""
        import torch

        replaced: dict[str, Value] = {}
        for name, new in tensors.items():
            old = self.values[name]
            if isinstance(old, torch.Tensor):
                replaced[name] = new[0]
            else:
                assert isinstance(old, (list, tuple))
                rest = iter(new)
                items = [next(rest) if isinstance(each, torch.Tensor) else each for each in old]
                replaced[name] = items if isinstance(old, list) else tuple(items)
        return replaced


def bind(
    function: Callable[..., object],
    parameters: Sequence[Parameter],
    args: Sequence[Value],
    kwargs: Mapping[str, Value],
) -> Call | None:
    """The call, if the arguments fit the parameters."""
    by_position = [each for each in parameters if not each.keyword_only]
    values: dict[str, Value] = {}
    positional: list[str] = []
    spread = ""
    for at, value in enumerate(args):
        if at >= len(by_position):
            return None
        each = by_position[at]
        if each.variadic and (len(args) - at > 1 or not isinstance(value, (list, tuple))):
            values[each.name], spread = list(args[at:]), each.name
            break
        values[each.name] = value
        positional.append(each.name)
    known = {each.name for each in parameters}
    if not known.issuperset(kwargs) or values.keys() & kwargs.keys():
        return None
    values.update(kwargs)
    if any(each.default is None and each.name not in values for each in parameters):
        return None
    if not all(_fits(each, values[each.name]) for each in parameters if each.name in values and each.name != spread):
        return None
    return Call(function, values, tuple(positional), spread)


def _fits(parameter: Parameter, value: Value) -> bool:
    import torch

    if value is None:
        return parameter.default is not None or parameter.takes in (Takes.OTHER, Takes.TENSORS)
    if parameter.takes is Takes.TENSOR:
        return isinstance(value, torch.Tensor)
    if parameter.takes is Takes.TENSORS:
        return isinstance(value, (list, tuple)) and any(isinstance(each, torch.Tensor) for each in value)
    if parameter.takes is Takes.NUMBER:
        return isinstance(value, (int, float, complex)) and not isinstance(value, bool)
    return not isinstance(value, torch.Tensor)
