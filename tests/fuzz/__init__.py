"""Hostile inputs for the whole of torchlint, and what must hold for each: ``python -m tests.fuzz``.

families.py    which families of inputs there are
programs.py, layout.py, notebooks.py, big.py, projects.py, streams.py    how inputs of each kind are written
judge.py, command.py, conversation.py    what must hold
child.py       the process in which that is tried, with its limits
minimise.py    a failing input made small
"""
