/* prices_open.c - a file of prices becomes a panel: what is laid out as the panel is gets mapped,
 * anything else is read into memory. Nothing is believed that the file's length does not bear out.
 */
#include "io/file.h"
#include "io/netcdf_parts.h"
#include "io/prices_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netcdf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_DIMS_MAX 1024 /* and variables and attributes */

typedef struct opener {
    const char *path;
    td_error *err;
    prices *out;
    int nc, symbol_dim, time_dim;
    int var[TD_PRICES]; /* -1: the file has no such price */
    uint64_t bytes;     /* of the file */
    size_t cells;
} opener;

static td_status no_panel(const opener *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static td_status no_panel(const opener *o, const char *format, ...)
{
    char why[320];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return td_fail(o->err, TD_E_CORRUPT, "%s: no panel of prices: %s", o->path, why);
}

static td_status no_memory(const opener *o)
{
    return td_fail(o->err, TD_E_NO_MEMORY, "%s: no memory to open it", o->path);
}

#define NC(what, call) nc_status(o, what, (call))
static td_status nc_status(const opener *o, const char *what, int code)
{
    if (code == NC_NOERR) return TD_OK;
    if (code == NC_ENOMEM) return no_memory(o);
    if (code > 0) return file_fail(o->err, o->path, "read", code);
    return td_fail(o->err, TD_E_CORRUPT, "%s: cannot read \"%s\": %s", o->path, what,
                   nc_strerror(code));
}

/* ---- Attributes ------------------------------------------------------------------------------ */

/* A text attribute; *out stays NULL when there is none, or it is no text. free(*out). */
static td_status read_text(const opener *o, int var, const char *name, char **out)
{
    nc_type type = NC_NAT;
    size_t count = 0;
    if (nc_inq_att(o->nc, var, name, &type, &count) != NC_NOERR) return TD_OK;
    if (type == NC_STRING && count == 1) {
        char *text = NULL;
        const td_status status = NC(name, nc_get_att_string(o->nc, var, name, &text));
        if (status) return status;
        *out = strdup(text ? text : "");
        nc_free_string(1, &text);
        return *out ? TD_OK : no_memory(o);
    }
    if (type != NC_CHAR) return TD_OK;
    if (count > o->bytes) return no_panel(o, "\"%s\" is longer than the file", name);
    char *text = calloc(count + 1, 1);
    if (!text) return no_memory(o);
    const td_status status = NC(name, nc_get_att_text(o->nc, var, name, text));
    if (status) free(text);
    else *out = text;
    return status;
}

static td_status read_attributes(const opener *o)
{
    int count = 0;
    td_status status = NC("the attributes", nc_inq_natts(o->nc, &count));
    if (!status && count > OPEN_DIMS_MAX) status = no_panel(o, "it has too many attributes");
    for (int i = 0; !status && i < count; ++i) {
        char name[NC_MAX_NAME + 1] = "", *text = NULL;
        status = NC("an attribute", nc_inq_attname(o->nc, NC_GLOBAL, i, name));
        if (!status) status = read_text(o, NC_GLOBAL, name, &text);
        if (!status && text) status = prices_add_attribute(o->out, name, text, o->err);
        free(text);
    }
    return status;
}

/* ---- Dimensions ------------------------------------------------------------------------------ */

/* The variable of a dimension's coordinates, and its type. */
static td_status find_coordinates(const opener *o, int dim, int *var, nc_type *type)
{
    char name[NC_MAX_NAME + 1] = "";
    int rank = 0, over[NC_MAX_VAR_DIMS] = {0};
    td_status status = NC("a dimension", nc_inq_dimname(o->nc, dim, name));
    if (status) return status;
    if (nc_inq_varid(o->nc, name, var) != NC_NOERR)
        return no_panel(o, "dimension \"%s\" has no coordinates", name);
    status = NC(name, nc_inq_varndims(o->nc, *var, &rank));
    if (status) return status;
    if (rank != 1) return no_panel(o, "\"%s\" is no list", name);
    status = NC(name, nc_inq_var(o->nc, *var, NULL, type, NULL, over, NULL));
    if (!status && over[0] != dim) status = no_panel(o, "\"%s\" is over another dimension", name);
    return status;
}

/* The dimension of texts is that of symbols, whatever it is called; the other is time. */
static td_status find_dims(opener *o, int *symbols, int *times)
{
    int rank = 0, dims[NC_MAX_VAR_DIMS] = {0}, first = -1;
    for (uint32_t k = 0; k < TD_PRICES; ++k) {
        o->var[k] = -1;
        if (nc_inq_varid(o->nc, price_names[k], &o->var[k]) != NC_NOERR) o->var[k] = -1;
        else if (first < 0) first = (int)k;
    }
    if (first < 0)
        return no_panel(o, "none of its variables is open, high, low, close, volume, adjusted");
    td_status status = NC(price_names[first], nc_inq_varndims(o->nc, o->var[first], &rank));
    if (status) return status;
    if (rank != 2)
        return no_panel(o, "\"%s\" has %d dimensions, not symbol and date", price_names[first],
                        rank);
    status = NC(price_names[first], nc_inq_vardimid(o->nc, o->var[first], dims));
    int var[2] = {-1, -1};
    nc_type type[2] = {NC_NAT, NC_NAT};
    for (int i = 0; !status && i < 2; ++i)
        status = find_coordinates(o, dims[i], &var[i], &type[i]);
    if (status) return status;
    const int at = type[0] == NC_STRING ? 0 : 1;
    if (type[at] != NC_STRING || type[1 - at] == NC_STRING || type[1 - at] == NC_CHAR)
        return no_panel(o,
                        "of the dimensions of \"%s\" one must have texts, the symbols, and the "
                        "other dates",
                        price_names[first]);
    *symbols = var[at];
    *times = var[1 - at];
    o->symbol_dim = dims[at];
    o->time_dim = dims[1 - at];
    return TD_OK;
}

static int by_pointed_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static td_status check_symbols(const opener *o)
{
    const size_t count = (size_t)o->out->symbol_count;
    td_status status = TD_OK;
    char **sorted = calloc(count + 1, sizeof *sorted);
    if (!sorted) return no_memory(o);
    for (size_t i = 0; i < count; ++i)
        sorted[i] = o->out->symbol[i];
    qsort(sorted, count, sizeof *sorted, by_pointed_text);
    for (size_t i = 0; !status && i < count; ++i) {
        if (!*sorted[i]) status = no_panel(o, "a symbol is empty");
        else if (i > 0 && strcmp(sorted[i - 1], sorted[i]) == 0)
            status = no_panel(o, "symbol \"%.64s\" is there twice", sorted[i]);
    }
    free(sorted);
    return status;
}

static td_status read_symbols(const opener *o, int var)
{
    size_t count = 0;
    td_status status = NC("symbol", nc_inq_dimlen(o->nc, o->symbol_dim, &count));
    if (status) return status;
    if (count > o->bytes / sizeof(char *) || count > PRICES_SYMBOLS_MAX)
        return no_panel(o, "it claims %zu symbols", count);
    char **text = calloc(count + 1, sizeof *text);
    o->out->symbol = calloc(count + 1, sizeof *o->out->symbol);
    if (!text || !o->out->symbol) {
        status = no_memory(o);
        goto out;
    }
    if (count > 0) status = NC("symbol", nc_get_var_string(o->nc, var, text));
    for (size_t i = 0; !status && i < count; ++i) {
        o->out->symbol[i] = strdup(text[i] ? text[i] : "");
        if (!o->out->symbol[i]) status = no_memory(o);
        else o->out->symbol_count = i + 1;
    }
    if (count > 0) nc_free_string(count, text);
    if (!status) status = check_symbols(o);
out:
    free(text);
    return status;
}

/* ---- Times ----------------------------------------------------------------------------------- */

/* Whole seconds of count units; false when they are none, or too far away. */
static bool time_of(double count, prices_unit unit, int64_t *time)
{
    const double seconds = count * unit.seconds;
    if (!(fabs(seconds) < 1e15)) return false;
    const double whole = nearbyint(seconds);
    /* A double holds seconds to a microsecond until the year 2255. */
    if (fabs(whole - seconds) > 1e-6) return false;
    *time = unit.origin + (int64_t)whole;
    return *time >= PRICES_TIME_MIN && *time <= PRICES_TIME_MAX;
}

static td_status fill_times(const opener *o, const double *number, size_t count, prices_unit unit)
{
    bool midnights = true;
    for (size_t i = 0; i < count; ++i) {
        if (!time_of(number[i], unit, &o->out->time[i]))
            return no_panel(o, "its time number %zu is no whole second of the years 1 to 9999", i);
        if (i > 0 && o->out->time[i] <= o->out->time[i - 1])
            return no_panel(o, "its time number %zu is not after the one before", i);
        midnights = midnights && o->out->time[i] % PRICES_DAY_SECONDS == 0;
    }
    const char *zone = prices_attribute(o->out, "zone");
    if ((!zone || !*zone) && midnights) return TD_OK;
    o->out->zone = strdup(zone && *zone ? zone : "UTC");
    return o->out->zone ? TD_OK : no_memory(o);
}

static td_status read_times(const opener *o, int var)
{
    char *text = NULL, *calendar = NULL;
    double *number = NULL;
    size_t count = 0;
    prices_unit unit = {0, 0.0};
    td_status status = NC("date", nc_inq_dimlen(o->nc, o->time_dim, &count));
    if (!status) status = read_text(o, var, "units", &text);
    if (!status) status = read_text(o, var, "calendar", &calendar);
    if (status) goto out;
    if (calendar && strcmp(calendar, "standard") != 0 && !strstr(calendar, "gregorian")) {
        status =
            no_panel(o, "its dates are of the calendar \"%.64s\", not the standard one", calendar);
        goto out;
    }
    if (!text || !prices_unit_parse(text, &unit)) {
        status = no_panel(o,
                          "the unit of its dates is \"%.64s\", allowed are such as \"days since "
                          "1970-01-01\"",
                          text ? text : "");
        goto out;
    }
    if (count > o->bytes) {
        status = no_panel(o, "it claims %zu dates", count);
        goto out;
    }
    number = calloc(count + 1, sizeof *number);
    o->out->time = calloc(count + 1, sizeof *o->out->time);
    if (!number || !o->out->time) {
        status = no_memory(o);
        goto out;
    }
    if (count > 0) status = NC("date", nc_get_var_double(o->nc, var, number));
    if (!status) status = fill_times(o, number, count, unit);
    if (!status) o->out->panel.bar_count = count;
out:
    free(number);
    free(calendar);
    free(text);
    return status;
}

/* ---- Prices: mapped -------------------------------------------------------------------------- */

/* Where the prices stand in the file, or why they cannot be mapped. */
static const char *find_data(const opener *o, hid_t file, const char *name, uint64_t *offset)
{
    const char *why = "cannot be looked into";
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT), type = -1, plan = -1;
    if (set < 0) goto out;
    type = H5Dget_type(set);
    plan = H5Dget_create_plist(set);
    if (type < 0 || plan < 0) goto out;
    const uint64_t bytes = (uint64_t)o->cells * sizeof(double);
    const haddr_t at = H5Dget_offset(set);
    if (H5Tequal(type, H5T_IEEE_F64LE) <= 0) why = "is not float64, lowest byte first";
    else if (H5Pget_layout(plan) != H5D_CONTIGUOUS) why = "is not contiguous";
    else if (H5Pget_nfilters(plan) != 0) why = "is packed";
    else if (at == HADDR_UNDEF || at > o->bytes || bytes > o->bytes - at ||
             H5Dget_storage_size(set) != bytes)
        why = "is not in the file as a whole";
    else if (at % sizeof(double) != 0) why = "is not aligned to 8 bytes";
    else {
        *offset = at;
        why = NULL;
    }
out:
    if (plan >= 0) H5Pclose(plan);
    if (type >= 0) H5Tclose(type);
    if (set >= 0) H5Dclose(set);
    return why;
}

static bool little_endian(void)
{
    const uint16_t one = 1;
    uint8_t low = 0;
    memcpy(&low, &one, 1);
    return low == 1;
}

/* Why the layout of variable k is not the panel's; NULL: it is. */
static const char *foreign(const opener *o, uint32_t k)
{
    int dims[NC_MAX_VAR_DIMS] = {0};
    double fill = NAN;
    if (!little_endian()) return "is lowest byte first, this machine is not";
    if (nc_inq_vardimid(o->nc, o->var[k], dims) != NC_NOERR || dims[0] != o->symbol_dim)
        return "has the dates first";
    if (nc_inq_attid(o->nc, o->var[k], "_FillValue", NULL) == NC_NOERR &&
        (nc_get_att_double(o->nc, o->var[k], "_FillValue", &fill) != NC_NOERR || !isnan(fill)))
        return "has a fill value that is not NaN";
    return NULL;
}

/* Maps the file when any price can be; leaves NULL the others. */
static td_status map_prices(const opener *o)
{
    uint64_t offset[TD_PRICES] = {0};
    bool any = false, mapped[TD_PRICES] = {false};
    const hid_t file = H5Fopen(o->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    for (uint32_t k = 0; k < TD_PRICES; ++k) {
        if (o->var[k] < 0 || o->cells == 0) continue;
        const char *why = foreign(o, k);
        if (!why && file < 0) why = "cannot be opened by HDF5";
        if (!why) why = find_data(o, file, price_names[k], &offset[k]);
        mapped[k] = !why;
        any = any || mapped[k];
        if (why && !*o->out->copied)
            snprintf(o->out->copied, sizeof o->out->copied, "\"%s\" %s", price_names[k], why);
    }
    if (file >= 0) H5Fclose(file);
    if (!any) return TD_OK;
    const int fd = open(o->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_fail(o->err, o->path, "open", errno);
    struct stat info;
    void *map = MAP_FAILED;
    const bool same = fstat(fd, &info) == 0 && (uint64_t)info.st_size == o->bytes;
    if (same) map = mmap(NULL, (size_t)o->bytes, PROT_READ, MAP_SHARED, fd, 0);
    const int code = errno;
    close(fd);
    if (!same) return td_fail(o->err, TD_E_IO, "%s: changed while it was opened", o->path);
    if (map == MAP_FAILED) return file_fail(o->err, o->path, "map", code);
    o->out->map = map;
    o->out->map_bytes = (size_t)o->bytes;
    for (uint32_t k = 0; k < TD_PRICES; ++k)
        if (mapped[k])
            o->out->panel.price[k] = (const double *)(const void *)((const char *)map + offset[k]);
    return TD_OK;
}

/* ---- Prices: read ---------------------------------------------------------------------------- */

static td_status check_shape(const opener *o, uint32_t k, bool *turned)
{
    int rank = 0, dims[NC_MAX_VAR_DIMS] = {0};
    td_status status = NC(price_names[k], nc_inq_varndims(o->nc, o->var[k], &rank));
    if (!status && rank == 2) status = NC(price_names[k], nc_inq_vardimid(o->nc, o->var[k], dims));
    if (status) return status;
    *turned = dims[0] == o->time_dim;
    const bool fits = rank == 2 && ((dims[0] == o->symbol_dim && dims[1] == o->time_dim) ||
                                    (dims[0] == o->time_dim && dims[1] == o->symbol_dim));
    if (!fits)
        return no_panel(o, "\"%s\" does not have the dimensions of the other prices",
                        price_names[k]);
    const char *const scales[] = {"scale_factor", "add_offset"};
    for (uint32_t i = 0; i < 2; ++i)
        if (nc_inq_attid(o->nc, o->var[k], scales[i], NULL) == NC_NOERR)
            return no_panel(o, "\"%s\" is scaled by the attribute %s: write it as it is",
                            price_names[k], scales[i]);
    return TD_OK;
}

/* [bar][symbol] as [symbol][bar]. */
static void turn(const opener *o, const double *from, double *to)
{
    const size_t symbols = (size_t)o->out->symbol_count, bars = (size_t)o->out->panel.bar_count;
    for (size_t s = 0; s < symbols; ++s)
        for (size_t t = 0; t < bars; ++t)
            to[s * bars + t] = from[t * symbols + s];
}

static td_status read_price(const opener *o, uint32_t k, bool turned, double *to)
{
    double fill = NAN;
    size_t bytes = 0;
    td_status status = td_bytes(o->cells + 1, sizeof *to, &bytes, o->err);
    double *from = status ? NULL : malloc(bytes);
    if (!from) return no_memory(o);
    status = NC(price_names[k], nc_get_var_double(o->nc, o->var[k], from));
    const bool filled = nc_get_att_double(o->nc, o->var[k], "_FillValue", &fill) == NC_NOERR;
    for (size_t i = 0; !status && filled && i < o->cells; ++i)
        if (from[i] == fill) from[i] = NAN;
    if (!status && turned) turn(o, from, to);
    else if (!status) memcpy(to, from, o->cells * sizeof *to);
    free(from);
    return status;
}

static td_status read_prices(const opener *o)
{
    td_panel *panel = &o->out->panel;
    bool turned[TD_PRICES] = {false};
    size_t bytes = 0;
    uint64_t left = 0;
    td_status status = TD_OK;
    for (uint32_t k = 0; !status && k < TD_PRICES; ++k) {
        if (o->var[k] < 0) continue;
        status = check_shape(o, k, &turned[k]);
        left += !panel->price[k];
    }
    if (status || left == 0) return status;
    /* Deflate packs at most 1032 to 1; the least that is stored of a cell is a byte. */
    if (o->cells / 1100 > o->bytes) return no_panel(o, "it claims more prices than it can hold");
    status = td_bytes(o->cells + 1, left * sizeof(double), &bytes, o->err);
    if (status) return status;
    o->out->data = malloc(bytes);
    if (!o->out->data) return no_memory(o);
    double *next = o->out->data;
    for (uint32_t k = 0; !status && k < TD_PRICES; ++k) {
        if (o->var[k] < 0 || panel->price[k]) continue;
        status = read_price(o, k, turned[k], next);
        panel->price[k] = next;
        next += o->cells;
    }
    return status;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static td_status open_all(opener *o)
{
    int symbols = -1, times = -1;
    td_panel *panel = &o->out->panel;
    td_status status = find_dims(o, &symbols, &times);
    if (!status) status = read_attributes(o);
    if (!status) status = read_symbols(o, symbols);
    if (!status) status = read_times(o, times);
    if (status) return status;
    if (td_bytes(o->out->symbol_count, panel->bar_count, &o->cells, NULL) != TD_OK ||
        o->cells > SIZE_MAX / 16)
        return no_panel(o, "it is larger than any memory");
    panel->symbol_count = o->out->symbol_count;
    panel->symbol = (const char *const *)o->out->symbol;
    panel->time = o->out->time;
    panel->zone = o->out->zone;
    status = map_prices(o);
    return status ? status : read_prices(o);
}

td_status prices_open(const char *path, prices **out, td_error *err)
{
    opener all = {.path = path, .err = err, .nc = -1}, *o = &all;
    td_status status = TD_OK;
    struct stat info;
    char *local = NULL;
    if (stat(path, &info) != 0) return file_fail(err, path, "open", errno);
    if (!S_ISREG(info.st_mode)) return td_fail(err, TD_E_IO, "%s: is no regular file", path);
    o->bytes = (uint64_t)info.st_size;
    local = netcdf_local_path(path);
    o->out = calloc(1, sizeof *o->out);
    if (!local || !o->out) {
        status = no_memory(o);
        goto out;
    }
    o->out->panel = (td_panel)TD_PANEL_INIT;
    const netcdf_quiet before = netcdf_enter();
    const int code = nc_open(local, NC_NOWRITE, &o->nc);
    if (code > 0) status = file_fail(err, path, "open", code);
    else if (code != NC_NOERR)
        status = no_panel(
            o,
            "it is no netCDF-4 file, or cut off (%s); tandem market load FILE -o PRICES.nc "
            "makes one of CSV",
            nc_strerror(code));
    if (!status) {
        status = open_all(o);
        nc_close(o->nc);
    }
    netcdf_leave(before);
    if (status) goto out;
    *out = o->out;
    o->out = NULL;
out:
    prices_close(o->out);
    free(local);
    return status;
}
