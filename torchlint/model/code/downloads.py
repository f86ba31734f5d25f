"""Files that code downloads before it reads them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.code.given_values import given_values
from torchlint.model.code.named_calls import public_name
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from torchlint.model.code.protocol import CodeFacts, Places

_GIVING = frozenset(
    ("huggingface_hub.hf_hub_download", "huggingface_hub.cached_download", "wget.download", "gdown.download")
)
"""What gives the path of the file that it downloads."""
_WRITING = frozenset(("torch.hub.download_url_to_file", "urllib.request.urlretrieve", "gdown.download"))
"""What downloads its first argument into its second one."""


def is_downloaded(facts: CodeFacts, places: Places, path: ast.expr) -> bool:
    """Whether a path is that of a file which the code of its scope downloads."""
    if isinstance(path, ast.Call):
        return _called(facts, path) in _GIVING
    if not isinstance(path, ast.Name):
        return False
    found = given_values(places, path)
    if found and all(isinstance(each, ast.Call) and _called(facts, each) in _GIVING for each in found):
        return True
    scope = places.scope(path)
    return any(isinstance(each, ast.Call) and _writes(facts, each, path.id) for each in walk(scope))


def _writes(facts: CodeFacts, call: ast.Call, name: str) -> bool:
    """Whether a call downloads into what a name says."""
    given = [*call.args[1:2], *(each.value for each in call.keywords if each.arg in ("dst", "filename", "output"))]
    return any(isinstance(each, ast.Name) and each.id == name for each in given) and _called(facts, call) in _WRITING


def _called(facts: CodeFacts, call: ast.Call) -> str:
    return public_name(call.func, facts)
