"""Series to measure on: made up here, or read from a file. Plain Python."""


def roessler(count, step=0.2, skip=2000):
    """x of the Roessler system (a = b = 0.2, c = 5.7), by the classical Runge-Kutta method in
    four parts a sample; the first samples, before the attractor is reached, are left out."""
    parts = 4
    h = step / parts
    x, y, z = 1.0, 1.0, 1.0
    out = []

    def slope(x, y, z):
        return -y - z, x + 0.2 * y, 0.2 + z * (x - 5.7)

    for sample in range(count + skip):
        for _ in range(parts):
            a = slope(x, y, z)
            b = slope(x + h / 2 * a[0], y + h / 2 * a[1], z + h / 2 * a[2])
            c = slope(x + h / 2 * b[0], y + h / 2 * b[1], z + h / 2 * b[2])
            d = slope(x + h * c[0], y + h * c[1], z + h * c[2])
            x += h / 6 * (a[0] + 2 * b[0] + 2 * c[0] + d[0])
            y += h / 6 * (a[1] + 2 * b[1] + 2 * c[1] + d[1])
            z += h / 6 * (a[2] + 2 * b[2] + 2 * c[2] + d[2])
        if sample >= skip:
            out.append(x)
    return out


def write(path, values):
    with open(path, "w", encoding="ascii", newline="\n") as file:
        file.write("x\n")
        file.writelines("%r\n" % value for value in values)


def read(path):
    with open(path, encoding="ascii") as file:
        rows = file.read().split()
    return [float(row) for row in rows[1:]]
