"""test_terminal.py - the command line on a terminal: the bar, colours, and Ctrl-C.

A pseudo-terminal stands for the user's. A study that is stopped by Ctrl-C says how to go on, and
going on ends with the same bytes.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("TANDEM_PROGRAM", os.path.join(HERE, "../../build/tandem"))
SLOW = 8.0 if os.environ.get("TANDEM_SANITIZE") else 1.0
failures, checks = [], 0


def check(good, what, shown=""):
    global checks
    checks += 1
    if not good:
        failures.append(what)
        print("FAILED: %s\n    %r" % (what, shown[-600:]))


def on_terminal(arguments, folder, columns=100, stop_at=None, again=False, env=None):
    """Runs the program with standard error on a terminal; stop_at(text) true sends Ctrl-C."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = dict(os.environ, TERM="xterm")
    environment.pop("NO_COLOR", None)
    environment.update(env or {})
    child = subprocess.Popen([PROGRAM] + arguments, cwd=folder, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=side, env=environment)
    os.close(side)
    text, stopped, started = "", False, time.monotonic()
    while True:
        ready, _, _ = select.select([main], [], [], 0.02)
        if ready:
            try:
                part = os.read(main, 65536)
            except OSError:
                break
            if not part:
                break
            text += part.decode("utf-8", "replace")
        if stop_at and not stopped and stop_at(text, time.monotonic() - started):
            child.send_signal(signal.SIGINT)
            stopped = True
            if again:
                child.send_signal(signal.SIGINT)
        if not ready and child.poll() is not None:
            break
    os.close(main)
    out = child.stdout.read().decode()
    return child.wait(), out, text


def last_screen_line(text):
    """What is left on the line that the bar used: the text after the last erase of it."""
    return text.rsplit("\r\x1b[K", 1)[-1]


# What is told after each run that the CPU did alone.
REPORT = re.compile(r"(measures|statistics): \d+ units? in [\d.]+ s, on cpu\r\n")


def main():
    folder = tempfile.mkdtemp()
    subprocess.run([sys.executable, os.path.join(HERE, "make_recordings.py"),
                    os.path.join(folder, "rec"), "6", "5", "160", "7"], check=True)
    study = ["rqa", "study", "rec", "--modes", "x:l1,xy:l2", "--m", "1:10", "--tau", "1:10",
             "--eps", "0.05:0.1:0.001", "--lmin", "2:3", "-o", "study.nc", "--report", "study.html",
             "--isa", "plain"]

    code, out, text = on_terminal(study, folder)
    check(code == 0, "the study runs on a terminal", text)
    check("measures [" in text and "%" in text, "a bar is drawn", text)
    check("\x1b[36m" in text, "the bar has a colour", text)
    check(text.count("\r\x1b[K") >= 2, "the bar is redrawn and erased", text)
    check(REPORT.search(text), "units, seconds and the device are told", text)
    check(last_screen_line(REPORT.sub("", text)) == "", "nothing is left of the bar", text)
    check("results: study.nc" in out, "the result is on standard output", out)
    check("\x1b" not in out, "no escape code in the result", out)
    for line in REPORT.sub("", text).split("\r\x1b[K"):
        shown = re.sub(r"\x1b\[[0-9;]*m", "", line.strip("\r\n"))
        check(len(shown) < 100, "a bar fits the terminal", shown)
    with open(os.path.join(folder, "study.nc"), "rb") as file:
        whole = file.read()

    code, _, text = on_terminal(study, folder, env={"NO_COLOR": "1"})
    check(code == 0 and "measures [" in text and "\x1b[36m" not in text, "NO_COLOR: a plain bar",
          text)
    code, _, text = on_terminal(study, folder, env={"TERM": "dumb"})
    check(code == 0 and "\x1b" not in text and "done in" in text, "TERM=dumb: plain lines", text)
    code, _, text = on_terminal(study + ["--quiet"], folder)
    check(code == 0 and text == "", "quiet is quiet on a terminal too", text)
    code, _, text = on_terminal(study, folder, columns=30)
    check(code == 0, "a narrow terminal", text)
    for line in REPORT.sub("", text).split("\r\x1b[K"):
        shown = re.sub(r"\x1b\[[0-9;]*m", "", line.strip("\r\n"))
        check(len(shown) < 30, "a bar fits a narrow terminal", shown)

    os.remove(os.path.join(folder, "study.nc"))
    in_measures = lambda text, seconds: "measures [" in text and (" %," in text or seconds > 20)
    code, out, text = on_terminal(study, folder, stop_at=in_measures)
    check(code == 130, "Ctrl-C gives exit code 130, not %d" % code, text)
    check("stopped at" in text and "run the same command again to go on" in text,
          "Ctrl-C says how to go on", text)
    check("tandem rqa study rec --modes x:l1,xy:l2" in text, "with the exact command", text)
    check(out == "", "no result after Ctrl-C", out)
    check(not os.path.exists(os.path.join(folder, "study.nc")), "no file after Ctrl-C")
    check(os.path.exists(os.path.join(folder, "study.nc.checkpoint")), "a checkpoint is kept")
    code, out, text = on_terminal(study, folder)
    check(code == 0 and "kept from before" in out, "the second run goes on", out + text)
    with open(os.path.join(folder, "study.nc"), "rb") as file:
        check(file.read() == whole, "and ends with the same bytes")

    started = time.monotonic()
    code, out, text = on_terminal(study, folder, stop_at=in_measures, again=True)
    check(code == 130, "a second Ctrl-C ends at once", text)
    check(last_screen_line(text).strip() == "" or "stopped" in text, "the bar is erased", text)
    check(time.monotonic() - started < 30 * SLOW, "at once")
    code, out, text = on_terminal(study, folder)
    with open(os.path.join(folder, "study.nc"), "rb") as file:
        check(code == 0 and file.read() == whole, "the same bytes after a second Ctrl-C", text)

    subprocess.run(["rm", "-rf", folder], check=False)
    print("%d checks, %d failed" % (checks, len(failures)))
    return 1 if failures or not checks else 0


if not os.access(PROGRAM, os.X_OK):
    print("skipped: %s is not built" % PROGRAM)
    sys.exit(77)
sys.exit(main())
