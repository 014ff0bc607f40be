# The twin of trials/compile-logistic.ts: PyTorch takes part as it does in the trial of the eager step.
from logistic import cases

__all__ = ['cases']
