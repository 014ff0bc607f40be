# The twin of pointwise in trials/pointwise.ts.
from data import waves
from operation import operation_case

OPERATIONS = {
    'add': lambda a, b: a.add(b),
    'mul': lambda a, b: a.mul(b),
    'exp': lambda a, b: a.exp(),
    'log': lambda a, b: a.log(),
    'tanh': lambda a, b: a.tanh(),
    'sigmoid': lambda a, b: a.sigmoid(),
    'log1p': lambda a, b: a.log1p(),
}
BINARY = ('add', 'mul')
SHIFTS = {'log': 1.5, 'log1p': 1.5}
SIZES = [1000, 100000, 1000000, 10000000]


def vectors(name, count):
    a = waves(count, SHIFTS.get(name, 0))
    return a, a * 0.5 if name in BINARY else a


def case_of(name, count):
    def make():
        a, b = vectors(name, count)
        return lambda: OPERATIONS[name](a, b)

    return operation_case(f'{name} of {count}', make)


def cases():
    return [case_of(name, count) for name in OPERATIONS for count in SIZES]
