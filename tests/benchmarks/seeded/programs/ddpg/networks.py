import torch
import torch.nn as nn
import torch.nn.functional as F


def hidden_init(layer):
    fan_in = layer.weight.data.size()[0]
    lim = 1.0 / fan_in**0.5
    return (-lim, lim)


class Actor(nn.Module):
    """Actor (Policy) Model."""

    def __init__(self, state_size, action_size, units=16, max_action=2.0):
        super(Actor, self).__init__()
        self.fc1 = nn.Linear(state_size, units)
        self.fc2 = nn.Linear(units, action_size)
        self.register_buffer("max_action", torch.full((action_size,), max_action))
        self.reset_parameters()

    def reset_parameters(self):
        self.fc1.weight.data.uniform_(*hidden_init(self.fc1))
        self.fc2.weight.data.uniform_(-3e-3, 3e-3)

    def forward(self, state):
        x = F.relu(self.fc1(state))
        action = torch.tanh(self.fc2(x))
        return action * self.max_action


class Critic(nn.Module):
    """Critic (Value) Model, a pair of them as in TD3."""

    def __init__(self, state_size, action_size, units=16, n_heads=2):
        super(Critic, self).__init__()
        self.heads = nn.ModuleList()
        for _ in range(n_heads):
            self.heads.append(nn.Sequential(nn.Linear(state_size + action_size, units), nn.ReLU(), nn.Linear(units, 1)))

    def forward(self, state, action):
        xs = torch.cat([state, action], dim=1)
        return [head(xs) for head in self.heads]

    def q1(self, state, action):
        return self.heads[0](torch.cat([state, action], dim=1))
