/* netcdf_write.c - a table into a new netCDF-4 file.
 *
 * HDF5 does not recover from a write that fails: the file stays open inside it, and its own
 * clean-up at the end of the process may crash. So the room on the disk is taken before the first
 * byte is written, and where a file system cannot do that, a failed file is cut to nothing before
 * it is closed, which frees enough for the little that HDF5 still writes then. */
#include "io/file.h"
#include "io/netcdf_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netcdf.h>
#include <netcdf_meta.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define OBJECT_BYTES 8192u              /* HDF5 header of one variable, generously */
#define TEXT_BYTES   64u                /* of one string beside its characters */
#define FILE_BYTES   (1u << 20)         /* everything else */
#define ALIGN_BYTES  64                 /* where data starts: it can be mapped and used as it is */
#define WHOLE_MAX    9007199254740992.0 /* 2^53: integers up to here are doubles */

typedef struct writer {
    const char *path; /* for messages */
    const td_table *table;
    td_error *err;
    int nc;
    uint32_t dim_count, var_count, text_count;
    int *dim;     /* one block for these four */
    int *dim_var; /* of the coordinates; -1: none */
    int *var;
    int *text;
} writer;

/* ---- Errors ---------------------------------------------------------------------------------- */

/* libnetcdf says only "HDF error" when the disk is full; the errno of the write that failed is
 * still there, as what HDF5 does after it succeeds or fails for the same reason. */
static td_status write_failed(const writer *w, const char *what, int code, int system)
{
    if (code > 0) return file_fail(w->err, w->path, "write", code);
    if (system == ENOSPC || system == EFBIG || system == EDQUOT || system == EIO)
        return file_fail(w->err, w->path, "write", system);
    if (code == NC_ENOMEM)
        return td_fail(w->err, TD_E_NO_MEMORY, "%s: no memory to write %s", w->path, what);
    if (code == NC_EBADNAME || code == NC_ENAMEINUSE || code == NC_EMAXNAME)
        return td_fail(w->err, TD_E_BAD_ARGUMENT, "%s: \"%s\" cannot be a name in netCDF: %s",
                       w->path, what, nc_strerror(code));
    return td_fail(w->err, TD_E_IO, "%s: cannot write \"%s\": %s", w->path, what,
                   nc_strerror(code));
}

/* Runs one call of libnetcdf; to be returned or tested. */
#define NC(what, call) (errno = 0, nc_status(w, what, (call)))
static td_status nc_status(const writer *w, const char *what, int code)
{
    return code == NC_NOERR ? TD_OK : write_failed(w, what, code, errno);
}

/* ---- Room on the disk ------------------------------------------------------------------------ */

static uint64_t text_bytes(const char *text)
{
    return text ? strlen(text) + TEXT_BYTES : 0;
}

static uint64_t dim_bytes(const td_dim *dim)
{
    uint64_t bytes = OBJECT_BYTES + text_bytes(dim->doc) + text_bytes(dim->unit);
    if (dim->number) bytes += dim->count * sizeof(double);
    for (uint64_t i = 0; dim->text && i < dim->count; ++i)
        bytes += 2 * text_bytes(dim->text[i]);
    return bytes;
}

typedef struct space {
    uint64_t data, rest; /* bytes of the variables, and of everything else at most */
} space;

static space space_needed(const td_table *table)
{
    space bytes = {0, FILE_BYTES};
    td_dim dim;
    td_var var;
    const char *name = NULL, *doc = NULL;
    for (uint32_t i = 0; td_table_dim(table, i, &dim); ++i)
        bytes.rest += dim_bytes(&dim);
    for (uint32_t i = 0; td_table_var(table, i, &var); ++i) {
        bytes.rest += OBJECT_BYTES + text_bytes(var.doc) + text_bytes(var.unit);
        bytes.data += var.count * td_dtype_bytes(var.dtype);
    }
    for (uint32_t i = 0; td_table_text_at(table, i, &name, &doc, NULL); ++i) {
        uint64_t count = 0;
        const char *const *text = td_table_text(table, name, &count);
        bytes.rest += OBJECT_BYTES + text_bytes(doc);
        for (uint64_t k = 0; text && k < count; ++k)
            bytes.rest += 2 * text_bytes(text[k]);
    }
    for (uint32_t i = 0; td_table_attribute_at(table, i, &name, &doc); ++i)
        bytes.rest += 2 * (text_bytes(name) + text_bytes(doc));
    return bytes;
}

static td_status no_room(const writer *w, int code)
{
    return file_fail(w->err, w->path, "write", code);
}

static td_status check_limit(const writer *w, space bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        limit.rlim_cur < bytes.data + bytes.rest)
        return no_room(w, EFBIG);
    return TD_OK;
}

/* Takes the blocks without changing the file's length. Not every file system can. */
static bool reserve_all(int fd, space bytes)
{
#if defined(__linux__)
    return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)(bytes.data + bytes.rest)) == 0;
#else
    (void)fd;
    (void)bytes;
    errno = EOPNOTSUPP;
    return false;
#endif
}

/* Without it at least what is beside the data must fit: the data's writes may fail cleanly. */
static td_status try_rest(const writer *w, int fd, space bytes)
{
    static const char zeros[OBJECT_BYTES];
    for (uint64_t at = 0; at < bytes.rest; at += sizeof zeros)
        if (pwrite(fd, zeros, sizeof zeros, (off_t)at) < 0) return no_room(w, errno);
    if (fsync(fd) != 0) return no_room(w, errno);
    return ftruncate(fd, 0) == 0 ? TD_OK : no_room(w, errno);
}

static td_status reserve(const writer *w, int fd, space bytes, bool first)
{
    if (reserve_all(fd, bytes)) return TD_OK;
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO)
        return no_room(w, errno);
    return first ? try_rest(w, fd, bytes) : TD_OK;
}

/* Gives back what was reserved and not used. Failing costs disk space, nothing else. */
static void trim(int fd)
{
    struct stat info;
    if (fstat(fd, &info) == 0 && ftruncate(fd, info.st_size) != 0) errno = 0;
}

/* ---- Definitions ----------------------------------------------------------------------------- */

static td_status put_text(const writer *w, int var, const char *name, const char *text)
{
    if (!text || !*text) return TD_OK;
    return NC(name, nc_put_att_text(w->nc, var, name, strlen(text), text));
}

static td_status put_words(const writer *w, int var, const char *doc, const char *unit)
{
    const td_status status = put_text(w, var, "long_name", doc);
    return status ? status : put_text(w, var, "units", unit);
}

static bool is_whole(const td_dim *dim)
{
    if (!dim->whole) return false;
    for (uint64_t i = 0; i < dim->count; ++i)
        if (!(fabs(dim->number[i]) <= WHOLE_MAX) || dim->number[i] != trunc(dim->number[i]))
            return false;
    return true;
}

static nc_type dim_type(const td_dim *dim)
{
    if (dim->text) return NC_STRING;
    if (!is_whole(dim)) return NC_DOUBLE;
    for (uint64_t i = 0; i < dim->count; ++i)
        if (fabs(dim->number[i]) > INT32_MAX) return NC_INT64;
    return NC_INT;
}

static td_status define_dim(writer *w, uint32_t index, const td_dim *dim)
{
    td_status status = NC(dim->name, nc_def_dim(w->nc, dim->name, dim->count, &w->dim[index]));
    w->dim_var[index] = -1;
    if (status || (!dim->number && !dim->text)) return status;
    status = NC(dim->name,
                nc_def_var(w->nc, dim->name, dim_type(dim), 1, &w->dim[index], &w->dim_var[index]));
    return status ? status : put_words(w, w->dim_var[index], dim->doc, dim->unit);
}

static td_status put_fill(const writer *w, int id, const td_var *var)
{
    const float f32 = NAN;
    const double f64 = NAN;
    const int32_t i32 = INT32_MIN;
    const int64_t i64 = INT64_MIN;
    switch (var->dtype) {
    case TD_F32: return NC(var->name, nc_put_att(w->nc, id, "_FillValue", NC_FLOAT, 1, &f32));
    case TD_F64: return NC(var->name, nc_put_att(w->nc, id, "_FillValue", NC_DOUBLE, 1, &f64));
    case TD_I32: return NC(var->name, nc_put_att(w->nc, id, "_FillValue", NC_INT, 1, &i32));
    case TD_I64: return NC(var->name, nc_put_att(w->nc, id, "_FillValue", NC_INT64, 1, &i64));
    case TD_U8: break;
    }
    return TD_OK;
}

static nc_type var_type(td_dtype dtype)
{
    switch (dtype) {
    case TD_F32: return NC_FLOAT;
    case TD_F64: return NC_DOUBLE;
    case TD_I32: return NC_INT;
    case TD_I64: return NC_INT64;
    case TD_U8: break;
    }
    return NC_UBYTE;
}

/* The names of the text variables over the variable's dimensions, as CF's "coordinates": xarray
 * then offers them for selecting and grouping. */
static td_status put_coordinates(const writer *w, int id, const td_var *var)
{
    td_status status = TD_OK;
    size_t room = 1;
    char *list = NULL;
    for (int pass = 0; pass < 2; ++pass) {
        const char *name = NULL;
        uint32_t dim = 0;
        for (uint32_t i = 0; td_table_text_at(w->table, i, &name, NULL, &dim); ++i) {
            bool over = false;
            for (uint32_t k = 0; k < var->rank; ++k)
                over = over || var->dim[k] == dim;
            if (!over) continue;
            const size_t before = list ? strlen(list) : 0;
            if (pass == 0) room += strlen(name) + 1;
            else snprintf(list + before, room - before, "%s%s", before ? " " : "", name);
        }
        if (pass == 1 || room == 1) break;
        list = calloc(room, 1);
        if (!list) return td_fail(w->err, TD_E_NO_MEMORY, "%s: no memory", w->path);
    }
    status = put_text(w, id, "coordinates", list);
    free(list);
    return status;
}

static td_status define_var(writer *w, uint32_t index, const td_var *var)
{
    int dims[TD_TABLE_RANK_MAX] = {0}, id = -1;
    for (uint32_t k = 0; k < var->rank; ++k)
        dims[k] = w->dim[var->dim[k]];
    td_status status = NC(
        var->name, nc_def_var(w->nc, var->name, var_type(var->dtype), (int)var->rank, dims, &id));
    if (status) return status;
    w->var[index] = id;
    /* Every element is written, once, so it is not filled before that. */
    if (var->count > 0) {
        if (var->rank > 0)
            status = NC(var->name, nc_def_var_chunking(w->nc, id, NC_CONTIGUOUS, NULL));
        if (!status) status = NC(var->name, nc_def_var_fill(w->nc, id, NC_NOFILL, NULL));
    }
    if (!status) status = put_fill(w, id, var);
    if (!status) status = put_words(w, id, var->doc, var->unit);
    return status ? status : put_coordinates(w, id, var);
}

static td_status define_text(writer *w, uint32_t index, const char *name, const char *doc,
                             uint32_t dim)
{
    const td_status status =
        NC(name, nc_def_var(w->nc, name, NC_STRING, 1, &w->dim[dim], &w->text[index]));
    return status ? status : put_words(w, w->text[index], doc, NULL);
}

static td_status define_all(writer *w)
{
    td_status status = TD_OK;
    td_dim dim;
    td_var var;
    const char *name = NULL, *doc = NULL;
    uint32_t over = 0;
    for (uint32_t i = 0; td_table_dim(w->table, i, &dim); ++i) {
        status = define_dim(w, i, &dim);
        if (status) return status;
    }
    for (uint32_t i = 0; td_table_text_at(w->table, i, &name, &doc, &over); ++i) {
        status = define_text(w, i, name, doc, over);
        if (status) return status;
    }
    for (uint32_t i = 0; td_table_var(w->table, i, &var); ++i) {
        status = define_var(w, i, &var);
        if (status) return status;
    }
    for (uint32_t i = 0; td_table_attribute_at(w->table, i, &name, &doc); ++i) {
        status = NC(name, nc_put_att_text(w->nc, NC_GLOBAL, name, strlen(doc), doc));
        if (status) return status;
    }
    return NC("the header", nc_enddef(w->nc));
}

/* ---- Data ------------------------------------------------------------------------------------ */

static td_status put_strings(const writer *w, const char *name, int id, uint64_t count,
                             const char *const *text)
{
    /* libnetcdf takes a pointer to changeable pointers, and changes none. */
    if (count == 0) return TD_OK;
    return NC(name, nc_put_var_string(w->nc, id, (const char **)(uintptr_t)text));
}

static td_status put_dim(const writer *w, int id, const td_dim *dim)
{
    if (id < 0 || dim->count == 0) return TD_OK;
    if (dim->text) return put_strings(w, dim->name, id, dim->count, dim->text);
    return NC(dim->name, nc_put_var_double(w->nc, id, dim->number));
}

static td_status put_all(const writer *w)
{
    td_status status = TD_OK;
    td_dim dim;
    td_var var;
    const char *name = NULL;
    for (uint32_t i = 0; td_table_dim(w->table, i, &dim); ++i) {
        status = put_dim(w, w->dim_var[i], &dim);
        if (status) return status;
    }
    for (uint32_t i = 0; td_table_text_at(w->table, i, &name, NULL, NULL); ++i) {
        uint64_t count = 0;
        const char *const *text = td_table_text(w->table, name, &count);
        status = put_strings(w, name, w->text[i], count, text);
        if (status) return status;
    }
    for (uint32_t i = 0; td_table_var(w->table, i, &var); ++i) {
        if (var.count == 0) continue;
        status = NC(var.name, nc_put_var(w->nc, w->var[i], var.data));
        if (status) return status;
    }
    return status;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static td_status count_all(writer *w)
{
    const char *name = NULL;
    w->dim_count = td_table_dim_count(w->table);
    w->var_count = td_table_var_count(w->table);
    while (td_table_text_at(w->table, w->text_count, &name, NULL, NULL))
        w->text_count += 1;
    w->dim = calloc((size_t)w->dim_count * 2 + w->var_count + w->text_count + 1, sizeof(int));
    if (!w->dim) return td_fail(w->err, TD_E_NO_MEMORY, "%s: no memory", w->path);
    w->dim_var = w->dim + w->dim_count;
    w->var = w->dim_var + w->dim_count;
    w->text = w->var + w->var_count;
    return TD_OK;
}

/* Closes what is open; a file that failed, or fails now, is cut to nothing first. */
static td_status close_file(const writer *w, int fd, td_status status)
{
    if (status && ftruncate(fd, 0) != 0) errno = 0;
    errno = 0;
    const int code = nc_close(w->nc), system = errno;
    if (code == NC_NOERR) {
        if (!status) trim(fd);
        return status;
    }
    if (!status) status = write_failed(w, "the end", code, system);
    if (ftruncate(fd, 0) == 0) nc_close(w->nc);
    return status;
}

/* The alignment is the library's and not the file's, so it is put back; one that was never set
 * reads as 0, which HDF5 refuses: its own is 1. Where the library is too old for it, readers that
 * map find that out and copy. */
static int create_aligned(const char *local, int *nc)
{
#if NC_VERSION_MAJOR > 4 || (NC_VERSION_MAJOR == 4 && NC_VERSION_MINOR >= 9)
    int threshold = 0, alignment = 0;
    if (nc_get_alignment(&threshold, &alignment) != NC_NOERR || alignment < 1)
        threshold = alignment = 1;
    nc_set_alignment(sizeof(double), ALIGN_BYTES);
    const int code = nc_create(local, NC_NETCDF4 | NC_CLOBBER, nc);
    nc_set_alignment(threshold, alignment);
    return code;
#else
    return nc_create(local, NC_NETCDF4 | NC_CLOBBER, nc);
#endif
}

td_status netcdf_write_file(const char *part, const char *path, const td_table *table,
                            td_error *err)
{
    writer all = {path, table, err, -1, 0, 0, 0, NULL, NULL, NULL, NULL}, *w = &all;
    td_status status = TD_OK;
    char *local = netcdf_local_path(part);
    int fd = -1;
    if (!local) {
        status = td_fail(err, TD_E_NO_MEMORY, "%s: no memory for its name", path);
        goto out;
    }
    status = count_all(w);
    if (status) goto out;
    fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        status = file_fail(err, path, "write", errno);
        goto out;
    }
    /* Before HDF5 has the file, and again when it has emptied it. */
    const space bytes = space_needed(table);
    status = check_limit(w, bytes);
    if (!status) status = reserve(w, fd, bytes, true);
    if (status) goto out;
    status = NC("the file", create_aligned(local, &w->nc));
    if (status) goto out;
    status = reserve(w, fd, bytes, false);
    if (!status) status = define_all(w);
    if (!status) status = put_all(w);
    status = close_file(w, fd, status);
out:
    if (fd >= 0) close(fd);
    free(w->dim);
    free(local);
    return status;
}
