"""``torchlint upgrade``: what a move to another PyTorch changes, by the release with which it begins to matter."""
