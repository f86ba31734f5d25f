"""The language server: what editors are told while their user types. ``torchlint server`` speaks LSP over stdio.

    protocol -> session -> documents -> (the engine, in one thread) -> diagnostics, actions, hover

It needs pygls, which ``torchlint[server]`` brings.
"""
