"""Knowledge distillation with hints: a small student learns from a wide teacher."""
import argparse
import logging
from collections import defaultdict

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

log = logging.getLogger(__name__)

CONFIG = {
    "temperature": 4.0,
    "alpha": 0.7,
    "hint_weight": 0.5,
    "lr": 0.05,
    "epochs": {"teacher": 2, "student": 2},
    "layers": [0, 1],
}


class MLP(nn.Module):
    def __init__(self, width, depth=2, n_in=6, n_classes=3):
        super().__init__()
        dims = [n_in] + [width] * depth
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(dims[:-1], dims[1:])])
        self.classifier = nn.Linear(width, n_classes)

    def forward(self, x, return_hidden=False):
        hidden = []
        for layer in self.layers:
            x = torch.relu(layer(x))
            hidden.append(x)
        logits = self.classifier(x)
        if return_hidden:
            return logits, hidden
        return logits


class HintLoss(nn.Module):
    """Regresses hidden layers of the teacher from those of the student."""

    def __init__(self, student_width, teacher_width, layers):
        super().__init__()
        self.layers = layers
        self.regressors = nn.ModuleList([nn.Linear(student_width, teacher_width) for _ in layers])

    def forward(self, student_hidden, teacher_hidden):
        loss = 0.0
        for regressor, i in zip(self.regressors, self.layers):
            loss = loss + F.mse_loss(regressor(student_hidden[i]), teacher_hidden[i].detach())
        return loss / len(self.layers)


def distillation_loss(student_logits, teacher_logits, labels, T, alpha):
    soft_targets = F.softmax(teacher_logits / T, dim=1)
    soft_prob = F.log_softmax(student_logits / T, dim=1)
    kd = F.kl_div(soft_prob, soft_targets, reduction="batchmean") * (T * T)
    ce = F.cross_entropy(student_logits, labels)
    return alpha * kd + (1.0 - alpha) * ce


class Metrics:
    def __init__(self):
        self.values = defaultdict(list)

    def add(self, **kwargs):
        for key, value in kwargs.items():
            self.values[key].append(value)

    def mean(self, key):
        return sum(self.values[key]) / len(self.values[key])


def train_teacher(teacher, loader, cfg, device):
    optimizer = torch.optim.SGD(teacher.parameters(), lr=cfg["lr"], momentum=0.9)
    teacher.train()
    for epoch in range(cfg["epochs"]["teacher"]):
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            F.cross_entropy(teacher(x), y).backward()
            optimizer.step()


def train_student(student, teacher, hint, loader, cfg, device):
    params = list(student.parameters()) + list(hint.parameters())
    optimizer = torch.optim.SGD(params, lr=cfg["lr"], momentum=0.9)
    metrics = Metrics()
    teacher.eval()
    student.train()
    for epoch in range(cfg["epochs"]["student"]):
        for x, y in loader:
            x, y = x.to(device).clamp(-1.5, 1.5), y.to(device)
            with torch.no_grad():
                teacher_logits, teacher_hidden = teacher(x, return_hidden=True)
            student_logits, student_hidden = student(x, return_hidden=True)
            kd = distillation_loss(student_logits, teacher_logits, y, cfg["temperature"], cfg["alpha"])
            hint_loss = hint(student_hidden, teacher_hidden)
            loss = kd + cfg["hint_weight"] * hint_loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            metrics.add(loss=loss.item(), hint=hint_loss.item())
        log.info("epoch %d loss %.4f", epoch, metrics.mean("loss"))
    return metrics


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=21)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    x = torch.randn(48, 6)
    loader = DataLoader(TensorDataset(x, x[:, :3].argmax(1)), batch_size=16, shuffle=True)
    teacher = MLP(24).to(device)
    student = MLP(8).to(device)
    hint = HintLoss(8, 24, CONFIG["layers"]).to(device)
    train_teacher(teacher, loader, CONFIG, device)
    metrics = train_student(student, teacher, hint, loader, CONFIG, device)
    return teacher, student, hint, metrics


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    teacher, student, hint, metrics = main()
