"""Faults seeded into whole programs, judged by PyTorch, then looked for by torchlint."""
