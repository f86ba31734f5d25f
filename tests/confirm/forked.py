"""Running programs in forked copies of a process that has torch, plainly or observed: quicker than starting anew."""

from __future__ import annotations

import gc
import multiprocessing.util
import os
import runpy
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.confirm.plan import Plan
    from torchlint.confirm.records import Records
    from torchlint.finding import Finding

PROGRAMS = Path(__file__).parent / "programs"


def run(path: Path, *arguments: str, observed: bool = True, findings: Sequence[Finding] = ()) -> tuple[str, Records]:
    """What a script prints, to both streams, and what was seen of it; ``findings`` say what is watched besides."""
    from torchlint.confirm.confirmation import watching
    from torchlint.confirm.plan import Form, Plan
    from torchlint.confirm.records import read_records

    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as records:
        plan = watching(
            Plan(Form.SCRIPT, str(path), arguments, records.fileno()), [(str(path), each) for each in findings]
        )
        process = os.fork()
        if process == 0:
            try:
                for each in (1, 2):
                    os.dup2(output.fileno(), each)
                sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
                sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
                _run(plan, observed)
            except BaseException as error:
                from torchlint.confirm import traces

                traces.strip(error)
                print(f"{type(error).__name__}: {error}", flush=True)
            finally:
                _finish()
        os.waitpid(process, 0)
        output.seek(0)
        records.seek(0)
        return output.read().decode(), read_records(records.readlines())


def _finish() -> None:
    """End a copy as Python ends, but for what the process it was copied from would do at its own end."""
    try:
        gc.collect()
        multiprocessing.util._run_finalizers()  # else the tracker of resources tells, some time, what a loader left
        sys.stdout.flush()
    finally:
        os._exit(0)


def _run(plan: Plan, observed: bool) -> None:
    import torch

    gc.freeze()  # what was there before is not looked at again, which would copy all of its memory
    warnings.resetwarnings()  # what turns them into errors is for the tests themselves
    torch.set_num_threads(1)
    sys.argv = [plan.target, *plan.arguments]
    if not observed:
        runpy.run_path(plan.target, run_name="__main__")
        return
    from torchlint.confirm.observe import begin
    from torchlint.confirm.sink import Sink

    observer = begin(plan, Sink(plan.descriptor), {})
    try:
        runpy.run_path(plan.target, run_name="__main__")
    except BaseException as error:
        observer.uncaught(error)
        raise
    finally:
        observer.tell_in_the_end()
