"""Makes up gaze recordings: make_recordings.py FOLDER SUBJECTS TASKS SAMPLES SEED.

FOLDER/GROUP/SUBJECT/SUBJECTqTASK.csv with the columns milliseconds,x,y; two groups, of which the
second looks longer at one place.
"""
import os
import random
import sys


def recording(rng, samples, dwell):
    x, y, left = 0.5, 0.5, 0
    for i in range(samples):
        if left == 0:
            left = rng.randint(dwell, 3 * dwell)
            x, y = rng.random(), rng.random()
        left -= 1
        yield "%d,%.17g,%.17g" % (
            33 * i, x + 0.04 * (rng.random() - 0.5), y + 0.04 * (rng.random() - 0.5))


def main(folder, subjects, tasks, samples, seed):
    rng = random.Random(int(seed))
    for group, dwell in (("control", 5), ("patient", 12)):
        for subject in range(1, int(subjects) + 1):
            name = "%s%d" % (group[0], subject)
            where = os.path.join(folder, group, name)
            os.makedirs(where)
            for task in range(1, int(tasks) + 1):
                count = int(samples) + rng.randint(0, int(samples) // 4)
                with open(os.path.join(where, "%sq%d.csv" % (name, task)), "w") as file:
                    file.write("milliseconds,x,y\n")
                    file.write("\n".join(recording(rng, count, dwell)) + "\n")


main(*sys.argv[1:])
