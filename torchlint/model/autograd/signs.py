"""What code shows, in its text, where gradients matter: without any of it no backward and no leaf is in sight."""

from __future__ import annotations

from torchlint.syntax.gate import Sign, Trigger

GRADIENTS = (
    Trigger(Sign.PROGRAM, frozenset({"autograd", "requires_grad", "inference_mode"})),
    Trigger(Sign.PROGRAM_CALL, frozenset({"backward"})),
    Trigger(Sign.PROGRAM_KEYWORD, frozenset({"out"})),
    Trigger(Sign.PROGRAM_CHANGED, frozenset({"weight", "bias"})),
    Trigger(Sign.PROGRAM_CHANGE, frozenset({"Parameter(", ".expand", "parameters("})),
)
"""The triggers of every rule about the graph: what one of them needs to see, another one tells of, too."""
