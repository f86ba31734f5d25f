"""Starting somebody else's program inside a process of torchlint's, as Python itself would.

Only what Python has loaded anyway is imported here: the program finds its own modules, not those that were needed to
start it. Whoever calls this has the import path that Python gave the process, without the folder of its own script.
"""

import os
import sys

TYPE_CHECKING = False  # as type checkers know it; ``typing`` is not Python's own to have
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType


def script(target: str, arguments: "Sequence[str]") -> None:
    """Run a file, a folder or an archive, as ``python TARGET`` does. Raises: what the program does, and OSError."""
    sys.argv = [target, *arguments]
    path = os.path.abspath(target)  # noqa: PTH100
    if _can_be_imported_from(path):  # a folder or an archive, with a ``__main__.py``
        sys.path.insert(0, path)
        _run_as_main("__main__", alter_argv=False)
        return
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, os.path.dirname(os.path.realpath(target)))  # noqa: PTH120
    import io
    from _frozen_importlib_external import SourceFileLoader

    main = fresh_main()
    main.__file__ = path
    vars(main)["__cached__"] = None
    main.__loader__ = SourceFileLoader("__main__", path)
    with io.open_code(path) as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    exec(code, vars(main))


def module(name: str, arguments: "Sequence[str]") -> None:
    """Run a module, as ``python -m NAME`` does. Raises: what the program does."""
    sys.argv = ["-m", *arguments]
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, os.getcwd())  # noqa: PTH109
    _run_as_main(name)


def fresh_main() -> "ModuleType":
    """An empty ``__main__``, which stays there until Python ends."""
    import builtins

    main = type(sys)("__main__")
    vars(main).update(__builtins__=builtins, __annotations__={})
    sys.modules["__main__"] = main
    return main


def _can_be_imported_from(path: str) -> bool:
    for hook in sys.path_hooks:
        try:
            hook(path)
        except ImportError:
            continue
        return True
    return False


def _run_as_main(name: str, alter_argv: bool = True) -> None:
    """Run a module as Python does, which imports ``runpy`` from where the program finds modules."""
    fresh_main()
    import runpy

    runpy._run_module_as_main(name, alter_argv)  # type: ignore[attr-defined]
