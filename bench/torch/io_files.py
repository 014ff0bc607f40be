# The twin of trials/io-files.ts.
import atexit
import os
import shutil
import tempfile

import numpy as np
import torch

from data import waves
from operation import operation_case

LAYERS = 64
folder = None


def path_of(name):
    global folder
    if folder is None:
        folder = tempfile.mkdtemp()
        atexit.register(shutil.rmtree, folder)
    return os.path.join(folder, name)


def tensors_of(count, size):
    return {f'layer.{i}': waves(size) + i for i in range(count)}


def large():
    return tensors_of(LAYERS, 1 << 20)


def small():
    return tensors_of(2000, 100)


def last(tensors):
    return tensors[f'layer.{LAYERS - 1}']


def saving(make, name):
    def make_work():
        tensors, path = make(), path_of(name)

        def work():
            with open(path, 'wb') as file:
                torch.save(tensors, file)
                file.flush()
                os.fsync(file.fileno())
            return last(tensors)

        return work

    return make_work


def loading(make, name, read):
    def make_work():
        path = path_of(name)
        torch.save(make(), path)
        return lambda: read(path)

    return make_work


def npy():
    path = path_of('large.npy')
    np.save(path, waves(LAYERS << 20).reshape(LAYERS, -1).numpy())
    return lambda: torch.from_numpy(np.load(path)[LAYERS - 1])


def npz():
    path = path_of('large.npz')
    np.savez(path, **{name: tensor.numpy() for name, tensor in large().items()})

    def work():
        with np.load(path) as archive:
            return last({name: torch.from_numpy(array) for name, array in archive.items()})

    return work


def cases():
    rows = {
        'save 256 MiB, safetensors': saving(large, 'large'),
        'load 256 MiB, safetensors': loading(large, 'large', lambda path: last(torch.load(path))),
        'open, and load one tensor of 64': loading(
            large, 'large', lambda path: last(torch.load(path, mmap=True)).clone()
        ),
        'load 256 MiB, .npy': npy,
        'load 256 MiB, .npz': npz,
        'save a state of 2000 tensors of 100': saving(small, 'state'),
        'load a state of 2000 tensors of 100': loading(small, 'state', lambda path: last(torch.load(path))),
    }
    return [operation_case(name, make) for name, make in rows.items()]
