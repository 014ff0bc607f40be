# The twin of trials/adam.ts.
import torch
from torch import nn, optim

from data import waves
from operation import operation_case

TENSORS, ROWS, COLUMNS = 20, 200, 250


def case_of(variant, **options):
    def make():
        parameters = [nn.Parameter(waves(ROWS * COLUMNS).view(ROWS, COLUMNS)) for _ in range(TENSORS)]
        for parameter in parameters:
            parameter.grad = waves(ROWS * COLUMNS, 1.5).view(ROWS, COLUMNS)
        optimizer = optim.Adam(parameters, lr=0.001, **options)

        def step():
            optimizer.step()
            return parameters[0]

        return step

    return operation_case(f"step, PyTorch's {variant}", make, checked_calls=10)


def cases():
    return [case_of('default'), case_of('foreach', foreach=True), case_of('fused', fused=True)]
