"""The process of ``torchlint run``: a program as Python would run it, and what is to blame below its last traceback.

Started as a script, with the form of the program (``script`` or ``module``), its name and its arguments. What comes
before the program's own first line is Python's alone; the linter is not imported unless the program dies.
"""

import os
import sys

_HERE = os.path.abspath(__file__)  # noqa: PTH100
_FOLDER = os.path.dirname(_HERE)  # noqa: PTH120
_ROOT = os.path.dirname(_FOLDER)  # noqa: PTH120

TYPE_CHECKING = False  # as type checkers know it; ``typing`` is not Python's own to have
if TYPE_CHECKING:
    from types import TracebackType


def main() -> None:
    """Run the program; what it raises goes on to Python."""
    form, target, *arguments = sys.argv[1:]
    path = [each for each in sys.path[:1] if each != _FOLDER] + sys.path[1:]
    sys.path[:] = [_ROOT]
    from torchlint import starting  # start-up: 0.3 ms, and only where the path is safe

    sys.path[:] = path
    del sys.modules["torchlint"], sys.modules["torchlint.starting"]
    own = (_HERE, starting.__file__)
    try:
        (starting.script if form == "script" else starting.module)(target, arguments)
    except BaseException:
        _tell_below(own)
        raise


def _tell_below(own: "tuple[str, ...]") -> None:
    """From now on tracebacks begin with the program, and what is to blame stands below them."""
    before = sys.excepthook

    def shown(kind: "type[BaseException]", error: BaseException, traceback: "TracebackType | None") -> None:
        while traceback is not None and traceback.tb_frame.f_code.co_filename in own:
            traceback = traceback.tb_next
        error.__traceback__ = traceback
        before(kind, error, traceback)
        if getattr(before, "is_torchlint", False) or not isinstance(error, Exception):
            return
        sys.path.append(_ROOT)
        from torchlint.frontends.why.below import tell  # start-up: 30 ms, which only a crash needs

        tell(error)

    sys.excepthook = shown


if __name__ == "__main__":
    main()
