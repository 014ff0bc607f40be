# The twin of compilePointwise in trials/pointwise.ts: PyTorch takes part as it does in the trial of eager operations.
from pointwise import cases

__all__ = ['cases']
