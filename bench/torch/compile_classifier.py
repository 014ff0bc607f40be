# The twin of trials/compile-classifier.ts.
from mlp import mlp_case

SIZES = [784, 512, 512, 10]
RATES = {'SGD': 0.01, 'Adam': 0.001}


def case_of(batch, optimizer):
    return mlp_case(f'batch {batch}, {optimizer}', SIZES, batch, 'classes', optimizer, RATES[optimizer], 10)


def cases():
    return [case_of(batch, optimizer) for batch in (32, 256, 1024) for optimizer in RATES]
