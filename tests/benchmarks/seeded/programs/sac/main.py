import argparse
import random

import torch

from sac import SAC

parser = argparse.ArgumentParser(description="Soft Actor-Critic Args")
parser.add_argument("--gamma", type=float, default=0.9, metavar="G")
parser.add_argument("--tau", type=float, default=0.05, metavar="G")
parser.add_argument("--lr", type=float, default=3e-3, metavar="G")
parser.add_argument("--seed", type=int, default=123456)
parser.add_argument("--batch_size", type=int, default=8)
parser.add_argument("--num_steps", type=int, default=24)
parser.add_argument("--hidden_size", type=int, default=12)
args = parser.parse_args()

torch.manual_seed(args.seed)
random.seed(args.seed)


class Reacher:
    def reset(self):
        self.state = torch.rand(3) - 0.5
        return self.state.clone()

    def step(self, action):
        self.state[:2] += 0.1 * torch.from_numpy(action)
        return self.state.clone(), -self.state.pow(2).sum().item(), False


class ReplayMemory:
    def __init__(self, capacity):
        self.capacity = capacity
        self.buffer = []

    def push(self, *transition):
        self.buffer.append(transition)
        del self.buffer[: -self.capacity]

    def sample(self, batch_size):
        batch = random.sample(self.buffer, batch_size)
        state, action, reward, next_state, mask = zip(*batch)
        return (
            torch.stack(state),
            torch.stack(action),
            torch.tensor(reward).unsqueeze(1),
            torch.stack(next_state),
            torch.tensor(mask).unsqueeze(1),
        )


agent = SAC(3, 2, args, torch.device("cpu"))
memory = ReplayMemory(100)
env = Reacher()
state = env.reset()
updates = []
for total_numsteps in range(args.num_steps):
    action = agent.select_action(state)
    next_state, reward, done = env.step(action)
    memory.push(state, torch.from_numpy(action), reward, next_state, float(not done))
    state = next_state
    if len(memory.buffer) > args.batch_size:
        updates.append(agent.update_parameters(memory.sample(args.batch_size), total_numsteps))
print("last losses: critic %.3f policy %.3f alpha %.3f" % updates[-1])
