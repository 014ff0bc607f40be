# The twin of trials/data-loaders.ts.
import torch
from torch.utils.data import DataLoader, StackDataset, Subset, TensorDataset

from data import probe, waves

ROWS = 100000
COLUMNS = 16
BATCH = 64
SEED = 7


def matrix():
    return waves(ROWS * COLUMNS).view(ROWS, COLUMNS)


def shuffled(dataset):
    return DataLoader(dataset, batch_size=BATCH, shuffle=True)


class ByHand:
    def __init__(self, x):
        self.x = x

    def __iter__(self):
        order = torch.randperm(ROWS)
        for i in range(0, ROWS, BATCH):
            yield self.x[order[i : i + BATCH]]


def objects():
    return [{'a': i / 2, 'b': float(-i), 'label': f'row {i}'} for i in range(ROWS)]


def first(batch):
    return batch[0]


LOADERS = {
    'x by hand': (lambda: ByHand(matrix()), lambda batch: batch),
    'TensorDataset of x': (lambda: shuffled(TensorDataset(matrix())), first),
    'TensorDataset of x and y': (lambda: shuffled(TensorDataset(matrix(), waves(ROWS))), first),
    'Subset of a TensorDataset': (lambda: shuffled(Subset(TensorDataset(matrix()), range(ROWS))), first),
    'StackDataset of two TensorDatasets': (
        lambda: shuffled(StackDataset(TensorDataset(matrix()), TensorDataset(waves(ROWS)))),
        lambda batch: batch[0][0],
    ),
    'objects': (lambda: shuffled(objects()), lambda batch: batch['a']),
}


def case_of(name):
    make, first = LOADERS[name]
    held = []

    def run(times):
        if not held:
            held.append(make())
        for _ in range(times):
            for _ in held[0]:
                pass

    def values():
        torch.manual_seed(SEED)
        batches = list(make())
        return [len(batches), *probe(first(batches[0])), *probe(first(batches[-1]))]

    return {'name': name, 'units': ROWS, 'run': run, 'values': values}


def cases():
    return [case_of(name) for name in LOADERS]
