"""torchlint for agents: a server of the Model Context Protocol, whose tools read and never write."""
