"""Actor-critic on a tiny corridor: the agent learns to walk to the right."""
import argparse
from collections import namedtuple
from itertools import count

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions import Categorical

parser = argparse.ArgumentParser(description="actor-critic example")
parser.add_argument("--gamma", type=float, default=0.95, metavar="G", help="discount factor")
parser.add_argument("--seed", type=int, default=543, metavar="N")
parser.add_argument("--episodes", type=int, default=5)
parser.add_argument("--entropy", type=float, default=0.01)
parser.add_argument("--render", action="store_true")
args = parser.parse_args()

torch.manual_seed(args.seed)
SavedAction = namedtuple("SavedAction", ["log_prob", "value"])


class Corridor:
    """Five cells; reward at the right end."""

    def __init__(self, length=5):
        self.length = length

    def reset(self):
        self.at, self.steps = 0, 0
        return self.observe()

    def observe(self):
        state = torch.zeros(self.length)
        state[self.at] = 1.0
        return state

    def step(self, action):
        self.at = max(0, min(self.length - 1, self.at + (1 if action == 1 else -1)))
        self.steps += 1
        done = self.at == self.length - 1 or self.steps >= 12
        return self.observe(), 1.0 if self.at == self.length - 1 else -0.1, done


class Policy(nn.Module):
    """implements both actor and critic in one model"""

    def __init__(self, n_obs=5, n_actions=2):
        super(Policy, self).__init__()
        self.affine1 = nn.Linear(n_obs, 16)
        self.action_head = nn.Linear(16, n_actions)
        self.value_head = nn.Linear(16, 1)
        self.temperature = nn.Parameter(torch.ones(1))

        # action & reward buffer
        self.saved_actions = []
        self.rewards = []
        self.entropies = []

    def forward(self, x):
        x = F.relu(self.affine1(x))
        action_prob = F.softmax(self.action_head(x) / self.temperature, dim=-1)
        state_values = self.value_head(x)
        return action_prob, state_values

    def clear(self):
        del self.rewards[:]
        del self.saved_actions[:]
        del self.entropies[:]


env = Corridor()
model = Policy()
optimizer = optim.Adam(model.parameters(), lr=3e-2)
eps = 1e-6


def select_action(state):
    probs, state_value = model(state)
    m = Categorical(probs)
    action = m.sample()
    model.saved_actions.append(SavedAction(m.log_prob(action), state_value))
    model.entropies.append(m.entropy())
    return action.item()


def finish_episode():
    """Training code. Calculates actor and critic loss and performs backprop."""
    R = 0
    policy_losses = []
    value_losses = []
    returns = []

    for r in model.rewards[::-1]:
        R = r + args.gamma * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + eps)

    for (log_prob, value), R in zip(model.saved_actions, returns):
        advantage = R - value.item()
        policy_losses.append(-log_prob * advantage)
        value_losses.append(F.smooth_l1_loss(value, R.view(1)))

    optimizer.zero_grad()
    loss = torch.stack(policy_losses).sum() + torch.stack(value_losses).sum()
    loss = loss - args.entropy * torch.stack(model.entropies).sum()
    loss.backward()
    optimizer.step()
    model.clear()
    return loss.item()


def main():
    running_reward = 0
    losses = []
    for i_episode in range(args.episodes):
        state = env.reset()
        ep_reward = 0
        for t in count(1):
            action = select_action(state)
            state, reward, done = env.step(action)
            model.rewards.append(reward)
            ep_reward += reward
            if done:
                break
        running_reward = 0.05 * ep_reward + (1 - 0.05) * running_reward
        losses.append(finish_episode())
        if i_episode % 2 == 0:
            print("Episode {}\tLast reward: {:.2f}\tAverage: {:.2f}".format(i_episode, ep_reward, running_reward))
    return losses


if __name__ == "__main__":
    losses = main()
