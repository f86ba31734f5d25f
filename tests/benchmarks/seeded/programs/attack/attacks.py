"""Attacks that optimise an input, and style transfer by the same means."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Attack(object):
    def __init__(self, name, model):
        self.name = name
        self.model = model
        self.device = next(model.parameters()).device

    def __call__(self, images, labels):
        was_training = self.model.training
        self.model.eval()
        adv_images = self.forward(images, labels)
        self.model.train(was_training)
        return adv_images


class PGD(Attack):
    """Projected gradient descent in the infinity norm."""

    def __init__(self, model, eps=0.1, alpha=0.04, steps=3):
        super().__init__("PGD", model)
        self.eps = eps
        self.alpha = alpha
        self.steps = steps

    def forward(self, images, labels):
        images = images.clone().detach().to(self.device)
        labels = labels.clone().detach().to(self.device)
        loss_fn = nn.CrossEntropyLoss()

        adv_images = images.clone().detach()
        adv_images = adv_images + torch.empty_like(adv_images).uniform_(-self.eps, self.eps)
        adv_images = torch.clamp(adv_images, min=0, max=1).detach()

        for _ in range(self.steps):
            adv_images.requires_grad = True
            outputs = self.model(adv_images)
            cost = loss_fn(outputs, labels)
            grad = torch.autograd.grad(cost, adv_images, retain_graph=False, create_graph=False)[0]

            adv_images = adv_images.detach() + self.alpha * grad.sign()
            delta = torch.clamp(adv_images - images, min=-self.eps, max=self.eps)
            adv_images = torch.clamp(images + delta, min=0, max=1).detach()
        return adv_images


class CW(Attack):
    """Optimises the attack in the space of arctanh."""

    def __init__(self, model, c=1.0, steps=3, lr=0.05):
        super().__init__("CW", model)
        self.c, self.steps, self.lr = c, steps, lr

    def forward(self, images, labels):
        w = torch.atanh(images.clamp(0.01, 0.99) * 2 - 1).detach()
        w.requires_grad = True
        optimizer = torch.optim.Adam([w], lr=self.lr)
        for step in range(self.steps):
            adv_images = 0.5 * (torch.tanh(w) + 1)
            l2 = ((adv_images - images) ** 2).flatten(1).sum(1)
            outputs = self.model(adv_images)
            one_hot = F.one_hot(labels, outputs.size(1)).bool()
            other = outputs.masked_fill(one_hot, -1e4).max(dim=1)[0]
            real = outputs[one_hot]
            cost = l2.sum() + self.c * torch.clamp(real - other, min=0).sum()
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()
        return adv_images.detach()


def gram_matrix(features):
    b, c, h, w = features.shape
    f = features.view(b, c, h * w)
    return f @ f.transpose(1, 2) / (c * h * w)


def style_transfer(extractor, content, style, steps=3, lr=0.3, tv=1e-3):
    """Optimises an image towards the style of another."""
    with torch.no_grad():
        target_content = extractor(content)[-1]
        target_grams = [gram_matrix(f) for f in extractor(style)]
    generated = content.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([generated], lr=lr)
    history = []
    for i in range(steps):
        features = extractor(generated)
        content_loss = F.mse_loss(features[-1], target_content)
        style_loss = 0
        for f, gram in zip(features, target_grams):
            style_loss = style_loss + F.mse_loss(gram_matrix(f), gram)
        smooth = (generated[..., 1:] - generated[..., :-1]).abs().mean()
        total = content_loss + 100.0 * style_loss + tv * smooth
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        with torch.no_grad():
            generated.clamp_(0, 1)
        history.append(total.item())
    return generated.detach(), history
