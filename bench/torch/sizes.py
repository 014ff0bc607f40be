# The twin of trials/sizes.ts.
import torch

from data import waves
from operation import operation_case

SIZES = [10**3, 10**5, 10**7]
COLUMNS = 20
PARTS = 100
PRIME = 7919


def places(count):
    return torch.arange(count) * PRIME % count


def matrix(size):
    return waves(size).view(-1, COLUMNS)


def of(make, work):
    """The work on operands that are made once for a size."""

    def prepared(size):
        operands = make(size)
        return lambda: work(*operands)

    return prepared


def scattered(size):
    return waves(size), places(size), waves(size, 1)


def masked(size):
    x = waves(size)
    return x, x > 0


OPERATIONS = {
    'gather': of(lambda n: (waves(n), places(n)), lambda x, index: x.gather(0, index)),
    'scatter_': of(scattered, lambda x, index, source: x.scatter_(0, index, source)),
    'scatterAdd_': of(scattered, lambda x, index, source: x.scatter_add_(0, index, source)),
    'indexSelect': of(lambda n: (matrix(n), places(n // COLUMNS)), lambda x, index: x.index_select(0, index)),
    'maskedFill': of(masked, lambda x, mask: x.masked_fill(mask, 2)),
    'nonzero': of(lambda n: (waves(n) > 0,), lambda x: x.nonzero()),
    'searchsorted': of(lambda n: (waves(1000).sort().values, waves(n)), torch.searchsorted),
    'sort': of(lambda n: (waves(n),), lambda x: x.sort().values),
    'topk': of(lambda n: (waves(n),), lambda x: x.topk(10).values),
    'unique': of(lambda n: (waves(n),), lambda x: x.unique()),
    'cumsum': of(lambda n: (waves(n),), lambda x: x.cumsum(0)),
    'var': of(lambda n: (waves(n),), lambda x: x.var()),
    'norm': of(lambda n: (waves(n),), lambda x: x.norm()),
    f'cat of {PARTS}': of(lambda n: (waves(n).chunk(PARTS),), torch.cat),
    'einsum': of(lambda n: (matrix(n),), lambda x: torch.einsum('ij,ik->jk', x, x)),
    'flip': of(lambda n: (matrix(n),), lambda x: x.flip(0, 1)),
    'tril': of(lambda n: (matrix(n),), lambda x: x.tril()),
    'roll': of(lambda n: (waves(n),), lambda x: x.roll(7)),
    'repeatInterleave': of(lambda n: (waves(n // 2),), lambda x: x.repeat_interleave(2)),
    'half': of(lambda n: (waves(n),), lambda x: x.half()),
    'bfloat16': of(lambda n: (waves(n),), lambda x: x.bfloat16()),
    'float of half': of(lambda n: (waves(n).half(),), lambda x: x.float()),
    'float of bfloat16': of(lambda n: (waves(n).bfloat16(),), lambda x: x.float()),
}


def case_of(name, size):
    return operation_case(f'{name} of {size}', lambda: OPERATIONS[name](size))


def cases():
    return [case_of(name, size) for name in OPERATIONS for size in SIZES]
