"""Sparsely gated mixture of experts."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Expert(nn.Module):
    def __init__(self, input_size, output_size, hidden_size):
        super(Expert, self).__init__()
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, output_size)
        self.relu = nn.ReLU()

    def forward(self, x):
        out = self.fc1(x)
        out = self.relu(out)
        out = self.fc2(out)
        return out


class Router(nn.Module):
    def __init__(self, input_size, num_experts, noise=0.1):
        super().__init__()
        self.w_gate = nn.Parameter(0.1 * torch.randn(input_size, num_experts))
        self.noise = noise
        self.register_buffer("load", torch.zeros(num_experts))

    def forward(self, x, k):
        clean_logits = x @ self.w_gate
        logits = clean_logits
        if self.training:
            logits = logits + self.noise * torch.randn_like(logits)
        probs = F.softmax(logits, dim=1)
        top_p, top_i = probs.topk(k, dim=1)
        gates = torch.zeros_like(probs).scatter(1, top_i, top_p)
        gates = gates / (gates.sum(dim=1, keepdim=True) + 1e-6)
        with torch.no_grad():
            self.load += (gates > 0).float().sum(0)
        return gates, probs


class MoE(nn.Module):
    """Calls the experts with their weights and sums what they say."""

    def __init__(self, input_size, output_size, num_experts=3, hidden_size=8, k=2):
        super(MoE, self).__init__()
        self.k = k
        self.experts = nn.ModuleList([Expert(input_size, output_size, hidden_size) for _ in range(num_experts)])
        self.router = Router(input_size, num_experts)
        self.expert_scale = nn.ParameterList([nn.Parameter(torch.ones(1)) for _ in range(num_experts)])

    def cv_squared(self, x):
        return x.float().var() / (x.float().mean() ** 2 + 1e-10)

    def forward(self, x, loss_coef=1e-2):
        gates, probs = self.router(x, self.k)
        importance = probs.sum(0)
        loss = self.cv_squared(importance) * loss_coef
        y = torch.zeros(x.size(0), self.experts[0].fc2.out_features, device=x.device)
        for i, expert in enumerate(self.experts):
            rows = gates[:, i].nonzero(as_tuple=True)[0]
            if rows.numel() == 0:
                continue
            out = expert(x[rows]) * self.expert_scale[i]
            y = y.index_add(0, rows, out * gates[rows, i].unsqueeze(1))
        return y, loss
