"""The differential oracle: random programs, what PyTorch really does with them, and what torchlint says of them.

There are two grammars: scripts, and modules with the code that trains them.
``python -m tests.oracle --help`` is the way in. Only ``truth`` imports torch; programs and their truth can be stored,
so that torchlint is scored without it.
"""
