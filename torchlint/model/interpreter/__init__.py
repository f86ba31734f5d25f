"""Runs a program's Python over abstract values, and asks ``autograd`` what PyTorch does with the tensors among them."""
