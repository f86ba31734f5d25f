"""Write ``operation_table.py``: what PyTorch's operations, layers and optimizers do to autograd.

A development tool: ``python -m torchlint.model.api.derive`` rewrites the file, and a test compares the two. The linter
never imports this package; torch is imported only when a function runs.
"""
