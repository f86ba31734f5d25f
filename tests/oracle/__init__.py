"""The differential oracle: random programs of two grammars, what PyTorch really does with them, and what torchlint says of them.

``python -m tests.oracle --help`` is the way in. Only ``truth`` imports torch; programs and their truth can be stored,
so that torchlint is scored without it.
"""
