# The twin of trials/busy.ts.
import atexit
import subprocess
import sys

from mlp import mlp_case

SIZES = [784, 512, 512, 10]
# It ends by itself should this process be killed.
PROGRAM = 'import time\nend = time.time() + 120\nwhile time.time() < end: pass'

other = None


def keep_core_busy():
    global other
    if other is None:
        other = subprocess.Popen([sys.executable, '-c', PROGRAM])
        atexit.register(other.kill)


def cases_of(batch):
    undisturbed = mlp_case(f'batch {batch}, undisturbed', SIZES, batch, 'classes', 'SGD', 0.01, 3)

    def run(times):
        keep_core_busy()
        undisturbed['run'](times)

    return [undisturbed, {**undisturbed, 'name': f'batch {batch}, one core busy', 'run': run}]


def cases():
    return [case for batch in (32, 256) for case in cases_of(batch)]
