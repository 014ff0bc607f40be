# The twin of trials/compile-rows.ts.
import torch
from data import waves
from operation import operation_case

SIZE = 1000


def layer_norm_into(x, y):
    mean = y.new_empty(SIZE, 1)
    torch.ops.aten.native_layer_norm.out(x, [SIZE], None, None, 1e-5, out0=y, out1=mean, out2=torch.empty_like(mean))
    return y


OPERATIONS = {
    'softmax': (lambda x: x.softmax(1), lambda x, y: torch.softmax(x, 1, out=y)),
    'logSoftmax': (lambda x: x.log_softmax(1), lambda x, y: torch.log_softmax(x, 1, out=y)),
    'layerNorm': (lambda x: torch.nn.functional.layer_norm(x, [SIZE]), layer_norm_into),
}


def matrix(shift=0):
    return waves(SIZE * SIZE, shift).view(SIZE, SIZE)


def fresh(run, into):
    x = matrix()
    return lambda: run(x)


def kept(run, into):
    x, y = matrix(), matrix()
    return lambda: into(x, y)


def of_sum(run, into):
    x = matrix().requires_grad_()

    def work():
        x.grad = None
        run(x).sum().backward()
        return x.grad

    return work


def of_gradient(run, into):
    x = matrix().requires_grad_()
    gradient = matrix(1)

    def work():
        x.grad = None
        run(x).backward(gradient)
        return x.grad

    return work


FORMS = {
    'into fresh memory': fresh,
    'into kept memory': kept,
    'with backward of a sum': of_sum,
    'with backward of a gradient': of_gradient,
}


def case_of(name, form):
    return operation_case(f'{name} {form}', lambda: FORMS[form](*OPERATIONS[name]))


def cases():
    return [case_of(name, form) for name in OPERATIONS for form in FORMS]
