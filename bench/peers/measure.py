"""Runs one command and writes its seconds, its largest resident set and its exit code as JSON.

    measure.py RESULT COMMAND ...

A process of its own, because Linux counts into the largest resident set of a child what its parent
had when it forked: this one is small, whatever the benchmark holds.
"""
import os
import sys
import time


def main():
    started = time.perf_counter()
    process = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    with open(sys.argv[1], "w", encoding="ascii") as file:
        file.write('{"seconds": %r, "mib": %r, "code": %d}' % (
            seconds, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    main()
