"""Facts about PyTorch's public names, as data."""
