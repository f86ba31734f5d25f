import argparse

import torch
from torch.utils.data import DataLoader

from accelerator import Accelerator
from diffusion import Denoiser, GaussianDiffusion


class EMAModel:
    """Exponential moving average of weights."""

    def __init__(self, parameters, decay=0.9):
        self.decay = decay
        self.shadow_params = [p.clone().detach() for p in parameters]

    @torch.no_grad()
    def step(self, parameters):
        for s_param, param in zip(self.shadow_params, list(parameters)):
            s_param.sub_((1 - self.decay) * (s_param - param))


def parse_args():
    parser = argparse.ArgumentParser(description="Simple example of a training script.")
    parser.add_argument("--num_epochs", type=int, default=2)
    parser.add_argument("--train_batch_size", type=int, default=8)
    parser.add_argument("--gradient_accumulation_steps", type=int, default=2)
    parser.add_argument("--learning_rate", type=float, default=5e-3)
    parser.add_argument("--seed", type=int, default=77)
    return parser.parse_args()


def main():
    args = parse_args()
    torch.manual_seed(args.seed)
    accelerator = Accelerator(gradient_accumulation_steps=args.gradient_accumulation_steps)
    diffusion = GaussianDiffusion(Denoiser())
    optimizer = torch.optim.AdamW(diffusion.parameters(), lr=args.learning_rate)
    data = torch.randn(32, 4) * torch.tensor([1.0, 0.5, 0.1, 2.0])
    loader = DataLoader(data, batch_size=args.train_batch_size, shuffle=True)
    lr_scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, (s + 1) / 4))
    diffusion, optimizer, loader, lr_scheduler = accelerator.prepare(diffusion, optimizer, loader, lr_scheduler)
    ema = EMAModel(diffusion.parameters())

    global_step = 0
    train_losses = []
    for epoch in range(args.num_epochs):
        diffusion.train()
        train_loss = 0.0
        for step, batch in enumerate(loader):
            with accelerator.accumulate(diffusion):
                loss = diffusion(batch)
                accelerator.backward(loss)
                if accelerator.sync_gradients:
                    accelerator.clip_grad_norm_(diffusion.parameters(), 1.0)
                    optimizer.step()
                    lr_scheduler.step()
                    optimizer.zero_grad()
                    ema.step(diffusion.parameters())
                    global_step += 1
            train_loss += loss.detach().item()
        train_losses.append(train_loss / len(loader))
        samples = accelerator.unwrap_model(diffusion).sample(2)
        accelerator.print(f"epoch {epoch} step {global_step} loss {train_losses[-1]:.4f} {samples.shape}")
    return diffusion, ema, train_losses


if __name__ == "__main__":
    diffusion, ema, train_losses = main()
