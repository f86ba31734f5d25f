"""torchlint: a linter for PyTorch code that understands autograd."""
