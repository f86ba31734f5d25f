"""Addresses at which processes meet, and which everybody can reach."""

from __future__ import annotations

import ast
import ipaddress
import re
from typing import TYPE_CHECKING

from torchlint.syntax.tree import dotted, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts
    from torchlint.model.code.references import References

_STORE = "torch.distributed.TCPStore"
_METHOD = "init_method"
_MASTER = "MASTER_ADDR"
_ADDRESS = re.compile(r"tcp://(?:\[(?P<long>[^\]]+)\]|(?P<short>[\d.]+))(?::\d*)?(?:[/?].*)?")


def open_addresses(facts: CodeFacts, references: References) -> Iterator[tuple[ast.Constant, str]]:
    """Every constant that names such an address, with its host: a public one, or all of the machine."""
    if not any(each in facts.source.text for each in (_METHOD, "TCPStore", _MASTER, "tcp://")):
        return
    stores = {each.call for each in references.of({_STORE})}
    for node in walk(facts.tree()):
        for given in _addresses(node, is_store=node in stores):
            host = _host(given.value)
            if _is_open(host):
                yield given, host


def _addresses(node: ast.AST, *, is_store: bool) -> Iterator[ast.Constant]:
    """The strings that say where processes meet."""
    found: list[ast.expr] = []
    match node:
        case ast.Call(args=args, keywords=keywords):
            found += [each.value for each in keywords if each.arg in (_METHOD, "host_name" if is_store else _METHOD)]
            found += args[:1] if is_store else args[1:2]
        case ast.Assign(targets=[ast.Subscript(value=owner, slice=ast.Constant(value="MASTER_ADDR"))], value=value):
            found += [value] if dotted(owner) in ("os.environ", "environ") else []
        case ast.Assign(targets=[ast.Attribute(attr="init_method")], value=value):
            found.append(value)
    for each in found:
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            is_plain = is_store or isinstance(node, ast.Assign)
            if is_plain or each.value.startswith("tcp://"):
                yield each


def _host(text: object) -> str:
    """The address in an address of a process group, or the text itself."""
    found = _ADDRESS.fullmatch(str(text))
    return (found["long"] or found["short"]) if found is not None else str(text)


def _is_open(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_unspecified or address.is_global
