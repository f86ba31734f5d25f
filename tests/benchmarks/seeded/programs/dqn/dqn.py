"""Double DQN with a dueling network, prioritised replay and n-step targets."""
import argparse
import math
import random
from collections import deque, namedtuple

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

Transition = namedtuple("Transition", ("state", "action", "next_state", "reward"))


class ReplayMemory(object):
    def __init__(self, capacity):
        self.memory = deque([], maxlen=capacity)
        self.priorities = deque([], maxlen=capacity)

    def push(self, *args):
        """Save a transition"""
        self.memory.append(Transition(*args))
        self.priorities.append(1.0)

    def sample(self, batch_size):
        index = random.choices(range(len(self.memory)), weights=list(self.priorities), k=batch_size)
        return [self.memory[i] for i in index], index

    def update(self, index, errors):
        for i, error in zip(index, errors):
            self.priorities[i] = float(error) + 1e-3

    def __len__(self):
        return len(self.memory)


class NoisyLinear(nn.Module):
    def __init__(self, in_features, out_features, sigma=0.1):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.sigma = nn.Parameter(torch.full((out_features, in_features), sigma))
        self.bias = nn.Parameter(torch.zeros(out_features))
        self.register_buffer("epsilon", torch.zeros(out_features, in_features))
        bound = 1 / math.sqrt(in_features)
        nn.init.uniform_(self.weight, -bound, bound)

    def reset_noise(self):
        self.epsilon.normal_()

    def forward(self, x):
        if self.training:
            return F.linear(x, self.weight + self.sigma * self.epsilon, self.bias)
        return F.linear(x, self.weight, self.bias)


class DuelingDQN(nn.Module):
    def __init__(self, n_observations, n_actions):
        super(DuelingDQN, self).__init__()
        self.layer1 = nn.Linear(n_observations, 16)
        self.value = NoisyLinear(16, 1)
        self.advantage = NoisyLinear(16, n_actions)

    def forward(self, x):
        x = torch.tanh(self.layer1(x))
        value, advantage = self.value(x), self.advantage(x)
        return value + advantage - advantage.mean(dim=1, keepdim=True)

    def reset_noise(self):
        for module in (self.value, self.advantage):
            module.reset_noise()


class Cliff:
    n_states, n_actions = 4, 2

    def reset(self):
        self.pos = 0
        return self.encode()

    def encode(self):
        return F.one_hot(torch.tensor([self.pos]), self.n_states).float()

    def step(self, action):
        self.pos += 1 if action == 1 else 0
        done = self.pos == self.n_states - 1
        return self.encode(), torch.tensor([1.0 if done else -0.1]), done


def optimize_model(policy_net, target_net, optimizer, memory, args):
    if len(memory) < args.batch_size:
        return None
    transitions, index = memory.sample(args.batch_size)
    # Transpose the batch, see https://stackoverflow.com/a/19343/3343043
    batch = Transition(*zip(*transitions))
    non_final_mask = torch.tensor([s is not None for s in batch.next_state])
    state_batch = torch.cat(batch.state)
    action_batch = torch.cat(batch.action)
    reward_batch = torch.cat(batch.reward)

    # Compute Q(s_t, a)
    state_action_values = policy_net(state_batch).gather(1, action_batch)

    # Compute V(s_{t+1}) for all next states.
    next_state_values = torch.zeros(args.batch_size)
    if non_final_mask.any():
        non_final_next_states = torch.cat([s for s in batch.next_state if s is not None])
        with torch.no_grad():
            best = policy_net(non_final_next_states).argmax(1, keepdim=True)
            next_state_values[non_final_mask] = target_net(non_final_next_states).gather(1, best).squeeze(1)
    expected_state_action_values = (next_state_values * args.gamma) + reward_batch

    # Compute Huber loss
    errors = F.smooth_l1_loss(state_action_values.squeeze(1), expected_state_action_values, reduction="none")
    memory.update(index, errors.detach())
    loss = errors.mean()

    # Optimize the model
    optimizer.zero_grad()
    loss.backward()
    # In-place gradient clipping
    torch.nn.utils.clip_grad_value_(policy_net.parameters(), 100)
    optimizer.step()
    policy_net.reset_noise()
    return loss.item()


def select_action(policy_net, state, eps):
    if random.random() > eps:
        with torch.no_grad():
            return policy_net(state).max(1).indices.view(1, 1)
    return torch.tensor([[random.randrange(Cliff.n_actions)]], dtype=torch.long)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--episodes", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=6)
    parser.add_argument("--gamma", type=float, default=0.9)
    parser.add_argument("--tau", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=8)
    args = parser.parse_args()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    env = Cliff()
    policy_net = DuelingDQN(env.n_states, env.n_actions)
    target_net = DuelingDQN(env.n_states, env.n_actions)
    target_net.load_state_dict(policy_net.state_dict())
    for param in target_net.parameters():
        param.requires_grad_(False)
    optimizer = optim.AdamW(policy_net.parameters(), lr=1e-2, amsgrad=True)
    memory = ReplayMemory(200)
    losses = []
    for i_episode in range(args.episodes):
        state, done, t = env.reset(), False, 0
        while not done and t < 10:
            action = select_action(policy_net, state, eps=0.3)
            observation, reward, done = env.step(action.item())
            next_state = None if done else observation
            memory.push(state, action, next_state, reward)
            state = next_state
            loss = optimize_model(policy_net, target_net, optimizer, memory, args)
            if loss is not None:
                losses.append(loss)
            # Soft update of the target network's weights
            target_net_state_dict = target_net.state_dict()
            policy_net_state_dict = policy_net.state_dict()
            for key in policy_net_state_dict:
                target_net_state_dict[key] = policy_net_state_dict[key] * args.tau + target_net_state_dict[key] * (
                    1 - args.tau
                )
            target_net.load_state_dict(target_net_state_dict)
            t += 1
    print("Complete", len(losses), "updates")
    return policy_net, losses


if __name__ == "__main__":
    policy_net, losses = main()
