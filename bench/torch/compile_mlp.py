# The twin of trials/compile-mlp.ts.
from mlp import mlp_case


def cases():
    return [mlp_case('step', [16, 64, 64, 1], 32, 'numbers', 'SGD', 0.01, 50)]
