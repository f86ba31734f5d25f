"""``torchlint why``: what a log says, in words and as JSON."""
