/* netcdf_table.c - see netcdf_table.h. netcdf_write.c and netcdf_read.c hold the two ways. */
#include "io/netcdf_table.h"

#include "io/file.h"
#include "io/netcdf_parts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libnetcdf and the HDF5 under it keep global tables without a lock of their own. This is the
 * one lock for them, and so the one thing in io/ that is shared by the whole process. */
static pthread_mutex_t netcdf_lock = PTHREAD_MUTEX_INITIALIZER;

/* HDF5 prints each error, those that libnetcdf expects included, and each thread has its own
 * switch, of which libnetcdf turns only the first thread's. This one is turned back. */
netcdf_quiet netcdf_enter(void)
{
    netcdf_quiet before = {NULL, NULL};
    pthread_mutex_lock(&netcdf_lock);
    H5Eget_auto2(H5E_DEFAULT, &before.print, &before.data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return before;
}

void netcdf_leave(netcdf_quiet before)
{
    H5Eset_auto2(H5E_DEFAULT, before.print, before.data);
    pthread_mutex_unlock(&netcdf_lock);
}

td_status netcdf_write(const char *path, const td_table *table, td_error *err)
{
    char *part = NULL, *target = NULL;
    td_status status = file_part_begin(path, &part, &target, err);
    if (status) goto out;
    const netcdf_quiet before = netcdf_enter();
    status = netcdf_write_file(part, path, table, err);
    netcdf_leave(before);
    if (status) {
        unlink(part);
        goto out;
    }
    status = file_part_commit(part, target, err);
out:
    free(part);
    free(target);
    return status;
}

td_status netcdf_read(const char *path, td_table **out, td_error *err)
{
    td_table *table = NULL;
    td_status status = td_table_create(NULL, &table, err);
    if (status) goto out;
    const netcdf_quiet before = netcdf_enter();
    status = netcdf_read_file(path, table, err);
    netcdf_leave(before);
    if (status) goto out;
    *out = table;
    table = NULL;
out:
    td_table_destroy(table);
    return status;
}

/* "http://host/a.nc" names the same file as "./http:/host/a.nc". */
char *netcdf_local_path(const char *path)
{
    char *local = malloc(strlen(path) + 3), *to = local;
    if (!local) return NULL;
    if (path[0] != '/') to = stpcpy(to, "./");
    for (; *path; ++path)
        if (path[0] != '/' || path[1] != '/') *to++ = *path;
    *to = 0;
    return local;
}
