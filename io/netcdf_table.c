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

td_status netcdf_write(const char *path, const td_table *table, td_error *err)
{
    char *part = NULL, *target = NULL;
    td_status status = file_part_begin(path, &part, &target, err);
    if (status) goto out;
    pthread_mutex_lock(&netcdf_lock);
    status = netcdf_write_file(part, path, table, err);
    pthread_mutex_unlock(&netcdf_lock);
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
    pthread_mutex_lock(&netcdf_lock);
    status = netcdf_read_file(path, table, err);
    pthread_mutex_unlock(&netcdf_lock);
    if (status) goto out;
    *out = table;
    table = NULL;
out:
    td_table_destroy(table);
    return status;
}

char *netcdf_local_path(const char *path)
{
    const size_t bytes = strlen(path) + 3;
    char *local = malloc(bytes);
    if (!local) return NULL;
    strcpy(local, path[0] == '/' ? "" : "./");
    strcat(local, path);
    return local;
}
