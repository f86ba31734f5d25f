"""Classes that are an ``nn.Module``: what they keep, how it is used, and whether it is registered."""
