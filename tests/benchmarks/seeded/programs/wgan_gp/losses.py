"""Losses of the Wasserstein game."""
import torch
from torch import autograd


def gradient_penalty(critic, real, fake, labels, center=1.0):
    """Two-sided penalty on straight lines between real and fake samples."""
    alpha = torch.rand(real.size(0), 1, device=real.device)
    interpolates = alpha * real + (1 - alpha) * fake
    interpolates.requires_grad_(True)
    scores = critic(interpolates, labels)
    gradients = autograd.grad(
        outputs=scores,
        inputs=interpolates,
        grad_outputs=torch.ones_like(scores),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    gradients = gradients.view(gradients.size(0), -1)
    norm = (gradients.pow(2).sum(1) + 1e-12).sqrt()
    return ((norm - center) ** 2).mean()


def critic_loss(critic, real, fake, labels, lambda_gp):
    d_real = critic(real, labels).mean()
    d_fake = critic(fake, labels).mean()
    gp = gradient_penalty(critic, real, fake, labels)
    wasserstein = d_real - d_fake
    return -wasserstein + lambda_gp * gp, {"w": wasserstein.item(), "gp": gp.item()}


def generator_loss(critic, fake, labels):
    return -critic(fake, labels).mean()
