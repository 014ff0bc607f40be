# The twin of trials/pointwise-inplace.ts.
from data import waves
from operation import operation_case
from pointwise import SIZES

# By name: the operation, what is added to the data, how the second operand is made of its half, and the number of
# operations.
OPERATIONS = {
    'add_': (lambda a, b: a.add_(b), 0, lambda half: half, 1),
    'mul_': (lambda a, b: a.mul_(b), 0, lambda half: half.sign(), 1),
    'exp_ and log_': (lambda a, b: a.exp_().log_(), 0, None, 2),
    'tanh_': (lambda a, b: a.tanh_(), 0, None, 1),
    'sigmoid_': (lambda a, b: a.sigmoid_(), 0, None, 1),
    'log1p_': (lambda a, b: a.log1p_(), 1.5, None, 1),
}


def case_of(name, count):
    run, shift, second, units = OPERATIONS[name]

    def make():
        a = waves(count, shift)
        b = second(a * 0.5) if second else None
        return lambda: run(a, b)

    return operation_case(f'{name} of {count}', make, units)


def cases():
    return [case_of(name, count) for name in OPERATIONS for count in SIZES]
