/* netcdf_read.c - a file that netcdf_write made, into a new table. What is read decides how much
 * memory is asked for, so nothing is believed that the file's own length does not bear out. */
#include "io/file.h"
#include "io/netcdf_parts.h"

#include <errno.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DIMS_MAX        4096 /* dimensions, variables and attributes of one file */
#define DIMS_TEXT_BYTES (TD_TABLE_RANK_MAX * (NC_MAX_NAME + 1) + 1)

typedef struct reader {
    const char *path;
    td_table *table;
    td_error *err;
    int nc;
    uint64_t bytes;      /* of the file: no part of it can hold more */
    uint64_t bytes_left; /* what variables not read yet may hold in all */
    int dim_count, var_count;
} reader;

static td_status corrupt(const reader *r, const char *what, const char *why)
{
    return td_fail(r->err, TD_E_CORRUPT, "%s: \"%s\" %s; not a file that this program wrote",
                   r->path, what, why);
}

#define NC(what, call) nc_status(r, what, (call))
static td_status nc_status(const reader *r, const char *what, int code)
{
    if (code == NC_NOERR) return TD_OK;
    if (code == NC_ENOMEM)
        return td_fail(r->err, TD_E_NO_MEMORY, "%s: no memory to read %s", r->path, what);
    if (code > 0) return file_fail(r->err, r->path, "read", code);
    return td_fail(r->err, TD_E_CORRUPT, "%s: cannot read \"%s\": %s", r->path, what,
                   nc_strerror(code));
}

/* Takes count elements of bytes each from what the file can still hold. */
static td_status claim(reader *r, const char *name, uint64_t count, uint64_t bytes)
{
    if (count > r->bytes_left / bytes) return corrupt(r, name, "is larger than the file");
    r->bytes_left -= count * bytes;
    return TD_OK;
}

/* ---- Attributes ------------------------------------------------------------------------------ */

/* A text attribute; *out stays NULL when there is none. free(*out). */
static td_status read_attribute(const reader *r, int var, const char *name, char **out)
{
    nc_type type = NC_NAT;
    size_t count = 0;
    const int code = nc_inq_att(r->nc, var, name, &type, &count);
    if (code == NC_ENOTATT) return TD_OK;
    if (code) return NC(name, code);
    if (type == NC_CHAR) {
        if (count > r->bytes) return corrupt(r, name, "is longer than the file");
        char *text = calloc(count + 1, 1);
        if (!text) return td_fail(r->err, TD_E_NO_MEMORY, "%s: no memory", r->path);
        const td_status status = NC(name, nc_get_att_text(r->nc, var, name, text));
        if (status) free(text);
        else *out = text;
        return status;
    }
    if (type != NC_STRING || count != 1) return corrupt(r, name, "is no text");
    char *text = NULL;
    td_status status = NC(name, nc_get_att_string(r->nc, var, name, &text));
    if (status) return status;
    *out = strdup(text ? text : "");
    nc_free_string(1, &text);
    return *out ? TD_OK : td_fail(r->err, TD_E_NO_MEMORY, "%s: no memory", r->path);
}

static td_status read_words(const reader *r, int var, char **doc, char **unit)
{
    const td_status status = read_attribute(r, var, "long_name", doc);
    return status ? status : read_attribute(r, var, "units", unit);
}

static td_status read_globals(const reader *r)
{
    int count = 0;
    td_status status = NC("the attributes", nc_inq_natts(r->nc, &count));
    if (!status && count > DIMS_MAX) status = corrupt(r, "the header", "has too many attributes");
    for (int i = 0; !status && i < count; ++i) {
        char name[NC_MAX_NAME + 1] = "", *text = NULL;
        status = NC("an attribute", nc_inq_attname(r->nc, NC_GLOBAL, i, name));
        if (!status) status = read_attribute(r, NC_GLOBAL, name, &text);
        if (!status && text) status = td_table_set_attribute(r->table, name, text, r->err);
        free(text);
    }
    return status;
}

/* ---- Texts and dimensions -------------------------------------------------------------------- */

/* count strings; free with free_strings. */
static td_status read_strings(reader *r, const char *name, int var, size_t count, char ***out)
{
    td_status status = claim(r, name, count, sizeof(char *));
    if (status) return status;
    char **text = calloc(count + 1, sizeof *text);
    if (!text) return td_fail(r->err, TD_E_NO_MEMORY, "%s: no memory", r->path);
    if (count > 0) status = NC(name, nc_get_var_string(r->nc, var, text));
    for (size_t i = 0; !status && i < count; ++i)
        if (!text[i]) status = corrupt(r, name, "lacks a text");
    if (status) {
        nc_free_string(count, text);
        free(text);
        return status;
    }
    *out = text;
    return TD_OK;
}

static void free_strings(char **text, size_t count)
{
    if (!text) return;
    nc_free_string(count, text);
    free(text);
}

static td_status read_numbers(reader *r, const char *name, int var, size_t count, double **out)
{
    td_status status = claim(r, name, count, sizeof(int32_t));
    if (status) return status;
    double *number = calloc(count + 1, sizeof *number);
    if (!number) return td_fail(r->err, TD_E_NO_MEMORY, "%s: no memory", r->path);
    if (count > 0) status = NC(name, nc_get_var_double(r->nc, var, number));
    if (status) free(number);
    else *out = number;
    return status;
}

/* The coordinates of a dimension, from the variable that has its name. */
static td_status read_coordinates(reader *r, int id, int var, td_dim *dim, double **number,
                                  char ***text, char **doc, char **unit)
{
    nc_type type = NC_NAT;
    int rank = 0, over[NC_MAX_VAR_DIMS] = {0};
    td_status status = NC(dim->name, nc_inq_varndims(r->nc, var, &rank));
    if (status) return status;
    if (rank != 1) return corrupt(r, dim->name, "is no list");
    status = NC(dim->name, nc_inq_var(r->nc, var, NULL, &type, NULL, over, NULL));
    if (status) return status;
    if (over[0] != id) return corrupt(r, dim->name, "is over another dimension");
    status = read_words(r, var, doc, unit);
    if (status) return status;
    dim->doc = *doc;
    dim->unit = *unit;
    dim->whole = type == NC_INT || type == NC_INT64;
    if (type == NC_STRING) {
        status = read_strings(r, dim->name, var, dim->count, text);
        dim->text = (const char *const *)*text;
        return status;
    }
    if (type != NC_DOUBLE && !dim->whole) return corrupt(r, dim->name, "has an unknown type");
    status = read_numbers(r, dim->name, var, dim->count, number);
    dim->number = *number;
    return status;
}

static td_status read_dim(reader *r, int id)
{
    char name[NC_MAX_NAME + 1] = "", *doc = NULL, *unit = NULL, **text = NULL;
    double *number = NULL;
    size_t count = 0;
    int var = -1;
    td_status status = NC("a dimension", nc_inq_dim(r->nc, id, name, &count));
    td_dim dim = {name, NULL, NULL, count, NULL, false, NULL};
    if (!status && nc_inq_varid(r->nc, name, &var) == NC_NOERR)
        status = read_coordinates(r, id, var, &dim, &number, &text, &doc, &unit);
    if (!status) status = td_table_add_dim(r->table, &dim, r->err);
    free_strings(text, count);
    free(number);
    free(unit);
    free(doc);
    return status;
}

/* ---- Variables ------------------------------------------------------------------------------- */

static bool find_dtype(nc_type type, td_dtype *dtype)
{
    switch (type) {
    case NC_FLOAT: return *dtype = TD_F32, true;
    case NC_DOUBLE: return *dtype = TD_F64, true;
    case NC_INT: return *dtype = TD_I32, true;
    case NC_INT64: return *dtype = TD_I64, true;
    case NC_UBYTE: return *dtype = TD_U8, true;
    default: return false;
    }
}

/* Names of the dimensions, "recording,m", and the number of elements. */
static td_status read_shape(const reader *r, const char *name, int rank, const int *dims,
                            char *list, size_t room, uint64_t *count)
{
    size_t used = 0;
    *count = 1;
    *list = 0;
    for (int k = 0; k < rank; ++k) {
        char one[NC_MAX_NAME + 1] = "";
        size_t length = 0;
        const td_status status = NC(name, nc_inq_dim(r->nc, dims[k], one, &length));
        if (status) return status;
        if (length > 0 && *count > UINT64_MAX / length)
            return corrupt(r, name, "is larger than the file");
        *count *= length;
        used += (size_t)snprintf(list + used, room - used, "%s%s", k > 0 ? "," : "", one);
    }
    return TD_OK;
}

static td_status read_text(reader *r, int var, const char *name, int rank, const int *dims,
                           const char *doc)
{
    char dim[NC_MAX_NAME + 1] = "", **text = NULL;
    size_t count = 0;
    if (rank != 1) return corrupt(r, name, "is no list");
    td_status status = NC(name, nc_inq_dim(r->nc, dims[0], dim, &count));
    if (status) return status;
    status = read_strings(r, name, var, count, &text);
    if (!status)
        status = td_table_add_text(r->table, name, doc, dim, (const char *const *)text, r->err);
    free_strings(text, count);
    return status;
}

static td_status read_data(reader *r, int var, const char *name, td_dtype dtype, int rank,
                           const int *dims, const char *doc, const char *unit)
{
    char list[DIMS_TEXT_BYTES];
    uint64_t count = 0;
    int storage = NC_CONTIGUOUS;
    td_status status = read_shape(r, name, rank, dims, list, sizeof list, &count);
    if (status) return status;
    if (rank > 0) status = NC(name, nc_inq_var_chunking(r->nc, var, &storage, NULL));
    if (status) return status;
    if (count > 0 && storage == NC_CHUNKED) return corrupt(r, name, "is laid out in chunks");
    status = claim(r, name, count, td_dtype_bytes(dtype));
    if (status) return status;
    status = td_table_add_var(r->table, name, doc, unit, dtype, list, r->err);
    if (status || count == 0) return status;
    return NC(name, nc_get_var(r->nc, var, td_table_data(r->table, name)));
}

static td_status read_var(reader *r, int var)
{
    char name[NC_MAX_NAME + 1] = "", *doc = NULL, *unit = NULL;
    int rank = 0, dims[NC_MAX_VAR_DIMS] = {0}, dim = -1;
    nc_type type = NC_NAT;
    td_dtype dtype = TD_F64;
    td_status status = NC("a variable", nc_inq_varndims(r->nc, var, &rank));
    if (status) return status;
    if (rank > TD_TABLE_RANK_MAX) return corrupt(r, "a variable", "has too many dimensions");
    status = NC("a variable", nc_inq_var(r->nc, var, name, &type, NULL, dims, NULL));
    if (status) return status;
    if (nc_inq_dimid(r->nc, name, &dim) == NC_NOERR) return TD_OK;
    status = read_words(r, var, &doc, &unit);
    if (status) goto out;
    if (type == NC_STRING) status = read_text(r, var, name, rank, dims, doc);
    else if (find_dtype(type, &dtype))
        status = read_data(r, var, name, dtype, rank, dims, doc, unit);
    else status = corrupt(r, name, "has an unknown type");
out:
    free(unit);
    free(doc);
    return status;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static td_status check_layout(reader *r)
{
    int format = 0, groups = 0, types = 0;
    td_status status = NC("the header", nc_inq_format(r->nc, &format));
    if (status) return status;
    if (format != NC_FORMAT_NETCDF4) return corrupt(r, "the header", "is of an older format");
    status = NC("the header", nc_inq_grps(r->nc, &groups, NULL));
    if (!status) status = NC("the header", nc_inq_typeids(r->nc, &types, NULL));
    if (!status) status = NC("the header", nc_inq_ndims(r->nc, &r->dim_count));
    if (!status) status = NC("the header", nc_inq_nvars(r->nc, &r->var_count));
    if (status) return status;
    if (groups > 0 || types > 0) return corrupt(r, "the header", "has groups or types");
    if (r->dim_count > DIMS_MAX || r->var_count > DIMS_MAX)
        return corrupt(r, "the header", "has too many dimensions or variables");
    return TD_OK;
}

static td_status read_all(reader *r)
{
    td_status status = check_layout(r);
    if (status) return status;
    int *dims = calloc((size_t)r->dim_count + 1, sizeof *dims);
    if (!dims) return td_fail(r->err, TD_E_NO_MEMORY, "%s: no memory", r->path);
    status = NC("the dimensions", nc_inq_dimids(r->nc, NULL, dims, 0));
    for (int i = 0; !status && i < r->dim_count; ++i)
        status = read_dim(r, dims[i]);
    for (int i = 0; !status && i < r->var_count; ++i)
        status = read_var(r, i);
    if (!status) status = read_globals(r);
    free(dims);
    /* The table refuses names and sizes for reasons of its own; here they came from the file. */
    if (status == TD_E_BAD_ARGUMENT || status == TD_E_OUT_OF_RANGE) {
        const td_error why = r->err ? *r->err : (td_error)TD_ERROR_INIT;
        status = td_fail(r->err, TD_E_CORRUPT, "%s: %s", r->path, why.message);
    }
    return status;
}

td_status netcdf_read_file(const char *path, td_table *table, td_error *err)
{
    td_status status = TD_OK;
    reader all = {path, table, err, -1, 0, 0, 0, 0}, *r = &all;
    struct stat info;
    if (stat(path, &info) != 0) return file_fail(err, path, "open", errno);
    if (!S_ISREG(info.st_mode)) return td_fail(err, TD_E_IO, "%s: is no regular file", path);
    r->bytes = r->bytes_left = (uint64_t)info.st_size;
    char *local = netcdf_local_path(path);
    if (!local) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for its name", path);
    const int code = nc_open(local, NC_NOWRITE, &r->nc);
    free(local);
    if (code != NC_NOERR) {
        if (code > 0) return file_fail(err, path, "open", code);
        return td_fail(err, TD_E_CORRUPT, "%s: is no netCDF-4 file: %s", path, nc_strerror(code));
    }
    status = read_all(r);
    nc_close(r->nc);
    return status;
}
