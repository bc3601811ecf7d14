"""What t_io_netcdf wrote, as its users open it: names, coordinates, units and values in xarray
and in netCDF4. One is enough to run; both are looked at when both are here."""
import math
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("skipped: numpy is not here")
    sys.exit(77)

RECORDINGS = ["n1q1", "m6q2 (1)", "\u00e4d5q3"]
GROUPS = ["control", "mci", ""]
EPS = [0.05, 0.051, 0.057, 0.1]


def expected_det():
    det = np.array([i + 0.1 for i in range(24)])
    det[23] = math.nan
    return det.reshape(3, 2, 4)


def look_with_netcdf4(path):
    import netCDF4
    with netCDF4.Dataset(path) as file:
        assert file.data_model == "NETCDF4", file.data_model
        assert {name: len(dim) for name, dim in file.dimensions.items()} == {
            "recording": 3, "eps": 4, "tau": 2, "big": 2, "step": 5}
        assert list(file.variables) == [
            "recording", "eps", "tau", "big", "group", "task", "det", "speed", "points", "lmax",
            "flag", "total", "deep"], list(file.variables)
        assert file.ncattrs() == ["command", "empty", "profile"], file.ncattrs()
        assert file.command == 'tandem rqa study \u201cx" -o y'
        assert file.empty == "" and file.profile == "gaze"
        eps, det, speed = file["eps"], file["det"], file["speed"]
        assert eps.units == "px" and eps.long_name == "threshold"
        assert list(eps[:]) == EPS
        assert file["tau"].dtype == np.int32 and list(file["tau"][:]) == [1, 2]
        assert file["big"].dtype == np.int64 and list(file["big"][:]) == [-5000000000, 2**53]
        assert list(file["recording"][:]) == RECORDINGS and list(file["group"][:]) == GROUPS
        assert file["group"].dimensions == ("recording",)
        for name in ("det", "speed", "points", "lmax", "flag", "deep"):
            assert file[name].chunking() == "contiguous", name
        assert det.dimensions == ("recording", "tau", "eps")
        assert det.long_name == "share of points in lines" and "units" not in det.ncattrs()
        assert math.isnan(det._FillValue) and det.coordinates == "group task"
        np.testing.assert_array_equal(det[:].filled(math.nan), expected_det())
        assert speed.units == "px/s" and speed.dtype == np.float32
        assert speed[:][1, 1] == np.float32(4) / np.float32(3)
        points, lmax = file["points"], file["lmax"]
        assert points._FillValue == -2**63 and points[:].mask.tolist() == [False, False, True]
        assert int(points[1]) == 2**60 + 1
        assert lmax._FillValue == -2**31 and lmax[:].mask.sum() == 1
        assert file["flag"].dtype == np.uint8 and file["flag"][:].tolist() == [0, 60, 120, 180, 240]
        assert "_FillValue" not in file["flag"].ncattrs()
        assert file["total"].shape == () and file["deep"].ndim == 9


def look_with_xarray(path):
    import xarray
    with xarray.open_dataset(path) as data:
        det = data["det"]
        assert det.dims == ("recording", "tau", "eps"), det.dims
        assert set(det.coords) == {"recording", "tau", "eps", "group", "task"}, det.coords
        assert data["eps"].attrs["units"] == "px"
        assert data["speed"].attrs == {"units": "px/s"}, data["speed"].attrs
        assert data.attrs["profile"] == "gaze"
        np.testing.assert_array_equal(det.values, expected_det())
        # What a user writes: by name, by value, by group.
        assert float(det.sel(recording="m6q2 (1)", tau=2, eps=0.057)) == 8 + 4 + 2 + 0.1
        first = det.sel(eps=slice(0.05, 0.057)).isel(recording=0, tau=0)
        assert math.isclose(float(first.sum()), 3.3)
        groups = det.groupby("group").mean()
        assert list(groups["group"].values) == ["", "control", "mci"], groups["group"]
        assert data["points"].isnull().values.tolist() == [False, False, True]
        assert data["lmax"].isel(tau=1, step=3).item() == -8
        assert data["recording"].values.tolist() == RECORDINGS


def main():
    program = os.path.join(os.environ.get("TANDEM_BUILD", "build"), "tests", "t_io_netcdf")
    looked = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.nc")
        subprocess.run([program, "write", path], check=True)
        for name, look in (("netCDF4", look_with_netcdf4), ("xarray", look_with_xarray)):
            try:
                __import__(name)
            except ImportError:
                print(f"{name} is not here")
                continue
            look(path)
            looked += 1
            print(f"{name}: as expected")
    if looked == 0:
        print("skipped: neither netCDF4 nor xarray is here")
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
