"""test_xarray.py - a result opens in xarray with named dimensions, coordinates and units."""
import math
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("TANDEM_PROGRAM", os.path.join(HERE, "../../build/tandem"))


def main():
    import xarray

    folder = tempfile.mkdtemp()
    subprocess.run([sys.executable, os.path.join(HERE, "make_recordings.py"),
                    os.path.join(folder, "rec"), "3", "2", "60", "7"], check=True)
    subprocess.run([PROGRAM, "rqa", "study", "rec", "--modes", "x:l1,xy:l2", "--m", "1:3", "--tau",
                    "1,4", "--eps", "0.05:0.1:0.01", "--lmin", "2:3", "--profile", "gaze",
                    "--quiet", "-o", "study.nc"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    csv = subprocess.run([PROGRAM, "rqa", "export", "study.nc", "--m", "2", "--tau", "4", "--eps",
                          "0.07", "--lmin", "3"], cwd=folder, check=True, stdout=subprocess.PIPE,
                         universal_newlines=True).stdout.splitlines()

    with xarray.open_dataset(os.path.join(folder, "study.nc")) as data:
        axes = ("recording", "mode", "m", "tau", "eps")
        assert data["det"].dims == axes + ("lmin",), data["det"].dims
        assert data["rr"].dims == axes, data["rr"].dims
        assert list(data["m"].values) == [1, 2, 3] and list(data["tau"].values) == [1, 4]
        # Decimals are exact: the double nearest to the text, never a sum of steps.
        assert list(data["eps"].values) == [0.05, 0.06, 0.07, 0.08, 0.09, 0.1]
        assert list(data["mode"].values) == ["x:l1", "xy:l2"]
        assert data["tau"].attrs["units"] == "samples" and data["l"].attrs["units"] == "samples"
        assert data["det"].attrs["long_name"]
        assert list(data["recording_group"].sel(recording="c1q1").values.reshape(1)) == ["control"]
        assert data.attrs["profile"] == "gaze"
        assert data.attrs["command"].startswith("tandem rqa study rec")
        point = data.sel(recording="p2q1", mode="xy:l2", m=2, tau=4, eps=0.07, lmin=3)
        header = csv[0].split(",")
        row = [line for line in csv if line.startswith("p2q1,") and ",xy:l2," in line][0].split(",")
        for name in ("rr", "det", "l", "lmax", "ent"):
            exported, kept = float(row[header.index(name)]), float(point[name])
            both_nan = math.isnan(exported) and math.isnan(kept)
            assert exported == kept or both_nan, (name, exported, kept)
    subprocess.run(["rm", "-rf", folder], check=False)
    print("xarray opens the study")
    return 0


try:
    import xarray  # noqa: F401
    import netCDF4  # noqa: F401
except ImportError as missing:
    print("skipped: %s" % missing)
    sys.exit(77)
if not os.access(PROGRAM, os.X_OK):
    print("skipped: %s is not built" % PROGRAM)
    sys.exit(77)
sys.exit(main())
