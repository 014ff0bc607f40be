# The twin of jobs/memory.ts: `memory.py <job> <steps>`.
import json
import math
import os
import sys

import torch

import logistic
import mlp
from measure import peak_rss

JOBS = {
    'logistic': logistic.make_step,
    'mlp': lambda: mlp.make_step([784, 512, 512, 10], 256, 'classes', 'SGD', 0.01),
}


def main(name, steps):
    torch.set_num_threads(int(os.environ['OMP_NUM_THREADS']))
    start = peak_rss()
    step = JOBS[name]()
    loss = step()
    # Nothing before this was larger, so that the peak is what is resident now.
    first = peak_rss()
    for _ in range(1, int(steps)):
        loss = step()
    peak = peak_rss()
    assert math.isfinite(loss.item())
    print(json.dumps({'start': start, 'first': first, 'peak': peak}))


if __name__ == '__main__':
    main(*sys.argv[1:])
