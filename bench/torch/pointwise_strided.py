# The twin of trials/pointwise-strided.ts.
from data import waves
from operation import operation_case
from pointwise import BINARY, OPERATIONS, SHIFTS


def matrix(rows, columns, shift):
    return waves(rows * columns, shift).view(rows, columns)


LAYOUTS = {
    'row vector': lambda rows, columns, shift: (matrix(rows, columns, shift), waves(columns, shift) * 0.5),
    'column vector': lambda rows, columns, shift: (matrix(rows, columns, shift), matrix(rows, 1, shift) * 0.5),
    'transposed': lambda rows, columns, shift: (matrix(columns, rows, shift).t(), matrix(rows, columns, shift) * 0.5),
    'every second': lambda rows, columns, shift: (
        matrix(rows, 2 * columns, shift)[:, ::2],
        matrix(rows, columns, shift) * 0.5,
    ),
}
NEED_TWO = ('row vector', 'column vector')
SIZES = [(25, 40), (250, 400), (1000, 1000), (2500, 4000)]


def case_of(name, layout, rows, columns):
    def make():
        a, b = LAYOUTS[layout](rows, columns, SHIFTS.get(name, 0))
        return lambda: OPERATIONS[name](a, b)

    return operation_case(f'{name} of {rows}x{columns}, {layout}', make)


def cases():
    return [
        case_of(name, layout, *size)
        for layout in LAYOUTS
        for name in OPERATIONS
        if name in BINARY or layout not in NEED_TWO
        for size in SIZES
    ]
