# The twin of matmul in trials/matmul.ts.
import torch

from data import waves
from operation import operation_case

LAYERS = [(32, 784, 512), (256, 784, 512), (100000, 2, 1)]
SIZES = [*((size, size, size) for size in (64, 128, 256, 512, 1024, 2048)), *LAYERS]


def matrix(rows, columns, transposed, dtype):
    values = waves(rows * columns, 0, dtype)
    return values.view(columns, rows).t() if transposed else values.view(rows, columns)


def case_of(m, k, n, form, dtype):
    def make():
        a = matrix(m, k, form == 'AtB', dtype)
        b = matrix(k, n, form == 'ABt', dtype)
        return lambda: a.matmul(b)

    return operation_case(f'{m}x{k}x{n} {form}', make)


def cases_of(sizes, dtype):
    for m, k, n in sizes:
        yield case_of(m, k, n, 'AB', dtype)
        yield case_of(m, n, k, 'ABt', dtype)
        yield case_of(k, m, n, 'AtB', dtype)


def cases():
    return list(cases_of(SIZES, torch.float32))
