"""An abstract interpreter of PyTorch programs: which tensors a pending backward needs, and what ruins them.

``program.py`` runs a file's code in every path that its undecided conditions make; ``statements.py``,
``expressions.py`` and ``calls.py`` run Python, ``operate.py`` does what PyTorch does at an operation, ``graph.py`` what
it does at a backward. What went wrong is a ``Fault``. Source: PyTorch's autograd as measured; see ``tests/oracle``.
"""
