"""The process in which the program runs: as Python would run it, observed from the moment it imports torch.

Started as a script, with the path of a plan as its one argument. Up to the program's own first line nothing is imported
but what Python itself has, so that the program decides when, and with which environment, torch comes.
"""

from __future__ import annotations

import ast
import atexit
import builtins
import contextlib
import importlib.machinery
import io
import linecache
import os
import runpy
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING

_FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
_ROOT = os.path.dirname(os.path.dirname(_FOLDER))  # noqa: PTH120

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.confirm.observe.observer import Observer
    from torchlint.confirm.plan import Plan
    from torchlint.confirm.sink import Sink


def main() -> None:
    """Run the program of a plan; what the program raises goes on to Python, as it would without an observer."""
    if sys.path and sys.path[0] == _FOLDER:
        del sys.path[0]
    with _own_modules():
        from torchlint.confirm.imports import when_imported
        from torchlint.confirm.plan import Form, Plan
        from torchlint.confirm.sink import Sink
    plan = Plan.load(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sink = Sink(plan.descriptor)
    run = _Run(plan, sink)
    atexit.register(
        run.end
    )  # the first to be registered is the last to run: after threads, and all of the program's own
    when_imported("torch", run.observe)
    start = {Form.SCRIPT: _script, Form.MODULE: _module, Form.NOTEBOOK: _notebook, Form.PROBE: _probe}[plan.form]
    try:
        start(plan, run)
    except SystemExit:
        run.over()
        raise
    except BaseException as error:
        run.failed(error)
        run.over()
        _hide_frames()
        raise
    run.over()


class _Run:
    """One run: its observer, once torch is there, and how it went."""

    def __init__(self, plan: Plan, sink: Sink) -> None:
        self._plan = plan
        self._sink = sink
        self._process = os.getpid()
        self._error = ""
        self.observer: Observer | None = None
        self.cells: dict[str, tuple[str, int]] = {}

    def observe(self) -> None:
        """Begin to observe; called as soon as torch is imported."""
        try:
            with _own_modules():
                from torchlint.confirm.observe import begin

                self.observer = begin(self._plan, self._sink, self.cells)
        except Exception as error:
            self._sink.write(t="missing", what="all", why=f"the observer cannot run: {type(error).__name__}: {error}")

    def failed(self, error: BaseException, cell: int | None = None) -> None:
        """Note an error that ended the program, or a cell."""
        text = f"{type(error).__name__}: {error}"[:300]
        if self.observer is not None:
            self.observer.uncaught(error)
        if cell is None:
            self._error = text
        else:
            self._sink.write(t="cell", cell=cell, error=text)

    def over(self) -> None:
        """The program's own code has ended; what it made is still there."""
        if self.observer is not None:
            self.observer.look_at_modules()

    def end(self) -> None:
        """Python is about to end, by itself."""
        if os.getpid() == self._process:
            self._sink.write(t="end", error=self._error)


@contextlib.contextmanager
def _own_modules() -> Iterator[None]:
    """torchlint can be imported here, wherever it is; elsewhere ``sys.path`` is the program's own."""
    before = list(sys.path)
    sys.path.insert(0, _ROOT)
    try:
        yield
    finally:
        sys.path[:] = before


# The ways to start a program, each as Python has it.


def _script(plan: Plan, run: _Run) -> None:
    target = plan.target
    sys.argv = [target, *plan.arguments]
    if os.path.isdir(target) or not _is_source(target):  # noqa: PTH112
        sys.path.insert(0, target)
        _fresh_main()
        runpy._run_module_as_main("__main__", alter_argv=False)  # type: ignore[attr-defined]
        return
    path = os.path.abspath(target)  # noqa: PTH100
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, os.path.dirname(os.path.realpath(target)))  # noqa: PTH120
    main = _fresh_main()
    main.__file__ = path
    main.__loader__ = importlib.machinery.SourceFileLoader("__main__", path)
    with io.open_code(path) as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    exec(code, vars(main))


def _is_source(path: str) -> bool:
    import zipfile

    return not zipfile.is_zipfile(path)


def _module(plan: Plan, run: _Run) -> None:
    sys.argv = ["-m", *plan.arguments]
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, os.getcwd())  # noqa: PTH109
    _fresh_main()
    runpy._run_module_as_main(plan.target)  # type: ignore[attr-defined]


def _notebook(plan: Plan, run: _Run) -> None:
    """The cells in order; one that raises does not keep the next from running, as where they are run by hand."""
    path = os.path.abspath(plan.target)  # noqa: PTH100
    folder = os.path.dirname(path)  # noqa: PTH120
    sys.argv = [plan.target, *plan.arguments]
    os.chdir(folder)  # as notebooks are run
    sys.path.insert(0, folder)
    main = _fresh_main()
    for position, text in plan.cells:
        name = f"{os.path.basename(path)}[cell {position}]"  # noqa: PTH119
        run.cells[name] = (path, position)
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        try:
            _run_cell(text, name, vars(main))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            run.failed(error, position)
            _print(error)
        run.over()


def _run_cell(text: str, name: str, namespace: dict[str, object]) -> None:
    """Run a cell, and show the value of its last expression, as notebooks do."""
    tree = ast.parse(text, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec", dont_inherit=True), namespace)
    if last is not None:
        exec(compile(ast.Interactive([last]), name, "single", dont_inherit=True), namespace)


def _probe(plan: Plan, run: _Run) -> None:
    with _own_modules():
        import torch  # noqa: F401 (brings the observer)

        from torchlint.confirm.observe.probe import probe
    sys.path.insert(0, os.path.dirname(os.path.abspath(plan.target)))  # noqa: PTH100, PTH120
    assert run.observer is not None
    probe(plan, run.observer)


def _fresh_main() -> types.ModuleType:
    """An empty ``__main__``, which stays there until Python ends."""
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    return main


# Errors, as they look without an observer.


def _hide_frames() -> None:
    hook = sys.excepthook

    def shown(kind: type[BaseException], error: BaseException, traceback: types.TracebackType | None) -> None:
        from torchlint.confirm import traces

        traces.strip(error)
        hook(kind, error, error.__traceback__)

    with _own_modules():
        import torchlint.confirm.traces  # noqa: F401 (while it can be found)
    sys.excepthook = shown


def _print(error: BaseException) -> None:
    with _own_modules():
        from torchlint.confirm import traces
    sys.stdout.flush()
    traces.strip(error)
    sys.excepthook(type(error), error, error.__traceback__)


if __name__ == "__main__":
    main()
