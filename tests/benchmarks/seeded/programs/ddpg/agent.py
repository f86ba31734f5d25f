"""DDPG agent with twin critics, target networks and a replay buffer."""
import copy
import random
from collections import deque

import numpy as np
import torch
import torch.nn.functional as F
import torch.optim as optim

from networks import Actor, Critic


class ReplayBuffer:
    """Fixed-size buffer to store experience tuples."""

    def __init__(self, size, batch_size, device):
        self.memory = deque(maxlen=size)
        self.batch_size = batch_size
        self.device = device

    def add(self, state, action, reward, next_state, done):
        self.memory.append((state, action, reward, next_state, done))

    def sample(self):
        batch = random.sample(self.memory, k=self.batch_size)
        states, actions, rewards, next_states, dones = zip(*batch)
        to = lambda x: torch.from_numpy(np.stack(x)).float().to(self.device)
        return to(states), to(actions), to(rewards).unsqueeze(1), to(next_states), to(dones).unsqueeze(1)

    def __len__(self):
        return len(self.memory)


class Agent:
    def __init__(self, state_size, action_size, cfg, device="cpu"):
        self.cfg = cfg
        self.device = device
        self.actor_local = Actor(state_size, action_size).to(device)
        self.actor_target = copy.deepcopy(self.actor_local)
        self.actor_optimizer = optim.Adam(self.actor_local.parameters(), lr=cfg["lr_actor"])

        self.critic_local = Critic(state_size, action_size).to(device)
        self.critic_target = copy.deepcopy(self.critic_local)
        self.critic_optimizer = optim.Adam(self.critic_local.parameters(), lr=cfg["lr_critic"])

        self.memory = ReplayBuffer(cfg["buffer_size"], cfg["batch_size"], device)
        self.total_it = 0
        self.logs = {"critic": [], "actor": []}

    def act(self, state, noise=0.1):
        state = torch.from_numpy(state).float().unsqueeze(0).to(self.device)
        with torch.no_grad():
            action = self.actor_local(state).squeeze(0)
        action = action + noise * torch.randn_like(action)
        return action.clamp(-2, 2).cpu().numpy()

    def step(self, *transition):
        self.memory.add(*transition)
        if len(self.memory) >= self.cfg["batch_size"]:
            self.learn(self.memory.sample())

    def learn(self, experiences):
        states, actions, rewards, next_states, dones = experiences
        self.total_it += 1

        # ---- critic ----
        with torch.no_grad():
            next_actions = self.actor_target(next_states)
            q_next = torch.min(*self.critic_target(next_states, next_actions))
            q_target = rewards + self.cfg["gamma"] * (1 - dones) * q_next
        q1, q2 = self.critic_local(states, actions)
        critic_loss = F.mse_loss(q1, q_target) + F.mse_loss(q2, q_target)
        self.critic_optimizer.zero_grad()
        critic_loss.backward()
        torch.nn.utils.clip_grad_norm_(self.critic_local.parameters(), 1)
        self.critic_optimizer.step()
        self.logs["critic"].append(critic_loss.item())

        # ---- actor, delayed ----
        if self.total_it % self.cfg["policy_delay"] == 0:
            actor_loss = -self.critic_local.q1(states, self.actor_local(states)).mean()
            self.actor_optimizer.zero_grad()
            actor_loss.backward()
            self.actor_optimizer.step()
            self.logs["actor"].append(actor_loss.item())

            self.soft_update(self.critic_local, self.critic_target, self.cfg["tau"])
            self.soft_update(self.actor_local, self.actor_target, self.cfg["tau"])

    def soft_update(self, local_model, target_model, tau):
        for target_param, local_param in zip(target_model.parameters(), local_model.parameters()):
            target_param.data.copy_(tau * local_param.data + (1.0 - tau) * target_param.data)
