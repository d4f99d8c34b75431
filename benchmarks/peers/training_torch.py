#!/usr/bin/python3
"""The training step of benchmarks/training.cpp in PyTorch: the same equations, the same sizes, autograd for the gradient.

Usage: /usr/bin/python3 training_torch.py [neurons=125] [repetitions=5]      (Debian: python3-torch)
Prints microseconds per trial of 100 steps in a batch of 128 on one thread, the least of the repetitions.
"""
import math
import sys
import time

import torch

torch.set_num_threads(1)
N = int(sys.argv[1]) if len(sys.argv) > 1 else 125
REPEAT = int(sys.argv[2]) if len(sys.argv) > 2 else 5
NE, NIN, CLASSES, STEPS, BATCH = N * 4 // 5, 50, 2, 100, 128
NI = N - NE
DT = 2.0
AM, AE, AI, AS, AR = (math.exp(-DT / tau) for tau in (20, 10, 20, 10, 200))


class Spike(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x > 0).to(x)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient / (1 + 20 * x.abs()) ** 2


torch.manual_seed(1)
exponential = lambda rows, columns, mean: torch.empty(rows, columns).exponential_(1 / mean)
w_in = exponential(NIN, N, 0.3358).requires_grad_()
w_e = exponential(NE, N, 0.0792).requires_grad_()
w_i = exponential(NI, N, 0.5190).requires_grad_()
w_out = (torch.randn(NE, CLASSES) / math.sqrt(NE)).requires_grad_()
parameters = [w_in, w_e, w_i, w_out]
adam = torch.optim.Adam(parameters, lr=1e-3)
x = torch.zeros(BATCH, STEPS, NIN)  # one spike per unit in steps 0..50
x.scatter_(1, torch.randint(0, 50, (BATCH, 1, NIN)), 1.0)
label = torch.randint(0, CLASSES, (BATCH,))
mask_e, mask_i = 1 - torch.eye(N)[:NE], 1 - torch.eye(N)[NE:]


def step():
    u = torch.zeros(BATCH, N)
    e, i = torch.zeros(BATCH, N), torch.zeros(BATCH, N)
    yi, y = torch.zeros(BATCH, CLASSES), torch.full((BATCH, CLASSES), -1e-3)
    we, wi = w_e * mask_e, w_i * mask_i
    trace, count = [], 0
    for t in range(STEPS):
        s = Spike.apply(u - 1)
        count = count + s
        u = (AM * u + (1 - AM) * (e - i)) * (1 - s.detach())
        y = AR * y + (1 - AR) * yi
        e = AE * e + x[:, t] @ w_in + s[:, :NE] @ we
        i = AI * i + s[:, NE:] @ wi
        yi = AS * yi + s[:, :NE] @ w_out
        trace.append(y)
    logits = torch.stack(trace, 1).amax(1)
    cost = 0.1 * torch.relu(count.mean(1) - 2).square().mean()
    loss = torch.nn.functional.cross_entropy(logits, label) + cost
    adam.zero_grad()
    loss.backward()
    adam.step()
    with torch.no_grad():
        for w in (w_in, w_e, w_i):
            w.clamp_(min=0)


step()
best = math.inf
for _ in range(REPEAT):
    begin = time.perf_counter()
    step()
    best = min(best, time.perf_counter() - begin)
print(f"torch {torch.__version__}: {best / BATCH * 1e6:.0f} us per trial (N = {N}, {STEPS} steps, batch {BATCH}, one thread)")
