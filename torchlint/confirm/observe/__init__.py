"""What runs inside of the user's program: it watches autograd and writes records, and changes nothing else.

Nothing here is imported before the program has imported torch itself, and no defect of it may reach the program: what
fails while looking is recorded as a problem, and the program goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchlint.confirm.observe.observer import Observer
    from torchlint.confirm.plan import Plan
    from torchlint.confirm.sink import Sink


def begin(plan: Plan, sink: Sink, cells: dict[str, tuple[str, int]]) -> Observer:
    """Observe this process as a plan says. Raises: whatever a torch that is too old, or too new, makes of it."""
    import torch

    from torchlint.confirm.observe.abilities import missing
    from torchlint.confirm.observe.lines import Lines
    from torchlint.confirm.observe.modules import Watched
    from torchlint.confirm.observe.observer import Observer

    sink.write(t="start", torch=str(torch.__version__))
    lines = Lines(sink, plan.own, cells)
    watched = tuple(Watched(*each) for each in plan.modules)
    observer = Observer(lines, sink, frozenset(plan.reads), watched, "state" in plan.options)
    for what, why in missing().items():
        sink.write(t="missing", what=what, why=why)
    if plan.device == "cuda" and not torch.cuda.is_available():
        sink.write(t="missing", what="modules", why="--device cuda: this PyTorch sees no CUDA device")
    observer.start()
    return observer
