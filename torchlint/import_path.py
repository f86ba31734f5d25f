"""Where torchlint's own processes import from: never from the folder that they are started in.

Only what Python has loaded anyway is imported here: until the current folder is left, anything else may come from it.
"""

import os
import sys


def leave_current_folder() -> None:
    """Import nothing from the current folder any more."""
    sys.path[:] = safe_path()


class CurrentFolderLeft:
    """A context in which nothing is imported from the current folder, for a process that is another program's."""

    def __enter__(self) -> None:
        self._before = list(sys.path)
        leave_current_folder()

    def __exit__(self, *_: object) -> None:
        sys.path[:] = self._before


def safe_path() -> list[str]:
    """The import path of this process without the current folder.

    It counts only before the standard library, where ``-m``, ``-c`` and ``PYTHONPATH`` put it: what stands behind was
    installed, and hides nothing of Python's. Where torchlint itself was imported from the current folder, it goes to
    the end, as what torchlint needs may be there too.
    """
    here, library = _current_folder(), _real(os.path.dirname(os.__file__))
    before = next((at for at, entry in enumerate(sys.path) if _real(entry) == library), len(sys.path))
    kept = [entry for entry in sys.path[:before] if os.path.isabs(entry) and _real(entry) != here]
    kept += sys.path[before:]
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if _real(home) == here and here not in map(_real, kept):
        kept.append(home)
    return kept


def interpreter_options() -> list[str]:
    """Options for an isolated interpreter that else reads names of files, and writes what it compiles, as this one."""
    options = ["-I", f"-Xutf8={sys.flags.utf8_mode}"]
    if sys.dont_write_bytecode:
        options.append("-B")
    if sys.pycache_prefix:
        options.append(f"-Xpycache_prefix={sys.pycache_prefix}")
    return options


def _current_folder() -> str:
    try:
        return os.path.realpath(os.getcwd())
    except OSError:  # it is gone, and nothing can be imported from it
        return ""


def _real(path: str) -> str:
    return os.path.realpath(path)
