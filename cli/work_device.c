/* work_device.c - see work_device.h. */
#include "cli/work_device.h"

#include "cli/size_text.h"

#include <stdio.h>
#include <string.h>

/* ---- --device --------------------------------------------------------------------------- */

static bool is_auto(const char *devices)
{
    return !devices || strcmp(devices, "auto") == 0;
}

const char *device_backends(const char *devices, char text[DEVICE_BACKENDS_BYTES])
{
    size_t used = 0;
    if (is_auto(devices)) return NULL;
    text[0] = 0;
    for (const char *at = devices; at;) {
        char name[32];
        const size_t length = strcspn(at, ","), bytes = strcspn(at, ":,");
        snprintf(name, sizeof name, "%.*s", (int)(bytes < 31 ? bytes : 31), at);
        const size_t room = DEVICE_BACKENDS_BYTES - used;
        /* A list of more backends than there is room for names one that is not here. */
        if (*name && strcmp(name, "cpu") != 0 && !word_in_list(text, name) &&
            strlen(name) + sizeof ",cpu" + 1 < room)
            used += (size_t)snprintf(text + used, room, "%s%s", used ? "," : "", name);
        at = at[length] ? at + length + 1 : NULL;
    }
    snprintf(text + used, DEVICE_BACKENDS_BYTES - used, "%scpu", used ? "," : "");
    return text;
}

/* Why the backend of a device gives none: the plug-in's reason, or that there is no plug-in. */
static void backend_reason(const td_engine *engine, const char *device, char *text, size_t size)
{
    td_backend_info info = TD_BACKEND_INFO_INIT;
    const size_t bytes = strcspn(device, ":");
    snprintf(text, size, "which is not here");
    for (size_t i = 0; td_backend_at(engine, i, &info); ++i) {
        if (strlen(info.name) != bytes || strncmp(info.name, device, bytes) != 0) continue;
        if (!info.usable && info.reason[0])
            snprintf(text, size, "which cannot be used: %.255s", info.reason);
    }
}

td_status device_check(const td_engine *engine, const char *devices, td_error *err)
{
    for (const char *at = is_auto(devices) ? NULL : devices; at;) {
        char name[64], reason[320];
        const size_t bytes = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)(bytes < 63 ? bytes : 63), at);
        if (is_auto(name))
            return td_fail(err, TD_E_BAD_ARGUMENT, "device is \"%.80s\": auto stands alone",
                           devices);
        if (at[bytes] && word_in_list(at + bytes + 1, name))
            return td_fail(err, TD_E_BAD_ARGUMENT, "device is \"%.80s\": %s stands there twice",
                           devices, name);
        if (bytes > 63 || !td_device_find(engine, name)) {
            backend_reason(engine, name, reason, sizeof reason);
            return td_fail(err, TD_E_NO_DEVICE,
                           "device is \"%s\", %s; \"%s devices\" lists what is here", name, reason,
                           PROGRAM);
        }
        at = at[bytes] ? at + bytes + 1 : NULL;
    }
    return TD_OK;
}

td_status device_memory(const cli_call *cli, uint64_t *bytes, td_error *err)
{
    const char *text = cli_text(cli, "device_memory");
    *bytes = 0;
    return text ? size_parse("device_memory", text, bytes, err) : TD_OK;
}

td_fallback work_fallback(const cli_work *work)
{
    static const char *const policies[] = {"cpu", "split", "none"};
    const char *policy = cli_text(work->cli, "fallback");
    for (uint32_t i = 0; policy && i < sizeof policies / sizeof *policies; ++i)
        if (strcmp(policy, policies[i]) == 0) return (td_fallback)i;
    return TD_FALLBACK_CPU;
}

/* ---- --explain -------------------------------------------------------------------------- */

bool work_explains(const cli_work *work)
{
    return cli_bool(work->cli, "explain");
}

void work_show_plan(cli_work *work, const td_report *plan)
{
    paper page = {0};
    if (!work_explains(work)) return;
    json_decref(work->plan);
    work->plan = run_plan_json(plan);
    run_plan_add(&page, plan);
    /* It was asked for: --quiet does not take it away, but a document says it already. */
    if (page.data && !work->cli->json) progress_text(work->bar, page.data);
    paper_free(&page);
}

td_status work_explain(cli_work *work, const td_run_options *options, td_error *err)
{
    td_report plan = TD_REPORT_INIT;
    if (!work_explains(work)) return TD_OK;
    const td_status status = td_plan(work->engine, work->args, options, &plan, err);
    if (!status) work_show_plan(work, &plan);
    return status;
}
