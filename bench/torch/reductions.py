# The twin of trials/reductions.ts.
from data import waves
from operation import operation_case


def maximum(x, dim):
    return x.max() if dim is None else x.max(dim).values


REDUCTIONS = {
    'sum': lambda x, dim: x.sum(dim),
    'mean': lambda x, dim: x.mean(dim),
    'max': maximum,
    'softmax': lambda x, dim: x.softmax(dim),
    'logSoftmax': lambda x, dim: x.log_softmax(dim),
}
KEEP_SHAPE = ('softmax', 'logSoftmax')
SHIFT = 1.5
SHAPES = [(1000, 1000), (1001, 37), (3, 100003)]


def case_of(name, rows, columns, transposed, dim):
    def make():
        values = waves(rows * columns, SHIFT)
        x = values.view(columns, rows).t() if transposed else values.view(rows, columns)
        return lambda: REDUCTIONS[name](x, dim)

    over = 'all' if dim is None else f'dim {dim}'
    return operation_case(f"{name} of {rows}x{columns}{' transposed' if transposed else ''} over {over}", make)


def cases():
    return [
        case_of(name, *shape, transposed, dim)
        for name in REDUCTIONS
        for shape in SHAPES
        for transposed in (False, True)
        for dim in (None, 0, 1)
        if dim is not None or name not in KEEP_SHAPE
    ]
