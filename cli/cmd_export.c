/* cmd_export.c - tandem rqa export: one point of a study's grid as CSV. */
#include "cli/places.h"
#include "cli/rows.h"
#include "cli/work.h"

#include "io/file.h"
#include "io/netcdf_table.h"
#include "study/study.h"

#include <stdlib.h>

static td_status print_export(cli_call *cli, const char *csv, size_t bytes, td_error *err)
{
    const char *output = cli_text(cli, "output");
    td_status status = TD_OK;
    if (output) status = file_write(output, csv, bytes, err);
    if (status) return status;
    if (!cli->json) return output ? TD_OK : cli_out_bytes(cli, csv, bytes, err);
    json_t *root = NULL;
    status = rows_json(csv, bytes, &root, err);
    if (status) return status;
    if (output) json_object_set_new(root, "output", json_string(output));
    return work_print_json(cli, root, err);
}

td_status cmd_export(cli_call *cli, td_error *err)
{
    td_table *table = NULL;
    char *csv = NULL;
    size_t bytes = 0;
    const study_point point = {cli_given(cli, "m"), cli_given(cli, "tau"), cli_given(cli, "eps"),
                               cli_given(cli, "lmin")};
    td_status status = place_check_file("output", cli_text(cli, "output"), err);
    if (status) goto out;
    status = netcdf_read(cli->word[0], &table, err);
    if (status) goto out;
    status = study_export(table, &point, cli_bool(cli, "features"), &csv, &bytes, err);
    if (status) goto out;
    status = print_export(cli, csv, bytes, err);
out:
    free(csv);
    td_table_destroy(table);
    return status;
}
