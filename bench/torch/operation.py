# The twin of jobs/operation.ts.
from data import probe

held = None


def operation_case(name, make, units=1, checked_calls=1):
    """A case of the work that `make` returns; only the operands of the case timed last are kept."""

    def run(times):
        global held
        if held is None or held[0] is not make:
            held = None
            held = (make, make())
        work = held[1]
        for _ in range(times):
            work()

    def values():
        work = make()
        for _ in range(1, checked_calls):
            work()
        return probe(work())

    return {'name': name, 'units': units, 'run': run, 'values': values}
