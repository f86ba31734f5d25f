import argparse
import random

import numpy as np
import torch

from agent import Agent


class PointMass:
    """A point on a line that should come to rest at the origin."""

    def reset(self):
        self.x, self.t = np.array([1.0, 0.0], dtype=np.float32), 0
        return self.x.copy()

    def step(self, action):
        self.x[1] += 0.1 * float(action[0])
        self.x[0] += 0.1 * self.x[1]
        self.t += 1
        return self.x.copy(), -float(np.abs(self.x).sum()), self.t >= 10


def run(args):
    random.seed(args.seed)
    np.random.seed(args.seed)
    torch.manual_seed(args.seed)
    cfg = dict(lr_actor=1e-2, lr_critic=1e-2, buffer_size=500, batch_size=8, gamma=0.95, tau=0.05, policy_delay=2)
    env = PointMass()
    agent = Agent(state_size=2, action_size=1, cfg=cfg)
    scores = []
    for episode in range(args.episodes):
        state, score, done = env.reset(), 0.0, False
        while not done:
            action = agent.act(state)
            next_state, reward, done = env.step(action)
            agent.step(state, action, reward, next_state, float(done))
            state = next_state
            score += reward
        scores.append(score)
        print("\rEpisode {}\tScore: {:.2f}".format(episode, score), end="")
    return agent, scores


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--episodes", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    agent, scores = run(parser.parse_args())
