# The reference's side of measure.ts: `measure.py <trial> check|time <seconds a case> <words...>`, the same lines of JSON.
import importlib
import json
import os
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


def main(name, mode, seconds, *words):
    torch.set_num_threads(int(os.environ['OMP_NUM_THREADS']))
    for case in importlib.import_module(name).cases():
        if words and not any(word in f"{name} {case['name']}" for word in words):
            continue
        result = {'name': case['name']}
        if mode == 'check':
            result['values'] = case['values']()
        else:
            result['samples'] = samples_of(case, float(seconds))
        print(json.dumps(result), flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
