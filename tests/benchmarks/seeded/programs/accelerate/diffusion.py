import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def cosine_beta_schedule(timesteps, s=0.008):
    x = torch.linspace(0, timesteps, timesteps + 1)
    alphas_cumprod = torch.cos(((x / timesteps) + s) / (1 + s) * math.pi * 0.5) ** 2
    alphas_cumprod = alphas_cumprod / alphas_cumprod[0]
    betas = 1 - (alphas_cumprod[1:] / alphas_cumprod[:-1])
    return torch.clip(betas, 0, 0.999)


def extract(a, t, x_shape):
    out = a.gather(-1, t)
    return out.reshape(t.shape[0], *((1,) * (len(x_shape) - 1)))


class TimeEmbedding(nn.Module):
    def __init__(self, dim):
        super().__init__()
        half = dim // 2
        freqs = torch.exp(torch.arange(half) * -(math.log(10000) / (half - 1)))
        self.register_buffer("freqs", freqs)
        self.proj = nn.Linear(dim, dim)

    def forward(self, t):
        emb = t.float()[:, None] * self.freqs[None, :]
        return self.proj(torch.cat((emb.sin(), emb.cos()), dim=-1))


class Denoiser(nn.Module):
    def __init__(self, dim=4, width=16, self_condition=False):
        super().__init__()
        self.time = TimeEmbedding(width)
        self.inp = nn.Linear(dim, width)
        self.mid = nn.ModuleList([nn.Linear(width, width) for _ in range(2)])
        self.out = nn.Linear(width, dim)

    def forward(self, x, t):
        temb = self.time(t)
        h = self.inp(x)
        for layer in self.mid:
            scale, shift = temb.chunk(2, dim=1)
            h = F.silu(layer(h) + temb) + 0.1 * torch.cat([shift, scale], dim=1)
        return self.out(h)


class GaussianDiffusion(nn.Module):
    def __init__(self, model, timesteps=20):
        super().__init__()
        self.model = model
        self.num_timesteps = timesteps
        betas = cosine_beta_schedule(timesteps)
        alphas_cumprod = torch.cumprod(1.0 - betas, dim=0)
        self.register_buffer("betas", betas)
        self.register_buffer("sqrt_alphas_cumprod", torch.sqrt(alphas_cumprod))
        self.register_buffer("sqrt_one_minus_alphas_cumprod", torch.sqrt(1.0 - alphas_cumprod))
        # loss weight of each time step, learned as in importance sampling
        self.loss_weight = nn.Parameter(torch.zeros(timesteps))

    def q_sample(self, x_start, t, noise):
        return (
            extract(self.sqrt_alphas_cumprod, t, x_start.shape) * x_start
            + extract(self.sqrt_one_minus_alphas_cumprod, t, x_start.shape) * noise
        )

    def p_losses(self, x_start, t):
        noise = torch.randn_like(x_start)
        x = self.q_sample(x_start, t, noise)
        model_out = self.model(x, t)
        loss = F.mse_loss(model_out, noise, reduction="none").mean(dim=1)
        w = self.loss_weight.gather(0, t)
        loss = loss * torch.exp(-w) + w
        return loss.mean()

    def forward(self, x):
        t = torch.randint(0, self.num_timesteps, (x.shape[0],), device=x.device).long()
        return self.p_losses(x, t)

    @torch.inference_mode()
    def sample(self, n, dim=4):
        x = torch.randn(n, dim, device=self.betas.device)
        for i in reversed(range(self.num_timesteps)):
            t = torch.full((n,), i, device=x.device, dtype=torch.long)
            beta = extract(self.betas, t, x.shape)
            eps = self.model(x, t)
            x = (x - beta * eps / extract(self.sqrt_one_minus_alphas_cumprod, t, x.shape)) / torch.sqrt(1 - beta)
            if i > 0:
                x += torch.sqrt(beta) * torch.randn_like(x)
        return x
