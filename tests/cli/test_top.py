"""test_top.py - tandem top: live on a pseudo-terminal, once, as JSON lines, beside real runs.

Each drawing begins at the top of the screen and holds every row, so the last one is what stands
there.
"""
import fcntl
import json
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
FAKE = os.path.join(os.environ.get("TANDEM_BUILD", os.path.dirname(PROGRAM)), "tests/fake-nvml")
SLOW = 8.0 if os.environ.get("TANDEM_SANITIZE") else 1.0
ON, OFF = "\x1b[?1049h", "\x1b[?1049l"
failures, checks = [], 0
folder = tempfile.mkdtemp()
RUNTIME = os.path.join(folder, "runtime")
os.mkdir(RUNTIME, 0o700)


def check(good, what, shown=""):
    global checks
    checks += 1
    if not good:
        failures.append(what)
        print("FAILED: %s\n    %r" % (what, shown[-1500:]))


def environment(**more):
    given = dict(os.environ, TERM="xterm", LC_ALL="C.UTF-8", XDG_RUNTIME_DIR=RUNTIME)
    given.pop("NO_COLOR", None)
    given.pop("LD_LIBRARY_PATH", None)
    given.update(more)
    return {key: value for key, value in given.items() if value is not None}


class Terminal:
    """The program with all three streams on a pseudo-terminal."""

    def __init__(self, arguments, columns=80, rows=24, **more):
        self.main, self.side = pty.openpty()
        self.size(columns, rows)
        self.before = termios.tcgetattr(self.side)
        side = self.side
        self.child = subprocess.Popen(
            [PROGRAM] + arguments, stdin=side, stdout=side, stderr=side, env=environment(**more),
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.text = ""

    def size(self, columns, rows):
        fcntl.ioctl(self.main, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        ready, _, _ = select.select([self.main], [], [], seconds)
        if not ready:
            return False
        try:
            part = os.read(self.main, 65536)
        except OSError:
            return False
        self.text += part.decode("utf-8", "replace")
        return bool(part)

    def until(self, good, seconds=10.0):
        end = time.monotonic() + seconds * SLOW
        while time.monotonic() < end:
            if good(self.text):
                return True
            self.read(0.05)
        return good(self.text)

    def screens(self):
        """Each whole drawing as its rows, without colours."""
        out = []
        for part in self.text.split("\x1b[H")[1:]:
            if "\x1b[J" in part:    # stands before the last row
                plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", part.split(OFF)[0])
                out.append(re.split("\r+\n", plain))
        return out

    def drawn(self):
        return len(self.screens())

    def key(self, key):
        os.write(self.main, key)

    def end(self):
        """The exit code; what was written before the end is in text."""
        end = time.monotonic() + 10.0 * SLOW
        while self.child.poll() is None and time.monotonic() < end:
            self.read(0.05)
        while self.read(0.0):
            pass
        if self.child.poll() is None:
            self.child.kill()
            check(False, "the program ends", self.text)
        self.after = termios.tcgetattr(self.side)
        os.close(self.main)
        os.close(self.side)
        return self.child.wait()


def restored(terminal, what):
    text = terminal.text
    check(text.count(ON) >= 1 and text.count(ON) == text.count(OFF), what + ": screens", text)
    check(text.rfind(OFF) > text.rfind(ON), what + ": the usual screen again", text)
    check(text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l"), what + ": the cursor is shown", text)
    check(terminal.after == terminal.before, what + ": the terminal's modes", str(terminal.after))


def test_live():
    top = Terminal(["top", "--interval", "0.1"])
    check(top.until(lambda _: top.drawn() >= 4), "it is drawn again and again", top.text)
    screen = top.screens()[-1]
    check(screen[0].startswith(" tandem top") and "q quits" in screen[0], "a head", str(screen))
    check(any("busy" in row and "%" in row for row in screen), "the CPU is busy", str(screen))
    check(any(" GiB " in row for row in screen), "memory", str(screen))
    check(any("runs" in row for row in screen), "the runs", str(screen))
    check("\x1b[36m" in top.text, "colours", top.text)
    check("\u2591" in top.text or "\u2588" in top.text, "blocks", top.text)
    top.key(b"x")
    before = top.drawn()
    check(top.until(lambda _: top.drawn() >= before + 2), "other keys change nothing", top.text)
    top.key(b"q")
    check(top.end() == 0, "q ends it well", top.text)
    restored(top, "q")


def test_resize():
    top = Terminal(["top", "--interval", "60"])
    check(top.until(lambda _: top.drawn() >= 1), "drawn at once", top.text)
    for columns, rows in ((140, 40), (40, 10), (12, 3), (1, 1), (80, 24)):
        before = top.drawn()
        top.size(columns, rows)
        check(top.until(lambda _: top.drawn() > before), "drawn again at %d" % columns, top.text)
        screen = top.screens()[-1]
        check(len(screen) <= rows, "at most %d rows" % rows, str(screen))
        check(max(len(row) for row in screen) <= columns, "%d columns" % columns, str(screen))
    check(any(len(row) == 140 for row in sum(top.screens(), [])), "the whole width is used")
    top.key(b"\x03")
    check(top.end() == 0, "Ctrl-C ends it well", top.text)
    restored(top, "Ctrl-C")


def stopped(pid):
    with open("/proc/%d/stat" % pid) as stat:
        return stat.read().rpartition(")")[2].split()[0] == "T"


def test_signals():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        top = Terminal(["top", "--interval", "0.1"])
        check(top.until(lambda _: top.drawn() >= 2), "it runs", top.text)
        top.child.send_signal(number)
        check(top.end() == 130, "%s: exit code 130" % number.name, top.text)
        restored(top, number.name)
    top = Terminal(["top", "--interval", "0.1"])
    check(top.until(lambda _: top.drawn() >= 2), "it runs", top.text)
    top.child.send_signal(signal.SIGTSTP)
    check(top.until(lambda text: text.endswith(OFF)), "a stop gives the screen back", top.text)
    # The screen is given back before it stops: only what has stopped can go on.
    check(top.until(lambda _: stopped(top.child.pid)), "and it stops", top.text)
    top.child.send_signal(signal.SIGCONT)
    before = top.drawn()
    check(top.until(lambda _: top.drawn() > before + 1), "and goes on drawing", top.text)
    check(top.text.count(ON) == 2, "on the other screen", top.text)
    top.key(b"q")
    check(top.end() == 0, "and ends", top.text)
    restored(top, "stop and go on")


def test_looks():
    top = Terminal(["top", "--interval", "0.1", "--count", "2"], NO_COLOR="1")
    check(top.end() == 0 and top.drawn() >= 2, "--count ends it", top.text)
    check("\x1b[36m" not in top.text and "\x1b[1m" not in top.text, "NO_COLOR", top.text)
    top = Terminal(["top", "--interval", "0.1", "--count", "2"], LC_ALL="C")
    check(top.end() == 0 and top.drawn() >= 2, "a locale without UTF-8", top.text)
    check(all(ord(c) < 128 for c in top.text), "only ASCII then", top.text)
    top = Terminal(["top"], TERM="dumb")
    check(top.end() == 0 and "\x1b" not in top.text and "busy" in top.text, "TERM=dumb: once",
          top.text)
    top = Terminal(["top", "--once"])
    check(top.end() == 0 and ON not in top.text and "q quits" not in top.text, "--once", top.text)
    done = top_once()
    check("\x1b" not in done and "busy" in done and "- %" not in done.split("memory")[0],
          "no terminal: once, and the utilisation is known", done)


def top_once(*arguments, **more):
    done = subprocess.run([PROGRAM, "top", *arguments], env=environment(**more),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60 * SLOW)
    check(done.returncode == 0, "top %s" % " ".join(arguments), str(done))
    return done.stdout.decode()


def test_json():
    lines = [json.loads(line) for line in
             top_once("--json", "--interval", "0.1", "--count", "3").splitlines()]
    check(len(lines) == 3, "three lines", str(lines))
    numbers = [line["devices"][-1]["number"] for line in lines]
    check(numbers == sorted(set(numbers)) and numbers[0] >= 1, "a line a sample", str(numbers))
    for line in lines:
        cpu = line["devices"][-1]
        check(cpu["kind"] == "cpu" and 0 <= cpu["utilisation"] <= 100, "the CPU", str(cpu))
        check(cpu["pressure"] in ("LOW", "MEDIUM", "HIGH", "CRITICAL"), "pressure", str(cpu))
        check(cpu["memory_clock"] is None, "unknown is null", str(cpu))
    check(len(top_once("--json", "--once").splitlines()) == 1, "--once --json: one line")
    child = subprocess.Popen([PROGRAM, "top", "--json", "--interval", "0.1"], env=environment(),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(json.loads(child.stdout.readline())["interval"] == 0.1, "lines come as they are made")
    child.send_signal(signal.SIGINT)
    rest = child.stdout.read().decode()
    check(child.wait() == 130 and all(json.loads(line)["devices"] for line in rest.splitlines()),
          "Ctrl-C: whole lines, exit code 130", rest)
    child.stdout.close()
    child.stderr.close()
    shell = subprocess.run(["sh", "-c", '"$0" top --json --interval 0.1 | head -1', PROGRAM],
                           env=environment(), stdout=subprocess.PIPE, timeout=60 * SLOW)
    check(json.loads(shell.stdout)["devices"], "a reader that goes away ends it")
    for flags in (["--interval", "0.01"], ["--interval", "61"], ["--count", "-1"], ["word"]):
        done = subprocess.run([PROGRAM, "top"] + flags, env=environment(), capture_output=True)
        check(done.returncode == 2, "top %s is refused" % flags, str(done))


def test_gpus():
    if not os.path.exists(os.path.join(FAKE, "libnvidia-ml.so.1")):
        print("the library that plays NVML is not built: GPUs are not tested")
        return
    shown = top_once(LD_LIBRARY_PATH=FAKE)
    check("Made-up GPU 0" in shown and "Made-up GPU 1" in shown, "two GPUs", shown)
    check("CRITICAL" in shown and "312 of 700 W" in shown and "1755 of 1980 MHz" in shown,
          "pressure, power, clock", shown)
    check("no GPU" not in shown, "no reason why there is none", shown)
    devices = json.loads(top_once("--json", "--once", LD_LIBRARY_PATH=FAKE))["devices"]
    check([d["kind"] for d in devices] == ["gpu", "gpu", "cpu"], "the CPU last", str(devices))
    check(devices[0]["power"] == 312.5 and devices[0]["temperature"] == 55 and
          devices[0]["pci"] == "0000:3b:00.0" and devices[1]["pressure"] == "CRITICAL",
          "their values", str(devices))
    blind = top_once(LD_LIBRARY_PATH=FAKE, FAKE_NVML="blind")
    check("temp -   power -   clock -   memory -" in blind, "what is unknown is -", blind)
    none = top_once(LD_LIBRARY_PATH=FAKE, FAKE_NVML="none")
    check("no GPU: " in none and "Made-up" not in none, "a reason where there is none", none)
    top = Terminal(["top", "--interval", "0.1"], columns=140, rows=40, LD_LIBRARY_PATH=FAKE)
    check(top.until(lambda _: top.drawn() >= 5), "GPUs live", top.text)
    screen = top.screens()[-1]
    check(any("bandwidth 25 %" in row for row in screen), "wide: all facts", str(screen))
    top.key(b"q")
    check(top.end() == 0, "q", top.text)


def start_run(**more):
    """A run that takes seconds; its grid is so large that it is always stopped by us."""
    return subprocess.Popen(
        [PROGRAM, "rqa", "run", os.path.join(folder, "rec"), "--modes", "x:l1,xy:l2", "--m", "1:10",
         "--tau", "1:10", "--eps", "0.05:0.1:0.0005", "--lmin", "2:3", "--quiet", "--threads", "1",
         "--device", "cpu"], env=environment(**more), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def seen(pid):
    for run in json.loads(top_once("--json", "--once"))["runs"]:
        if run["pid"] == pid:
            return run
    return None


def wait_for(good, seconds=30.0):
    end = time.monotonic() + seconds * SLOW
    while time.monotonic() < end:
        found = good()
        if found:
            return found
        time.sleep(0.1)
    return good()


def published(pid):
    return os.path.exists(os.path.join(RUNTIME, "tandem", "%d.json" % pid))


def test_runs():
    subprocess.run([sys.executable, os.path.join(HERE, "make_recordings.py"),
                    os.path.join(folder, "rec"), "8", "5", "3500", "7"], check=True)
    run = start_run()
    first = wait_for(lambda: (seen(run.pid) or {}).get("units_done") and seen(run.pid))
    check(first and first["command"] == "rqa run" and first["step"] == "measures" and
          first["input"].endswith("/rec") and first["devices"] == "cpu", "a run is seen",
          str(first))
    later = wait_for(lambda: seen(run.pid)["units_done"] > first["units_done"] and seen(run.pid))
    check(later["share"] > first["share"], "it goes on", str(later))
    check(0 < later["units_done"] < later["units_total"], "units are counted", str(later))
    check(later["units_running"] >= 1, "a unit is in flight", str(later))
    check((later["units_per_second"] or 0) > 0 and later["seconds_left"] > 0, "speed, time left",
          str(later))
    top = Terminal(["top", "--interval", "0.2"], columns=100, rows=30)
    check(top.until(lambda text: "pid %d on cpu" % run.pid in text), "it is shown", top.text)
    check("rqa run" in top.text and "units, 1 in flight" in top.text, "with its units", top.text)
    run.send_signal(signal.SIGINT)
    check(run.wait() == 130, "it is stopped")
    run.stderr.close()
    check(not published(run.pid), "its file is removed when it is interrupted")
    gone = lambda _: top.drawn() and not any(
        "pid %d" % run.pid in row for row in top.screens()[-1])
    check(top.until(gone), "it is shown no more", top.text)
    top.key(b"q")
    check(top.end() == 0, "q", top.text)
    check(seen(run.pid) is None, "it is listed no more")


def test_killed():
    run = start_run()
    check(wait_for(lambda: published(run.pid)), "a run publishes")
    run.kill()
    # Before and after its parent has asked for it: a zombie runs no more.
    check(wait_for(lambda: seen(run.pid) is None), "one that was killed is not shown")
    check(not published(run.pid), "and its file is removed")
    run.wait()
    run.stderr.close()
    run = start_run()
    check(wait_for(lambda: published(run.pid)), "a run publishes")
    run.send_signal(signal.SIGINT)
    run.send_signal(signal.SIGTERM)
    check(run.wait() == 130, "it ends at once")
    run.stderr.close()
    check(os.listdir(os.path.join(RUNTIME, "tandem")) == [], "a sudden end leaves nothing")


def test_finished_and_untrusted():
    one = os.path.join(folder, "one.csv")
    with open(one, "w") as file:
        file.write("x\n" + "\n".join(str(i % 7) for i in range(300)) + "\n")
    command = [PROGRAM, "rqa", "run", one, "--verbose"]
    done = subprocess.run(command, env=environment(), capture_output=True)
    check(done.returncode == 0 and b"not shown" not in done.stderr, "a run ends", str(done))
    check(os.listdir(os.path.join(RUNTIME, "tandem")) == [], "and leaves nothing")
    os.chmod(os.path.join(RUNTIME, "tandem"), 0o755)
    done = subprocess.run(command, env=environment(), capture_output=True)
    check(done.returncode == 0 and b"not shown by tandem top" in done.stderr and
          b"mode must be 700" in done.stderr, "--verbose says why nothing is published", str(done))
    plain = subprocess.run(command[:-1], env=environment(), capture_output=True)
    check(plain.returncode == 0 and b"not shown" not in plain.stderr, "else nobody is told")
    check(plain.stdout == done.stdout, "the result is the same")
    check(os.listdir(os.path.join(RUNTIME, "tandem")) == [], "nothing is written there")
    os.chmod(os.path.join(RUNTIME, "tandem"), 0o700)


def main():
    for test in (test_live, test_resize, test_signals, test_looks, test_json, test_gpus, test_runs,
                 test_killed, test_finished_and_untrusted):
        begin = time.monotonic()
        test()
        print("%s: %.1f s" % (test.__name__, time.monotonic() - begin))
    subprocess.run(["rm", "-rf", folder], check=False)
    print("%d checks, %d failed" % (checks, len(failures)))
    return 1 if failures or not checks else 0


if not os.access(PROGRAM, os.X_OK):
    print("skipped: %s is not built" % PROGRAM)
    sys.exit(77)
sys.exit(main())
