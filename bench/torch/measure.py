# The reference's side of measure.ts: `measure.py <trial> check|time <seconds a case> <cases...>`, the same lines of
# JSON.
import importlib
import json
import os
import resource
import sys
import time

import torch

SAMPLE_NS = 300_000
WARM_UP_SECONDS = 0.2


def elapsed(run, times):
    start = time.perf_counter_ns()
    run(times)
    return time.perf_counter_ns() - start


def warm_up(run, seconds):
    end = time.perf_counter() + seconds
    times = 1
    while True:
        ns = elapsed(run, times)
        if time.perf_counter() > end:
            return times
        if ns < SAMPLE_NS / 2:
            times *= 2
        elif ns > SAMPLE_NS * 2:
            times = max(1, times >> 1)


def samples_of(case, seconds):
    run, units = case['run'], case.get('units', 1)
    times = warm_up(run, WARM_UP_SECONDS)
    end = time.perf_counter() + seconds
    samples = []
    while True:
        samples.append(elapsed(run, times) / times / units)
        if time.perf_counter() >= end:
            return samples


def peak_rss():
    if sys.platform != 'linux':
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts the parent's peak into ru_maxrss.
    with open('/proc/self/status') as status:
        line = next(line for line in status if line.startswith('VmHWM'))
    return int(line.split()[1]) * 1024


def main(name, mode, seconds, *names):
    # Without the variable PyTorch chooses.
    if 'OMP_NUM_THREADS' in os.environ:
        torch.set_num_threads(int(os.environ['OMP_NUM_THREADS']))
    start = peak_rss()
    for case in importlib.import_module(name.replace('-', '_')).cases():
        if case['name'] not in names:
            continue
        result = {'name': case['name']}
        if mode == 'check':
            result['values'] = case['values']()
        else:
            result['samples'] = samples_of(case, float(seconds))
            result['memory'] = {'start': start, 'peak': peak_rss()}
        print(json.dumps(result), flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
