"""What xarray makes of a file of prices, and what the program makes of one that xarray wrote."""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import xarray as xr
    import netCDF4  # noqa: F401: the engine that reads and writes the files
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PROGRAM = os.environ.get("TANDEM_PROGRAM", "build/tandem")
if not os.access(PROGRAM, os.X_OK):
    print(f"skipped: {PROGRAM} is not built")
    sys.exit(77)

LONG = """date,symbol,open,high,low,close,volume
2024-01-02,000020,1,2,0.5,1.5,10
2024-01-03,000020,2,3,1.5,2.25,20
2024-01-03,A,0.1,0.2,0.05,0.15,30
"""
INTRADAY = """time,symbol,close
2024-01-02 09:30,A,1
2024-01-02 09:31,A,2
"""


def run(*words):
    done = subprocess.run([PROGRAM, "market", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def same(a, b):
    np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


def test_daily(folder):
    with open(f"{folder}/long.csv", "w", encoding="utf-8") as file:
        file.write(LONG)
    run("load", f"{folder}/long.csv", "-o", f"{folder}/p.nc")
    with xr.open_dataset(f"{folder}/p.nc") as data:
        assert list(data.symbol.values) == ["000020", "A"]
        same(data.date, np.array(["2024-01-02", "2024-01-03"], dtype="datetime64[ns]"))
        same(data["close"], [[1.5, 2.25], [np.nan, 0.15]])
        same(data["volume"].sel(symbol="000020", date="2024-01-03"), 20)
        assert data["close"].dims == ("symbol", "date")
        assert data.attrs["source_rows"] == "3" and data.attrs["duplicates"] == "none"


def test_intraday(folder):
    with open(f"{folder}/bars.csv", "w", encoding="utf-8") as file:
        file.write(INTRADAY)
    run("load", f"{folder}/bars.csv", "-o", f"{folder}/i.nc", "--zone", "Asia/Seoul")
    with xr.open_dataset(f"{folder}/i.nc") as data:
        same(data.date, np.array(["2024-01-02T00:30", "2024-01-02T00:31"], dtype="datetime64[ns]"))
        assert data.attrs["zone"] == "Asia/Seoul"


def test_back(folder):
    """A panel that xarray wrote again: in its own layout, turned, and packed."""
    with xr.open_dataset(f"{folder}/p.nc") as opened:
        data = opened.load()
    packed = {name: {"zlib": True} for name in data.data_vars}
    data.to_netcdf(f"{folder}/x.nc")
    data.transpose("date", "symbol").to_netcdf(f"{folder}/turned.nc")
    data.to_netcdf(f"{folder}/packed.nc", encoding=packed)
    want = run("audit", f"{folder}/p.nc", "--json")
    for name in ("x", "turned", "packed"):
        run("audit", f"{folder}/{name}.nc", "-o", f"{folder}/again.nc")
        with xr.open_dataset(f"{folder}/again.nc") as again:
            for price in data.data_vars:
                same(again[price], data[price])
            same(again.date, data.date)
        got = run("audit", f"{folder}/{name}.nc", "--json")
        assert got.replace(f"{name}.nc", "p.nc") == want, name


def main():
    with tempfile.TemporaryDirectory() as folder:
        for test in (test_daily, test_intraday, test_back):
            print(test.__name__)
            test(folder)


main()
