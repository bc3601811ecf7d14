#!/usr/bin/env python3
"""Makes up eye-tracking recordings for the demo. Needs Python 3 and nothing else.

    examples/make_gaze.py FOLDER [--seed 1] [--subjects 20]

writes FOLDER/recordings/GROUP/SUBJECT/RECORDING.csv (milliseconds,x,y; x and y as parts of the
page), FOLDER/All_Events.csv (fixations and saccades) and FOLDER/All_ROI_Summary.csv (time on
regions of the page). Three groups of subjects read five pages each. The same seed gives the same
bytes.

The model: a reader looks from region to region of a page. A fixation holds a place with slow drift
and jitter; a saccade takes zero to two samples on the way. The groups differ in two things, so
that a study has something to find: how far the eye strays within a fixation, and how often it
goes back to a region it has seen. No real recording went into this.
"""
import argparse
import math
import os
import random
import sys

TASKS = 5
SAMPLES_MIN, SAMPLES_MAX = 46, 693
PERIOD_MS = 122.0                # an eye tracker of about 8 samples a second
PAGE_DEG = (32.0, 20.0)          # the page as the reader sees it, in degrees of visual angle

# name, file prefix, jitter within a fixation (parts of the page), chance to go back to a region
# already seen, mean samples of a recording.
GROUPS = (
    ("control", "c", 0.010, 0.20, 130),
    ("mci", "m", 0.014, 0.32, 200),
    ("ad", "a", 0.019, 0.44, 230),
)


def page_regions(task):
    """The regions of a page: two lines of instruction, four key words, the background."""
    place = random.Random(1000 + task)
    regions = [("INST_%d_%d" % (task, line + 1), 0.50, 0.12 + 0.10 * line, 0.30, 0.03)
               for line in range(2)]
    for word in range(4):
        x = 0.2 + 0.2 * word + place.uniform(-0.04, 0.04)
        y = 0.45 + 0.3 * (word % 2) + place.uniform(-0.06, 0.06)
        regions.append(("KW_%d_%d" % (task, word + 1), x, y, 0.05, 0.04))
    regions.append(("BG_%d" % task, 0.5, 0.55, 0.40, 0.35))
    return regions


def degrees(a, b):
    return math.hypot((a[0] - b[0]) * PAGE_DEG[0], (a[1] - b[1]) * PAGE_DEG[1])


def next_region(rng, regions, seen, now, revisit):
    """A region that is not the present one: one seen before, or the next in reading order."""
    old = [index for index in seen if index != now]
    if old and rng.random() < revisit:
        return rng.choice(old)
    fresh = [index for index in range(len(regions)) if index not in seen]
    return fresh[0] if fresh else rng.choice([i for i in range(len(regions)) if i != now])


def fixate(rng, target, samples, jitter):
    """Samples around a target: slow drift, and jitter that remembers half of itself."""
    drift = (rng.gauss(0, jitter / 4), rng.gauss(0, jitter / 4))
    stray = [0.0, 0.0]
    points = []
    for step in range(samples):
        stray = [0.5 * value + rng.gauss(0, jitter) for value in stray]
        points.append((target[0] + drift[0] * step + stray[0],
                       target[1] + drift[1] * step + stray[1]))
    return points


def record(rng, regions, samples, jitter, revisit):
    """The points of one recording and its fixations: (first, last, region)."""
    points, fixations, seen, now = [], [], [], 0
    while len(points) < samples:
        _, x, y, width, height = regions[now]
        target = (x + rng.uniform(-width, width), y + rng.uniform(-height, height))
        if points:
            start = points[-1]
            between = rng.choice((0, 1, 1, 2))
            for step in range(between):
                part = (step + 1) / (between + 1)
                points.append((start[0] + part * (target[0] - start[0]),
                               start[1] + part * (target[1] - start[1])))
        first = len(points)
        points += fixate(rng, target, 2 + int(rng.expovariate(1 / 2.5)), jitter)
        fixations.append((first, min(len(points), samples) - 1, now))
        if now not in seen:
            seen.append(now)
        now = next_region(rng, regions, seen, now, revisit)
    points = [(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)) for x, y in points[:samples]]
    return points, [row for row in fixations if row[0] < row[1]]


def write_recording(path, points, rng):
    clock = 0.0
    times = []
    with open(path, "w", encoding="ascii", newline="\n") as file:
        file.write("milliseconds,x,y\n")
        for x, y in points:
            file.write("%.1f,%.6f,%.6f\n" % (clock, x, y))
            times.append(clock)
            clock += PERIOD_MS + rng.choice((-1.0, 0.0, 0.0, 1.0))
    return times


def write_events(file, name, group, regions, points, times, fixations):
    """Fixations, and the saccades between them, as an event detector would list them."""
    for first, last, region in fixations:
        spread = max(degrees(points[first], point) for point in points[first:last + 1])
        file.write("%s,fixation,%d,%d,%.1f,%r,,,%s,%s\n" % (
            name, first, last, times[last] - times[first], spread, regions[region][0], group))
    ends = [row[1] for row in fixations[:-1]]
    for end, (start, _, _) in zip(ends, fixations[1:]):
        steps = [degrees(points[i], points[i + 1]) / (times[i + 1] - times[i]) * 1000
                 for i in range(end, start)]
        file.write("%s,saccade,%d,%d,%.1f,%r,%r,%r,,%s\n" % (
            name, end, start, times[start] - times[end], degrees(points[end], points[start]),
            max(steps), sum(steps) / len(steps), group))


def write_rois(file, name, group, regions, times, fixations):
    """Seconds on each region, how often it was entered, and entered again."""
    for index, region in enumerate(regions):
        rows = [row for row in fixations if row[2] == index]
        if rows:
            seconds = sum(times[last] - times[first] for first, last, _ in rows) / 1000
            file.write("%s,%s,%r,%d,%d,%s\n" % (
                name, region[0], seconds, len(rows), len(rows) - 1, group))


def make_subject(folder, group, number, seed, events, rois):
    name, prefix, jitter, revisit, mean = group
    # A generator for each subject: more subjects do not change those there were.
    rng = random.Random("%d/%s/%d" % (seed, name, number))
    jitter *= math.exp(rng.gauss(0, 0.25))
    revisit = min(max(revisit + rng.gauss(0, 0.06), 0.02), 0.9)
    pace = math.exp(rng.gauss(0, 0.3))
    place = os.path.join(folder, "recordings", name, "%s_%02d" % (name, number))
    os.makedirs(place, exist_ok=True)
    for task in range(1, TASKS + 1):
        regions = page_regions(task)
        samples = int(mean * pace * math.exp(rng.gauss(0, 0.35)))
        samples = min(max(samples, SAMPLES_MIN), SAMPLES_MAX)
        recording = "%s%dq%d" % (prefix, number, task)
        points, fixations = record(rng, regions, samples, jitter, revisit)
        times = write_recording(os.path.join(place, recording + ".csv"), points, rng)
        write_events(events, recording, name, regions, points, times, fixations)
        write_rois(rois, recording, name, regions, times, fixations)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--subjects", type=int, default=20, help="in each group")
    chosen = parser.parse_args()
    if not 1 <= chosen.subjects <= 1000:
        sys.exit("make_gaze.py: --subjects is %d, allowed 1 to 1000" % chosen.subjects)
    os.makedirs(chosen.folder, exist_ok=True)
    with open(os.path.join(chosen.folder, "All_Events.csv"), "w", encoding="ascii",
              newline="\n") as events, \
            open(os.path.join(chosen.folder, "All_ROI_Summary.csv"), "w", encoding="ascii",
                 newline="\n") as rois:
        events.write("ADQ_ID,EventType,StartIndex,EndIndex,Duration_ms,Amplitude_deg,MaxVel,"
                     "MeanVel,ROI,Group\n")
        rois.write("ADQ_ID,ROI,FixTime,EnterCount,RegressionCount,Group\n")
        for group in GROUPS:
            for number in range(1, chosen.subjects + 1):
                make_subject(chosen.folder, group, number, chosen.seed, events, rois)
    print("%d recordings of %d subjects in %s (seed %d)" % (
        len(GROUPS) * chosen.subjects * TASKS, len(GROUPS) * chosen.subjects, chosen.folder,
        chosen.seed))


if __name__ == "__main__":
    main()
