# The twin of trials/matmul.ts.
from data import probe, repeat, waves

SHAPES = [(200, 2, 1), (64, 64, 64), (256, 256, 256), (1024, 1024, 1024), (32, 784, 512), (256, 784, 512)]


def case_of(m, k, n):
    a = waves(m * k).view(m, k)
    b = waves(k * n).view(k, n)
    return {
        'name': f'{m}x{k} by {k}x{n}',
        'run': repeat(lambda: a.matmul(b)),
        'values': lambda: probe(a.matmul(b)),
    }


def cases():
    return [case_of(*shape) for shape in SHAPES]
