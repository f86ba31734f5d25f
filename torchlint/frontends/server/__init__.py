"""The language server: what editors are told while their user types. ``torchlint server`` speaks LSP over stdio.

    stream -> protocol -> session -> documents -> analysis -> (the engine, in processes) -> diagnostics, actions, hover

It needs pygls, which ``torchlint[server]`` brings.
"""
