"""A program with a fault that shows early, which then ends in the way that its argument names."""

import os
import signal
import sys
import time
from pathlib import Path

import torch

x = torch.ones(3, requires_grad=True)
y = x.exp()
y += 1
try:
    y.sum().backward()
except RuntimeError as error:
    print("caught", str(error)[:17], flush=True)


def late():
    x.mul_(2)


way = sys.argv[1]
if way == "status":
    sys.exit(7)
if way == "error":
    late()
if way == "osexit":
    os._exit(5)
if way == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
if way == "sleep":
    child = os.fork()
    if child == 0:
        time.sleep(600)
        os._exit(0)
    print("asleep", child, flush=True)
    time.sleep(600)
if way == "memory":
    held = torch.zeros(1 << 28)
    held += 1
    time.sleep(600)
if way == "close":
    os.closerange(3, 1024)
    with (Path(sys.argv[2]) / "own.txt").open("w") as own:
        late_line = x * 2
        own.write("mine")
if way == "stdin":
    print(sys.stdin.readline().strip(), sys.argv, __name__, Path(__file__).name, sys.path[0], flush=True)
