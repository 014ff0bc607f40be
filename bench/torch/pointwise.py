# The twin of trials/pointwise.ts.
from data import probe, repeat, waves

OPERATIONS = {
    'add': lambda a, b: a.add(b),
    'exp': lambda a, b: a.exp(),
    'sigmoid': lambda a, b: a.sigmoid(),
}


def case_of(name, operation, count):
    a = waves(count)
    b = a * 0.5
    return {
        'name': f'{name} of {count}',
        'run': repeat(lambda: operation(a, b)),
        'values': lambda: probe(operation(a, b)),
    }


def cases():
    return [case_of(name, operation, count) for name, operation in OPERATIONS.items() for count in (1000, 100000, 1000000)]
