# The twin of readings/columns.ts: seconds of pandas and pyarrow, as lines of JSON, for the files that it is given.
import json
import sys
import time


def timed(name, work):
    start = time.perf_counter()
    work()
    print(json.dumps({'name': name, 'seconds': time.perf_counter() - start}), flush=True)


def main(csv, parquet):
    try:
        import pandas
        import pyarrow.csv
        import pyarrow.parquet
    except ImportError:
        return
    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    timed('CSV by pandas', lambda: pandas.read_csv(csv))
    timed('CSV by pyarrow', lambda: pyarrow.csv.read_csv(csv))
    timed('Parquet by pyarrow', lambda: pyarrow.parquet.read_table(parquet))


main(*sys.argv[1:])
