// dyngrad/data: datasets, loaders and columns.

export {}
