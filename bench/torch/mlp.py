# The twin of jobs/mlp.ts: the same job from the same start.
import torch
from torch import nn, optim

from job import step_case

OPTIMIZERS = {
    'SGD': lambda parameters, rate: optim.SGD(parameters, lr=rate, momentum=0.9),
    'Adam': lambda parameters, rate: optim.Adam(parameters, lr=rate),
}


def make_step(sizes, batch, predicts, optimizer, rate):
    torch.manual_seed(0)
    x = torch.randn(batch, sizes[0])
    classes = predicts == 'classes'
    y = torch.randint(sizes[-1], (batch,)) if classes else torch.randn(batch, sizes[-1])
    layers = [layer for a, b in zip(sizes, sizes[1:]) for layer in (nn.Linear(a, b), nn.ReLU())]
    net = nn.Sequential(*layers[:-1])
    loss_fn = nn.CrossEntropyLoss() if classes else nn.MSELoss()
    rule = OPTIMIZERS[optimizer](net.parameters(), rate)

    def step():
        loss = loss_fn(net(x), y)
        rule.zero_grad()
        loss.backward()
        rule.step()
        return loss

    return step


def mlp_case(name, sizes, batch, predicts, optimizer, rate, checked):
    def make(of):
        return lambda: make_step(sizes, batch, predicts, optimizer, of)

    return step_case(name, make(rate), checked, make(0))
