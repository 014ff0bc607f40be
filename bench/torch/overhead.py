# The twin of trials/overhead.ts.
import torch
from data import probe, waves

LENGTH = 100


def add_of(count, requires_grad):
    a = waves(count).requires_grad_(requires_grad)
    b = waves(count).requires_grad_(requires_grad)
    add = torch.add

    def run(times):
        for _ in range(times):
            add(a, b)

    name = f"add of {count}{' with graph' if requires_grad else ''}"
    return {'name': name, 'run': run, 'values': lambda: probe(torch.add(a, b))}


STEPS = {
    'add': lambda x, leaf, constant: x.add(constant),
    'add of a leaf': lambda x, leaf, constant: x.add(leaf),
    'mul of a leaf': lambda x, leaf, constant: x.mul(leaf),
    'tanh': lambda x, leaf, constant: x.tanh(),
}


def chain_of(name, step, backward):
    leaf = torch.ones(1, requires_grad=True)
    constant = torch.ones(1)

    def forward():
        x = leaf
        for _ in range(LENGTH):
            x = step(x, leaf, constant)
        return x

    def both():
        leaf.grad = None
        y = forward()
        y.backward()
        return y

    once = both if backward else forward

    def run(times):
        for _ in range(times):
            once()

    return {
        'name': f"chain of {name}, {'forward and backward' if backward else 'forward'}",
        'units': LENGTH,
        'run': run,
        'values': lambda: [both().item(), leaf.grad.item()] if backward else [forward().item()],
    }


def empty_call():
    call = torch.get_num_threads

    def run(times):
        for _ in range(times):
            call()

    return {'name': 'a call that does nothing', 'run': run, 'values': lambda: []}


def cases():
    adds = [add_of(count, graph) for count in (1, 4) for graph in (False, True)]
    chains = [chain_of(name, step, backward) for name, step in STEPS.items() for backward in (False, True)]
    return [empty_call(), *adds, *chains]
