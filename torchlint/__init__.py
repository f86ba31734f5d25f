"""torchlint: a linter for PyTorch code that understands autograd."""

__version__ = "0.1.0"
