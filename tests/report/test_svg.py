"""Every figure is well-formed XML with sane numbers and nothing live from outside, and the page's
tags are balanced. Reads what build/tests/write_report writes."""
import html.parser
import math
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

BUILD = os.environ.get("TANDEM_BUILD", "build")
PROGRAM = os.path.join(BUILD, "tests", "write_report")
SVG = "{http://www.w3.org/2000/svg}"
NUMBERS = {"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height"}
VOID = {"meta", "br", "input", "img", "hr", "link"}
failures = []


def check(condition, message):
    if not condition:
        failures.append(message)
        print("  " + message)


def check_figure(path):
    name = os.path.basename(path)
    tree = ElementTree.parse(path)              # raises on what is not well-formed
    root = tree.getroot()
    check(root.tag == SVG + "svg", f"{name}: the root is {root.tag}")
    left, top, width, height = (float(v) for v in root.get("viewBox").split())
    check(left == top == 0 and 0 < width < 3000 and 0 < height < 3000, f"{name}: {width}x{height}")
    check(root.find(SVG + "style") is not None, f"{name}: no style of its own")
    check(root.find(SVG + "title").text, f"{name}: no title")
    allowed = {"svg", "title", "style", "g", "rect", "line", "circle", "path", "text"}
    for element in root.iter():
        tag = element.tag.replace(SVG, "")
        check(tag in allowed, f"{name}: element {tag}")
        for key, value in element.attrib.items():
            check(not key.lower().startswith("on") and "href" not in key, f"{name}: {key}")
            if key in NUMBERS:
                check(math.isfinite(float(value)), f"{name}: {key}={value}")
            if key == "d":
                check(re.fullmatch(r"[MLhvZz0-9 .\-]*", value), f"{name}: path {value[:60]}")
                check("nan" not in value and "inf" not in value, f"{name}: path {value[:60]}")
        if tag == "rect":
            check(float(element.get("width")) >= 0 and float(element.get("height")) >= 0,
                  f"{name}: a rectangle of negative size")
    return sum(1 for _ in root.iter())


class Balance(html.parser.HTMLParser):
    """Knows which elements are open; HTML's optional ends are not used by the page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.figures, self.links = [], 0, []

    def handle_starttag(self, tag, attrs):
        self.figures += tag == "svg"
        for key, value in attrs:
            check(not key.startswith("on"), f"attribute {key}")
            if key in ("src", "href", "action", "srcset", "data"):
                self.links.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        last = self.open.pop() if self.open else None
        check(last == tag, f"</{tag}> closes <{last}> at {self.getpos()}")


def check_page(path, figures_min):
    with open(path, "rb") as file:
        raw = file.read()
    page = raw.decode("utf-8")                  # raises on what is not UTF-8
    balance = Balance()
    balance.feed(page)
    balance.close()
    check(not balance.open, f"left open: {balance.open}")
    check(balance.figures >= figures_min, f"{balance.figures} figures in the page")
    check(all(link.startswith("#") for link in balance.links), f"links: {balance.links}")
    outside = [part for part in re.findall(r"(?:https?:)?//[\w.-]+", page)
               if part != "http://www.w3.org"]
    check(not outside, f"addresses: {outside[:5]}")
    check("@import" not in page and "url(" not in page, "the style loads something")
    check(len(raw) <= 2_000_000, f"{len(raw)} bytes")
    check(re.search(r"\b(nan|inf)\b", re.sub(r"<script.*?</script>", "", page, flags=re.S)) is None,
          "nan or inf in the page")
    return len(raw), balance.figures


def main():
    if not os.path.exists(PROGRAM):
        print(f"skipped: {PROGRAM} is not built")
        return 77
    expected = {"full": 67, "small": 40, "nasty": 40, "single": 6, "bare": 3,
                "tiny": 30, "long": 40}
    for kind, figures_min in expected.items():
        with tempfile.TemporaryDirectory() as folder:
            made = subprocess.run([PROGRAM, folder, kind], capture_output=True, text=True)
            check(made.returncode == 0, f"{kind}: {made.stdout}{made.stderr}")
            files = sorted(name for name in os.listdir(folder) if name.endswith(".svg"))
            elements = sum(check_figure(os.path.join(folder, name)) for name in files)
            check(elements > 10, f"{kind}: {elements} elements")
            size, figures = check_page(os.path.join(folder, "report.html"),
                                       1 if kind in ("single", "bare") else figures_min)
            print(f"{kind}: {len(files)} files, {elements} elements, page of {size} bytes with "
                  f"{figures} figures; {made.stdout.strip()}")
            if kind in ("full", "small", "nasty"):
                check(len(files) >= 50, f"{kind}: {len(files)} files")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
