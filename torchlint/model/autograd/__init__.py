"""PyTorch's semantics without any Python: what operations on tensors keep, change, record and refuse.

``tensor.py`` has tensors, their memory, version counters and nodes, ``graph.py`` what a backward does; what goes wrong
is a ``Fault``. Source: PyTorch's autograd as measured; see ``tests/oracle``.
"""
