/* postgres_none.c - what a build without libpq says. */
#include "io/postgres.h"

#ifndef TANDEM_HAS_POSTGRES

static td_status none(td_error *err)
{
    return td_fail(err, TD_E_UNSUPPORTED,
                   "this build has no PostgreSQL: libpq was not there when it was built "
                   "(TANDEM_POSTGRES)");
}

td_status postgres_open(const char *url, const postgres_hooks *hooks, postgres **out, td_error *err)
{
    (void)url;
    (void)hooks;
    (void)out;
    return none(err);
}

void postgres_close(postgres *pg)
{
    (void)pg;
}

const char *postgres_name(const postgres *pg)
{
    (void)pg;
    return "";
}

td_status postgres_describe(postgres *pg, const postgres_source *source, postgres_column *columns,
                            uint32_t columns_max, uint32_t *count, td_error *err)
{
    (void)pg;
    (void)source;
    (void)columns;
    (void)columns_max;
    (void)count;
    return none(err);
}

td_status postgres_read(postgres *pg, const postgres_source *source, const char *const *expression,
                        uint32_t count, postgres_row_fn take, void *context, td_error *err)
{
    (void)pg;
    (void)source;
    (void)expression;
    (void)count;
    (void)take;
    (void)context;
    return none(err);
}

td_status postgres_put_begin(postgres *pg, const char *table, postgres_mode mode,
                             postgres_column *columns, uint32_t count, td_error *err)
{
    (void)pg;
    (void)table;
    (void)mode;
    (void)columns;
    (void)count;
    return none(err);
}

td_status postgres_put_rows(postgres *pg, pg_bytes *rows, uint64_t row_count, td_error *err)
{
    (void)pg;
    (void)rows;
    (void)row_count;
    return none(err);
}

td_status postgres_put_end(postgres *pg, td_error *err)
{
    (void)pg;
    return none(err);
}

#endif
