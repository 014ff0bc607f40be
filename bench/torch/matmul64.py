# The twin of matmul64 in trials/matmul.ts.
import torch

from matmul import cases_of

SIZES = [(64, 64, 64), (256, 256, 256), (1024, 1024, 1024), (256, 784, 512)]


def cases():
    return list(cases_of(SIZES, torch.float64))
