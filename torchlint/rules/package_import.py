"""A package of code and weights that is imported.

What it does
    Finds ``torch.package.PackageImporter``.

Why
    Such a file has Python code, which runs as its modules are imported and its pickles loaded, and nothing isolates it:
    the documents of PyTorch say to load only what is trusted.

Example
    ``torch.package.PackageImporter(path).load_pickle("model", "model.pkl")``.

Fix safety
    There is no fix: where the file comes from is not seen.

What it misses
    Importers that other packages make.

Source
    The documents of ``torch.package``; the example runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_IMPORTERS = frozenset(("torch.package.PackageImporter", "torch.package.package_importer.PackageImporter"))

RULE = Rule(
    code="TLC911",
    slug="package-import",
    since="0.1.0",
    message="a package of code and weights that is imported",
    triggers=(Trigger(Sign.REFERENCE, _IMPORTERS),),
    highest=Certainty.ADVICE,
    topics=frozenset({Topic.SECURITY}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every importer that is made."""
    for reference in facts.references.of(_IMPORTERS):
        if reference.call is not None:
            text = "what this package has runs as Python code, unlike weights alone"
            effect = Effect(EffectKind.INSECURE, "its modules may do anything as they are imported")
            yield RULE.finding_at(facts.source, facts.layout.span(reference.node), text, Certainty.ADVICE, effect)


EXAMPLES = (
    Example(
        "a module that runs",
        """
import io
import torch
from torch.package import PackageExporter, PackageImporter

file = io.BytesIO()
with PackageExporter(file) as exporter:
    exporter.save_source_string("greeting", "said = ['hello']")
file.seek(0)
said = ⟦PackageImporter⟧(file).import_module("greeting").said
""",
        Certainty.ADVICE,
        proof='fault = said == ["hello"]',
    ),
    Example(
        "weights alone",
        """
import io
import torch

file = io.BytesIO()
torch.save({"weight": torch.ones(2)}, file)
file.seek(0)
said = torch.load(file, weights_only=True)["weight"].tolist()
""",
        proof="fault = said != [1, 1]",
    ),
)
