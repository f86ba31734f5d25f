"""The rules that a run cannot judge, and why: what they say is not among what is seen."""

from __future__ import annotations

_REASONS = {
    "whose weights are meant to be the same, or to last, is not known": "TLC105 TLC106",
    "it is about how something is written, and nothing else happens": "TLC302 TLC503 TLC904 TLC905",
    "what a custom function keeps or changes itself is not watched": "TLC407 TLC408",
    "how memory grows is not measured": "TLC505 TLC605",
    "in which mode a model is meant to be is not known": "TLC506 TLC507 TLC509 TLC511",
    "gradients, rates and states are not compared from step to step": "TLC602 TLC610 TLC613",
    "which parameters an optimizer should have is not known": "TLC615",
    "what is meant by a loss is not known": "TLC701 TLC702 TLC703 TLC704 TLC712 TLC713",
    "in which order axes are meant is not known": "TLC707",
    "whether numbers are exact is not looked at": "TLC714 TLC715",
    "how long something takes is not measured": "TLC805 TLC808 TLC809 TLC810 TLC811 TLC812 TLC813",
    "workers and epochs are not compared with each other": "TLC801 TLC803 TLC804",
    "other processes are not seen": "TLC806 TLC807 TLC814 TLC913 TLC914",
    "what loaded code or files do is not watched": "TLC903 TLC909 TLC910 TLC911 TLC912 TLC915",
}
UNJUDGED = {code: reason for reason, codes in _REASONS.items() for code in codes.split()}
"""By code: why a run does not confirm what the rule finds, unless it raises."""
