# The twin of trials/logistic.ts.
import torch
from torch import nn, optim

from job import step_case

CHECKED_STEPS = 50


class LR(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Linear(2, 1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        return self.sigmoid(self.features(x))


def make_step():
    torch.manual_seed(10)
    x0 = torch.normal(torch.ones(100, 2) * 1.7, 1) + 1
    x1 = torch.normal(torch.ones(100, 2) * -1.7, 1) + 1
    x = torch.cat([x0, x1], 0)
    y = torch.cat([torch.zeros(100), torch.ones(100)], 0)
    net = LR()
    loss_fn = nn.BCELoss()
    optimizer = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)

    def step():
        loss = loss_fn(net(x).squeeze(), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


def cases():
    return [step_case('step', make_step, CHECKED_STEPS)]
