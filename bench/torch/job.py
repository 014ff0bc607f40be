# The twin of jobs/job.ts.


def step_case(name, make_step, checked, make_timed=None):
    step = None

    def run(times):
        nonlocal step
        step = step or (make_timed or make_step)()
        for _ in range(times):
            step()

    def values():
        fresh = make_step()
        return [fresh().item() for _ in range(checked)]

    return {'name': name, 'run': run, 'values': values}
