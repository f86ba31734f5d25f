"""The process in which the program runs: as Python would run it, observed from the moment it imports torch.

Started as a script, with the number of an open file, which has a plan, as its one argument. What is imported here up to
the program's own first line comes from Python and torchlint alone, and the program does not see it: it finds the
modules that it would find without torchlint, a ``types.py`` of its own included, and it decides when, and with which
environment, torch comes.
"""

import sys

_KNOWN = frozenset(sys.modules)
"""The modules that Python has imported for any program."""

import os  # noqa: E402

_FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
_ROOT = os.path.dirname(os.path.dirname(_FOLDER))  # noqa: PTH120
_LIBRARY = os.path.dirname(os.__file__)  # noqa: PTH120

TYPE_CHECKING = False  # as type checkers know it; ``typing`` is not Python's own to have
if TYPE_CHECKING:
    from types import ModuleType, TracebackType

    from torchlint.confirm.observe.observer import Observer
    from torchlint.confirm.plan import Plan
    from torchlint.confirm.sink import Sink


class _Own:
    """torchlint's modules: they can be imported inside of ``with``, and outside of it the program does not see them."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType] = {}
        self._others: dict[str, ModuleType] = {}

    def __enter__(self) -> None:
        self._others = _taken()
        sys.modules.update(self._modules)

    def __exit__(self, *_: object) -> None:
        self._modules = _taken()
        sys.modules.update(self._others)


def _taken() -> "dict[str, ModuleType]":
    """All modules called torchlint, taken from where they are found."""
    names = [name for name in sys.modules if name.partition(".")[0] == "torchlint"]
    return {name: sys.modules.pop(name) for name in names}


_OWN = _Own()


def main() -> None:
    """Run the program of a plan; what the program raises goes on to Python, as it would without an observer."""
    path = [each for each in sys.path[:1] if each != _FOLDER] + sys.path[1:]
    sys.path[:] = [_LIBRARY, os.path.join(_LIBRARY, "lib-dynload"), _ROOT]  # noqa: PTH118
    with _OWN:
        from torchlint import starting  # start-up: 0.3 ms, and only where the path is safe
        from torchlint.confirm import traces
        from torchlint.confirm.imports import when_imported
        from torchlint.confirm.plan import Form, Plan
        from torchlint.confirm.sink import Sink
    sys.path[:] = path
    with open(int(sys.argv[1]), encoding="utf-8") as told:  # noqa: PTH123 (it is open already)
        plan = Plan.load(told.read())
    import atexit

    sink = Sink(plan.descriptor)
    run = _Run(plan, sink)
    # The first to be registered is the last to run: after threads, and all of the program's own.
    atexit.register(run.end)
    when_imported("torch", run.observe)
    _forget()
    try:
        if plan.form is Form.SCRIPT:
            starting.script(plan.target, plan.arguments)
        elif plan.form is Form.MODULE:
            starting.module(plan.target, plan.arguments)
        elif plan.form is Form.NOTEBOOK:
            _notebook(plan, run, starting.fresh_main())
        else:
            _probe(plan, run)
    except SystemExit as left:
        run.over()
        why = _unusable(left, plan.target)
        if why:
            sink.write(t="unusable", why=why)
        raise
    except BaseException as error:
        run.failed(error)
        run.over()
        _hide_frames(traces)
        raise
    run.over()


def _forget() -> None:
    """Let the program import anew, from where it finds it, all that was imported for torchlint."""
    for name in sys.modules.keys() - _KNOWN:
        del sys.modules[name]
        parent, _, last = name.rpartition(".")
        if parent in _KNOWN:
            vars(sys.modules[parent]).pop(last, None)


class _Run:
    """One run: its observer, once torch is there, and how it went."""

    def __init__(self, plan: "Plan", sink: "Sink") -> None:
        self._plan = plan
        self._sink = sink
        self._process = os.getpid()
        self._error = ""
        self.observer: Observer | None = None
        self.cells: dict[str, tuple[str, int]] = {}

    def observe(self) -> None:
        """Begin to observe; called as soon as torch is imported."""
        try:
            with _OWN:
                from torchlint.confirm.observe import begin

                self.observer = begin(self._plan, self._sink, self.cells)
        except Exception as error:
            self._sink.write(t="missing", what="all", why=f"the observer cannot run: {type(error).__name__}: {error}")

    def loads(self, path: str) -> None:
        """Note a file of the program's that is not imported."""
        self._sink.write(t="loaded", paths=[path])

    def failed(self, error: BaseException, cell: int | None = None) -> None:
        """Note an error that ended the program, or a cell."""
        text = f"{type(error).__name__}: {error}"[:300]
        if self.observer is not None:
            self.observer.uncaught(error)
        if cell is None:
            self._error = text
        else:
            self._sink.write(t="cell", cell=cell, error=text)

    def cell_over(self) -> None:
        """A cell has ended; what it made is still there."""
        if self.observer is not None:
            self.observer.look_at_modules()

    def over(self) -> None:
        """The program's own code has ended; what it made is still there."""
        if self.observer is not None:
            self.observer.tell_in_the_end()

    def end(self) -> None:
        """Python is about to end, by itself."""
        if os.getpid() == self._process:
            self._sink.write(t="loaded", paths=_loaded_files())
            self._sink.write(t="end", error=self._error)


def _unusable(left: SystemExit, target: str) -> str:
    """Why there was no program to be run, where that is why it left; empty where it left by itself."""
    if getattr(left, "is_unusable", False):  # the probe says so
        return str(left)
    error = left.__context__
    refused = getattr(sys.modules.get("runpy"), "_Error", None)
    if refused is None or not isinstance(error, refused):
        return ""
    cause = error.__cause__
    if cause is not None:  # something failed in the package that has it, or there is none
        name = getattr(cause, "name", None)
        return str(error) if isinstance(name, str) and f"{target}.".startswith(f"{name}.") else ""
    return str(error)


def _loaded_files() -> list[str]:
    files = [getattr(each, "__file__", None) for each in list(sys.modules.values())]
    return sorted({os.path.abspath(each) for each in files if isinstance(each, str)})  # noqa: PTH100


# What Python itself does not start.


def _notebook(plan: "Plan", run: "_Run", main: "ModuleType") -> None:
    """The cells in order; one that raises does not keep the next from running, as where they are run by hand."""
    import linecache

    path = os.path.abspath(plan.target)  # noqa: PTH100
    folder = os.path.dirname(path)  # noqa: PTH120
    sys.argv = [plan.target, *plan.arguments]
    os.chdir(folder)  # as notebooks are run
    sys.path.insert(0, folder)
    run.loads(path)
    failed = False
    for position, text, *tags in plan.cells:
        name = f"{os.path.basename(path)}[cell {position}]"  # noqa: PTH119
        run.cells[name] = (path, position)
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        try:
            _run_cell(text, name, vars(main))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            run.failed(error, position)
            if "raises-exception" not in tags:
                failed = True
            _print(error)
        run.cell_over()
    if failed:
        raise SystemExit(1)


def _run_cell(text: str, name: str, namespace: dict[str, object]) -> None:
    """Run a cell, and show the value of its last expression, as notebooks do."""
    import ast

    tree = ast.parse(text, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec", dont_inherit=True), namespace)
    if last is not None:
        exec(compile(ast.Interactive([last]), name, "single", dont_inherit=True), namespace)


def _probe(plan: "Plan", run: "_Run") -> None:
    import torch  # noqa: F401 (brings the observer)

    with _OWN:
        from torchlint.confirm.observe.probe import probe
    sys.path.insert(0, os.path.dirname(os.path.abspath(plan.target)))  # noqa: PTH100, PTH120
    assert run.observer is not None
    probe(plan, run.observer)


# Errors, as they look without an observer.


def _hide_frames(traces: "ModuleType") -> None:
    hook = sys.excepthook

    def shown(kind: type[BaseException], error: BaseException, traceback: "TracebackType | None") -> None:
        traces.strip(error)
        hook(kind, error, error.__traceback__)

    sys.excepthook = shown


def _print(error: BaseException) -> None:
    with _OWN:
        from torchlint.confirm import traces
    sys.stdout.flush()
    traces.strip(error)
    sys.excepthook(type(error), error, error.__traceback__)


if __name__ == "__main__":
    main()
