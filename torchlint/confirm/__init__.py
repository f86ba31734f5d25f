"""The runtime confirmation: runs the user's own program under observation and judges findings by what was seen.

This package starts a process and reads what it recorded; only ``observe``, which runs in that process, imports torch.
"""
