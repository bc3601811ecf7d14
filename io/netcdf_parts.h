/* netcdf_parts.h - what netcdf_table.c is made of, and the lock of libnetcdf and HDF5 for the other
 * files of io/ that use them; netcdf_table.h is the interface. */
#ifndef TANDEM_IO_NETCDF_PARTS_H
#define TANDEM_IO_NETCDF_PARTS_H
#include "tandem/table.h"

#include <hdf5.h>

/* Takes the one lock of both libraries and stops HDF5 from printing; leave undoes it. Between the
 * two nothing of netcdf_table.h may be called. */
typedef struct netcdf_quiet {
    H5E_auto2_t print;
    void *data;
} netcdf_quiet;
netcdf_quiet netcdf_enter(void);
void netcdf_leave(netcdf_quiet before);

/* Both are called with the library's lock held. part: the file to make; path: what to call it in
 * messages. On failure part may be there, broken. */
TD_MUST_USE td_status netcdf_write_file(const char *part, const char *path, const td_table *table,
                                        td_error *err);
TD_MUST_USE td_status netcdf_read_file(const char *path, td_table *table, td_error *err);

/* path in a form that libnetcdf does not take for a URL or a DAP server; free it. */
char *netcdf_local_path(const char *path);

#endif
