"""Looks at the report in Debian's chromium, without a screen and without a network: the script
runs without an error, both themes are what they claim, the map answers, tables sort, and nothing
is wider than the window. Skips where there is no chromium."""
import concurrent.futures
import html
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import urllib.parse
import zlib

BUILD = os.environ.get("TANDEM_BUILD", "build")
PROGRAM = os.path.join(BUILD, "tests", "write_report")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--hide-scrollbars", "--enable-logging=stderr", "--v=0"]
LIGHT, DARK = "rgb(251, 250, 247)", "rgb(18, 20, 23)"    # the paper, as page_style.c has it
failures = []


def check(condition, message):
    if not condition:
        failures.append(message)
        print("  " + message)


def browse(page, width, height, more):
    """Standard output of one start of the browser; what its console said must be nothing."""
    with tempfile.TemporaryDirectory() as profile:
        run = subprocess.run(
            ["chromium", *FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}",
             *more, "file://" + page], capture_output=True, timeout=120)
    told = [line for line in run.stderr.decode("utf-8", "replace").splitlines()
            if "CONSOLE" in line]
    check(not told, f"{os.path.basename(page)}: console: {told}")
    return run.stdout.decode("utf-8", "replace")


def variant(page, name, *changes, script=""):
    """A copy of the page with texts replaced and one more script at its end."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    if script:
        text = text.replace("</body>", f"<script>{script}</script></body>", 1)
    path = os.path.join(os.path.dirname(page), name + ".html")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def root_data(dom):
    return dict(re.findall(r'data-([\w-]+)="([^"]*)"', re.search(r"<html[^>]*>", dom).group(0)))


def decode_png(path):
    """Width, height, and rows of RGB or RGBA bytes, of an 8-bit PNG without interlace."""
    with open(path, "rb") as file:
        raw = file.read()
    width, height, depth, colour = struct.unpack(">IIBB", raw[16:26])
    assert depth == 8 and colour in (2, 6)
    at, packed = 8, b""
    while at < len(raw):
        size, kind = struct.unpack(">I4s", raw[at:at + 8])
        if kind == b"IDAT":
            packed += raw[at + 8:at + 8 + size]
        at += size + 12
    data, pixel = zlib.decompress(packed), 3 if colour == 2 else 4
    stride, rows, above = width * pixel, [], bytes(width * pixel)
    for y in range(height):
        kind = data[y * (stride + 1)]
        row = bytearray(data[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            left = row[i - pixel] if i >= pixel else 0
            up, corner = above[i], above[i - pixel] if i >= pixel else 0
            if kind == 1:
                row[i] = (row[i] + left) & 255
            elif kind == 2:
                row[i] = (row[i] + up) & 255
            elif kind == 3:
                row[i] = (row[i] + (left + up) // 2) & 255
            elif kind == 4:
                near = left + up - corner
                far = sorted(((abs(near - left), 0, left), (abs(near - up), 1, up),
                              (abs(near - corner), 2, corner)))[0][2]
                row[i] = (row[i] + far) & 255
        rows.append(bytes(row))
        above = rows[-1]
    return width, height, pixel, rows


def corner_brightness(page, name):
    path = os.path.join(os.path.dirname(page), name + ".png")
    browse(page, 420, 160, ["--screenshot=" + path])
    width, height, pixel, rows = decode_png(path)
    check(width >= 400 and height >= 120, f"{name}: screenshot of {width}x{height}")
    colours = {row[i * pixel:i * pixel + 3] for row in rows for i in range(width)}
    check(len(colours) > 5, f"{name}: a blank screenshot")
    return sum(rows[-1][:3])


NARROW = """<!doctype html><meta charset="utf-8"><iframe width="390" height="800" id="frame"
style="border:0" srcdoc="{page}"></iframe><script>
const frame = document.getElementById('frame');
frame.addEventListener('load', () => Object.assign(
  document.documentElement.dataset, frame.contentDocument.documentElement.dataset));
</script>"""


def narrow(page):
    """A page that shows the page 390 pixels wide: a window cannot be that narrow."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    path = os.path.join(os.path.dirname(page), "narrow.html")
    with open(path, "w", encoding="utf-8") as file:
        file.write("<html>" + NARROW.replace("{page}", html.escape(text)))
    return path


def check_widths(page):
    data = {}
    for width, shown in ((1280, page), (390, narrow(page))):
        data[width] = root_data(browse(shown, 1280, 900, ["--dump-dom"]))
        check(data[width].get("script") == "ran", f"{width}: the script did not run: {data}")
        check(data[width].get("width") == str(width), f"{width}: {data[width].get('width')}")
        check(data[width].get("overflow") == "0",
              f"{width}: {data[width].get('overflow')} pixels too wide")
    check(data[1280].get("paper") == LIGHT, f"light paper is {data[1280].get('paper')}")


def check_themes(page):
    dark = variant(page, "dark", ('<html lang="en">', '<html lang="en" data-theme="dark">'))
    pressed = variant(page, "pressed",
                      script="document.querySelector('#theme').click();"
                             "document.documentElement.dataset.after ="
                             "getComputedStyle(document.documentElement).backgroundColor;")
    after = root_data(browse(pressed, 1280, 900, ["--dump-dom"]))
    check(after.get("theme") == "dark" and after.get("after") == DARK, f"the button did: {after}")
    bright, dim = corner_brightness(page, "light"), corner_brightness(dark, "dark")
    check(bright > 700 and dim < 90, f"the corner is {bright} light, {dim} dark")


ACTIONS = """
const say = {}, field = document.querySelector('#explorer form').elements;
const press = (name, value) => {
  field[name].value = value;
  field[name].dispatchEvent(new Event('input', {bubbles: true}));
};
const cells = () => [...document.querySelectorAll('#map rect[data-i]')];
const look = () => cells().map((cell) => cell.getAttribute('class')).join();
say.cells = cells().length;
say.first = document.querySelector('#readout').textContent;
const before = look();
press('measure', 0);
press('mode', 0);
say.changed = look() !== before;
say.second = document.querySelector('#readout').textContent;
press('stat', 3);
press('eps', 0);
cells()[0].dispatchEvent(new MouseEvent('click', {bubbles: true}));
say.third = document.querySelector('#readout').textContent;
say.curves = document.querySelectorAll('#profile path').length;
const table = document.querySelector('#best-table');
const column = () => [...table.tBodies[0].rows].map((row) => row.cells[9].dataset.v);
table.tHead.rows[0].cells[9].querySelector('button').click();
say.up = column().join();
table.tHead.rows[0].cells[9].querySelector('button').click();
say.down = column().join();
const cell = document.querySelector('section#space figure rect');
cell.dispatchEvent(new PointerEvent('pointermove', {bubbles: true, clientX: 200, clientY: 200}));
say.tip = document.querySelector('#tip').textContent;
document.documentElement.dataset.said = encodeURIComponent(JSON.stringify(say));
"""


def check_answers(page):
    data = root_data(browse(variant(page, "acts", script=ACTIONS), 1280, 900, ["--dump-dom"]))
    said = json.loads(urllib.parse.unquote(data.get("said", "{}")))
    check(said.get("cells") == 100, f"{said.get('cells')} cells in the map, not 100")
    check(said.get("changed") is True, "another measure gives the same map")
    check("recurrence rate" in said.get("second", "") and said["second"] != said["first"],
          f"read out: {said.get('second')}")
    check("m 1, \u03c4 1, \u03b5 0.05" in said.get("third", ""), f"read out: {said.get('third')}")
    check("NaN" not in str(said) and "undefined" not in str(said), f"said: {said}")
    check(said.get("curves", 0) >= 1, "no curve against the threshold")
    up = [float(v) for v in said.get("up", "0").split(",")]
    down = [float(v) for v in said.get("down", "0").split(",")]
    check(len(up) == 10 and up == sorted(up) and down == up[::-1], f"sorted: {up} {down}")
    check(re.match(r"m \d+, \u03c4 \d+: [\d.]+", said.get("tip", "")), f"tip: {said.get('tip')}")


TEXTS = """
const bad = [];
document.querySelectorAll('details').forEach((one) => { one.open = true; });
document.querySelectorAll('svg.fig').forEach((figure) => {
  const size = figure.viewBox.baseVal, frame = figure.getBoundingClientRect();
  const zoom = size.width / frame.width;
  const texts = [...figure.querySelectorAll('text')].map((text) => {
    const box = text.getBoundingClientRect();
    return {words: text.lastChild ? text.lastChild.data : '', wide: box.width,
            left: (box.left - frame.left) * zoom, right: (box.right - frame.left) * zoom,
            top: (box.top - frame.top) * zoom, bottom: (box.bottom - frame.top) * zoom};
  }).filter((text) => text.wide > 0);
  texts.forEach((a, index) => {
    if (a.left < -2 || a.right > size.width + 2 || a.top < -3 || a.bottom > size.height + 3)
      bad.push('outside: ' + a.words);
    texts.slice(index + 1).forEach((b) => {
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
        bad.push('on each other: ' + a.words + ' / ' + b.words);
    });
  });
});
const maps = [...document.querySelectorAll('#space .three .heat')];
const sides = maps.map((map) => map.getBoundingClientRect()).map((box) => box.width);
const table = document.querySelector('#best-table').parentNode;
Object.assign(document.documentElement.dataset, {
  texts: document.querySelectorAll('svg.fig text').length,
  bad: encodeURIComponent(JSON.stringify([...new Set(bad)].slice(0, 5))),
  least: Math.round(Math.min(...sides)), hidden: table.scrollWidth - table.clientWidth});
"""


def check_texts(page):
    """No word of a figure is cut off or lies on another one, small grids have maps that can be
    seen, and at 1280 pixels, less a scroll bar, the best combinations are all in sight."""
    kind = os.path.basename(os.path.dirname(page))
    data = root_data(browse(variant(page, "texts", script=TEXTS), 1265, 900, ["--dump-dom"]))
    bad = json.loads(urllib.parse.unquote(data.get("bad", "%5B%22no answer%22%5D")))
    check(not bad, f"{kind}: {bad}")
    check(int(data.get("texts", 0)) > 50, f"{kind}: {data.get('texts')} texts")
    check(int(data.get("least", 0)) >= 130, f"{kind}: a map is {data.get('least')} pixels wide")
    if kind != "nasty":
        check(data.get("hidden") == "0", f"{kind}: best table: {data.get('hidden')} pixels hidden")


def check_without_script(page):
    plain = variant(page, "plain", ("script-src 'unsafe-inline'", "script-src 'none'"))
    with tempfile.TemporaryDirectory() as profile:
        run = subprocess.run(["chromium", *FLAGS, f"--user-data-dir={profile}",
                              "--window-size=1280,900", "--dump-dom", "file://" + plain],
                             capture_output=True, timeout=120)
    dom = run.stdout.decode("utf-8", "replace")
    check("data-script" not in dom, "the script ran although it was forbidden")
    check(dom.count('class="heat"') >= 40, "the stills are not there without the script")


def main():
    if not shutil.which("chromium"):
        print("skipped: chromium is not installed")
        return 77
    if not os.path.exists(PROGRAM):
        print(f"skipped: {PROGRAM} is not built")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        pages = {}
        for kind in ("full", "nasty", "tiny", "long"):
            place = os.path.join(folder, kind)
            os.mkdir(place)
            made = subprocess.run([PROGRAM, place, kind], capture_output=True, text=True)
            check(made.returncode == 0, made.stdout)
            pages[kind] = os.path.join(place, "report.html")
        page = pages["full"]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(work, page) for work in
                    (check_answers, check_themes, check_widths, check_without_script)]
            jobs += [pool.submit(check_widths, pages[kind]) for kind in ("nasty", "long")]
            jobs += [pool.submit(check_texts, one) for one in pages.values()]
            for job in jobs:
                job.result()
    print("looked at the page in two themes and two widths" if not failures else "FAILED")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
