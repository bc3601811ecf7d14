/* netcdf_table.h - labelled tables as netCDF-4 files, readable by xarray, MATLAB, R and Julia.
 *
 * A dimension with number coordinates becomes a coordinate variable (double, or int when whole);
 * one with texts a string coordinate variable; text variables become string variables with
 * their dimension. Units, long_name (the doc) and _FillValue are set; a table attribute becomes a
 * global attribute. Variables are laid out contiguously. The same table gives the same bytes. */
#ifndef TANDEM_IO_NETCDF_TABLE_H
#define TANDEM_IO_NETCDF_TABLE_H
#include "tandem/table.h"

/* Writes path atomically: to a file beside it, synced, then renamed. On failure (disk full) path
 * is as it was and the part is removed. */
TD_MUST_USE td_status netcdf_write(const char *path, const td_table *table, td_error *err);
/* Reads a whole file that netcdf_write wrote. TD_E_CORRUPT: not such a file. */
TD_MUST_USE td_status netcdf_read(const char *path, td_table **out, td_error *err);

#endif
