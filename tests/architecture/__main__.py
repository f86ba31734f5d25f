"""What the code of torchlint still owes its design, and what holds its import cycles together.

python -m tests.architecture            # debts by kind, the biggest cycles, and the cuts that shrink them most
python -m tests.architecture --debts    # every debt by its place, and how far from the table
python -m tests.architecture --update   # take what is paid out of the table; refused where a sum grew
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tests.architecture import cycles, debts
from tests.architecture.cycles import Graph
from tests.architecture.reading import When, read_modules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tests.architecture.cycles import Edge
    from tests.architecture.reading import Module

SHOWN = 8


def cycle_report(modules: Collection[Module]) -> Iterator[str]:
    """The biggest cycles, how big they are at run time, and what to cut."""
    graph, running = Graph.of(modules), Graph.of(modules, [When.FIRST])
    for members in graph.cycles()[:3]:
        part, awake = graph.among(members), running.among(members)
        size = max(map(len, awake.cycles()), default=1)
        yield f"\na cycle of {len(members)} modules and {len(part.edges)} edges; at import of {size}:"
        yield f"  {', '.join(map(short, members))}"
        if len(members) == 2:
            yield from (f"    {_edge(edge, part)}" for edge in part.edges)
            continue
        yield "  one edge less leaves:"
        yield from (f"    {left:>3}  {_edge(edge, part)}" for edge, left in cycles.best_cuts(part, SHOWN))
        yield "  one module that no other of the cycle imports leaves (what imports it would know a Protocol):"
        for module, edges, left in cycles.best_modules(part, SHOWN):
            yield f"    {left:>3}  {short(module)}, imported by {len(edges)}"
        for what, each in (("no cycle", part), ("no cycle at import", awake)):
            back = cycles.back_edges(each)
            yield f"  without these {len(back)} edges there is {what}:"
            yield from (f"    {_edge(edge, each)}" for edge in back)


def short(module: str) -> str:
    return module.removeprefix("torchlint.").removeprefix("model.")


def _edge(edge: Edge, graph: Graph) -> str:
    """An edge with the names it imports, and when: most of the cheap ones are for annotations only."""
    source, target = edge
    names: dict[str, list[str]] = {}
    for each in graph.edges[edge]:
        names.setdefault(each.when.value, []).append(f"{each.called}:{each.line}")
    shown = "; ".join(f"{when}: {', '.join(each)}" for when, each in names.items())
    return f"{short(source)} -> {short(target)}  ({shown})"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.architecture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--debts", action="store_true", help="show every debt")
    parser.add_argument("--update", action="store_true", help="write the table anew, where no sum grew")
    options = parser.parse_args()
    modules = read_modules()
    known, found = debts.read(), debts.debts(modules)
    differences = debts.problems(known, found)
    if options.update:
        if grown := debts.grown(known, found):
            sys.stderr.write("\n".join([*differences, f"more is owed than before: {', '.join(grown)}", ""]))
            return 1
        debts.write(found)
        return 0
    if options.debts:
        print("\n".join(f"{each.kind:<18}{each.place:<60}{each.number:>5}" for each in found))
    else:
        before, after = debts.sums(known), debts.sums(found)
        print("\n".join(f"{kind:<18}{after[kind]:>5}  (table: {before[kind]})" for kind in sorted(before | after)))
        print("\n".join(cycle_report(modules)))
    print("\n".join(differences) or "as in the table")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
