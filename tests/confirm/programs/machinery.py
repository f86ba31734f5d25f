"""The machinery around training loops, one part for each name given: what it computes is printed to the last bit."""

import sys
import tempfile
import threading
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint


def show(name, *tensors):
    for tensor in tensors:
        print(name, [value.hex() for value in tensor.detach().double().flatten().tolist()[:5]], flush=True)


def small(width=4):
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))


class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        out = x.exp() * factor
        ctx.save_for_backward(out)
        ctx.factor = factor
        return out

    @staticmethod
    def backward(ctx, grad):
        (out,) = ctx.saved_tensors
        return grad * out, None


def custom_function():
    x = torch.linspace(0, 1, 5, requires_grad=True)
    y = Scaled.apply(x, 2.0)
    (y.sin() + y).sum().backward()
    show("function", x.grad)
    (gradient,) = torch.autograd.grad(Scaled.apply(x, 3.0).sum(), x, create_graph=True)
    gradient.sum().backward()
    show("second order", x.grad)


def checkpointing():
    for reentrant in (False, True):
        net = small()
        x = torch.ones(3, 4, requires_grad=True)
        out = checkpoint(net, x, use_reentrant=reentrant)
        out.sum().backward()
        show("checkpoint", net[0].weight.grad, x.grad)


class Points(torch.utils.data.Dataset):
    def __len__(self):
        return 12

    def __getitem__(self, index):
        point = torch.full((4,), float(index))
        point += 0.5
        return point, torch.tensor([index % 2]).float()


def loader():
    for method in ("fork", "spawn"):
        net = small()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        loading = torch.utils.data.DataLoader(Points(), batch_size=4, num_workers=2, multiprocessing_context=method)
        for points, targets in loading:
            loss = F.mse_loss(net(points), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            show("loader", loss)


def amp():
    net = small()
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01)
    scaler = torch.amp.GradScaler("cpu")
    for _ in range(3):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = net(torch.ones(3, 4)).square().mean()
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
        show("amp", loss, net[0].weight)


def distributed():
    import torch.distributed as dist

    with tempfile.TemporaryDirectory() as folder:
        dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=0, world_size=1)
        net = small()
        parallel = nn.parallel.DistributedDataParallel(net)
        optimizer = torch.optim.SGD(parallel.parameters(), lr=0.1, momentum=0.9)
        for _ in range(3):
            optimizer.zero_grad()
            loss = parallel(torch.ones(2, 4)).sum()
            loss.backward()
            optimizer.step()
            show("ddp", loss, net[0].weight)
        dist.destroy_process_group()


class Module(nn.Module):
    """A Lightning-style module: hooks around steps, with automatic optimization through a closure."""

    def __init__(self):
        super().__init__()
        self.net = small()

    def training_step(self, batch):
        return self.net(batch).square().mean()

    def configure_optimizers(self):
        return torch.optim.LBFGS(self.parameters(), max_iter=3)


def lightning():
    module = Module()
    optimizer = module.configure_optimizers()
    for _ in range(2):

        def closure():
            optimizer.zero_grad()
            loss = module.training_step(torch.ones(3, 4))
            loss.backward()
            return loss

        show("closure", optimizer.step(closure))


def threads():
    results = {}

    def train(number):
        net = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 1))
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.fill_(0.1 * (number + 1))
        for _ in range(3):
            loss = net(torch.ones(2, 4)).sum()
            net.zero_grad()
            loss.backward()
        results[number] = net[0].weight.grad

    workers = [threading.Thread(target=train, args=(number,)) for number in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    show("threads", *[results[number] for number in range(3)])


def transformer():
    torch.manual_seed(5)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    x = torch.randn(2, 3, 8)
    layer(x).sum().backward()
    show("transformer", layer.linear1.weight.grad)
    layer.eval()
    with torch.inference_mode():
        show("fast path", layer(x))


def hooks():
    net = small()
    seen = []
    net[0].register_full_backward_hook(lambda module, before, after: seen.append(after[0].sum().item().hex()))
    x = torch.ones(2, 4, requires_grad=True)
    h = net(x)
    h.register_hook(lambda grad: grad * 2)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t):
        y = (h * h).sum()
    y.backward()
    show("hooks", x.grad)
    print(seen)


def functional():
    net = small()
    parameters = dict(net.named_parameters())
    x = torch.ones(3, 4)

    def loss(values, point):
        return torch.func.functional_call(net, values, (point,)).sum()

    gradients = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0))(parameters, x)
    show("functional", *gradients.values())
    show("jacobian", torch.autograd.functional.jacobian(lambda v: v.sin(), torch.ones(2)))


def compiled():
    net = small()
    fast = torch.compile(net, backend="aot_eager", fullgraph=True)
    for _ in range(2):
        loss = fast(torch.ones(2, 4)).sum()
        net.zero_grad()
        loss.backward()
        show("compiled", loss, net[0].weight.grad)
    from torch._dynamo.utils import counters

    print(dict(counters["stats"]))


def state():
    net = small()
    print(sorted(net.state_dict()), net[0].weight._version, torch.is_grad_enabled(), Path.cwd() == Path().absolute())
    copy = small()
    copy.load_state_dict(net.state_dict())
    with tempfile.NamedTemporaryFile() as file:
        torch.save(copy.state_dict(), file.name)
        print(Path(file.name).stat().st_size, vars(net[0].weight))
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    print(y.grad_fn.metadata, y.grad_fn.name(), vars(y))
    show("rng", torch.rand(3))


if __name__ == "__main__":
    for each in sys.argv[1:]:
        globals()[each]()
