# The twin of trials/copies.ts.
import torch

from data import waves
from operation import operation_case


def matrix(rows, columns):
    return waves(rows * columns).view(rows, columns)


def on(operand, work):
    def make():
        x = operand()
        return lambda: work(x)

    return make


def joined(count, rows, columns, work):
    return on(lambda: matrix(count * rows, columns).chunk(count), work)


def cast(source, target):
    kinds = {'uint8': torch.uint8, 'bool': torch.bool, 'int32': torch.int32, 'int64': torch.int64}
    kinds |= {'float32': torch.float32, 'float64': torch.float64}
    return on(lambda: waves(1000000).mul(2).to(kinds[source]), lambda x: x.to(kinds[target]))


def square():
    return matrix(2048, 2048)


ROWS = {
    'clone of 1000000': on(lambda: matrix(1, 1000000), lambda x: x.clone()),
    'transpose of 256x256': on(lambda: matrix(256, 256), lambda x: x.t().contiguous()),
    'transpose of 2048x2048': on(square, lambda x: x.t().contiguous()),
    'transpose of 2047x1023': on(lambda: matrix(2047, 1023), lambda x: x.t().contiguous()),
    'permute 32x64x1024 to 32x1024x64': on(
        lambda: matrix(2048, 1024), lambda x: x.view(32, 64, 1024).permute(0, 2, 1).contiguous()
    ),
    'cat of 4 512x1024 by dim 0': joined(4, 512, 1024, lambda of: torch.cat(of, 0)),
    'cat of 4 512x1024 by dim 1': joined(4, 512, 1024, lambda of: torch.cat(of, 1)),
    'cat of 100 1x100 by dim 0': joined(100, 1, 100, lambda of: torch.cat(of, 0)),
    'stack of 16 256x256 by dim 0': joined(16, 256, 256, lambda of: torch.stack(of, 0)),
    'stack of 16 256x256 by dim 2': joined(16, 256, 256, lambda of: torch.stack(of, 2)),
    'slice of rows, a view': on(square, lambda x: x[100:1900]),
    'slice of 1800 rows': on(square, lambda x: x[100:1900].clone()),
    'slice of 1800 columns': on(square, lambda x: x[:, 100:1900].contiguous()),
    'every second row': on(square, lambda x: x[::2].contiguous()),
    'every second column': on(square, lambda x: x[:, ::2].contiguous()),
    'row vector to 2048x2048': on(lambda: matrix(1, 2048), lambda x: x.expand(2048, 2048).contiguous()),
    'column vector to 2048x2048': on(lambda: matrix(2048, 1), lambda x: x.expand(2048, 2048).contiguous()),
}
CASTS = [
    ('float32', 'float64'),
    ('float64', 'float32'),
    ('float32', 'int64'),
    ('int64', 'float32'),
    ('float32', 'int32'),
    ('float32', 'bool'),
    ('bool', 'float32'),
    ('uint8', 'float32'),
]


def cases():
    casts = {f'{source} to {target} of 1000000': cast(source, target) for source, target in CASTS}
    return [operation_case(name, make) for name, make in {**ROWS, **casts}.items()]
