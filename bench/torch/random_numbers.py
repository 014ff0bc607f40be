# The twin of trials/random-numbers.ts. Called random it would hide the module of that name, which torch needs.
import torch

from operation import operation_case

SEED = 7


def uniform(count):
    x = torch.empty(count)
    return lambda: x.uniform_()


def normal(count):
    x = torch.empty(count)
    return lambda: x.normal_()


DRAWS = {
    'rand': lambda count: lambda: torch.rand(count),
    'randn': lambda count: lambda: torch.randn(count),
    'uniform_': uniform,
    'normal_': normal,
}


def case_of(name, count):
    def make():
        torch.manual_seed(SEED)
        return DRAWS[name](count)

    return operation_case(f'{name} of {count}', make)


def cases():
    return [case_of(name, count) for name in DRAWS for count in (1000, 1000000)]
