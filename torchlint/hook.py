"""``import torchlint.hook``: what ``torchlint why`` says is printed below the traceback of an error of PyTorch's.

Until something is raised that nothing catches, this costs nothing. Of several ranks only the first is told.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    _Hook = Callable[[type[BaseException], BaseException, TracebackType | None], Any]


def install() -> None:
    """Print it below the tracebacks of this process, and of its IPython where it has one; once is enough."""
    before = sys.excepthook
    if getattr(before, "is_torchlint", False):
        return

    def hook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        before(kind, error, traceback)
        _tell(error)

    hook.is_torchlint = True  # type: ignore[attr-defined]
    sys.excepthook = hook
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()) is not None:
        shell.set_custom_exc((Exception,), _in_ipython)


def _in_ipython(
    shell: Any, kind: type[BaseException], error: BaseException, traceback: Any, tb_offset: Any = None
) -> None:
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
    _tell(error)


def _tell(error: BaseException) -> None:
    from torchlint.frontends.why.below import tell  # start-up: 30 ms, which only a crash needs

    tell(error)


install()
