/* market_work.c - see market_work.h. */
#include "cli/market_work.h"

#include "cli/places.h"

#include <string.h>

static void on_progress(void *context, const char *step, const td_progress *now)
{
    cli_work *work = context;
    progress_update(work->bar, step, now);
}

static void on_warning(void *context, const char *line)
{
    work_warn(context, "%s", line);
}

static void on_plan(void *context, const td_report *plan)
{
    work_show_plan(context, plan);
}

market_hooks market_hooks_of(cli_work *work)
{
    return (market_hooks){on_progress, on_warning, work_explains(work) ? on_plan : NULL, work,
                          work->cancel};
}

market_place market_place_of(const cli_work *work)
{
    return (market_place){cli_text(work->cli, "device"), work_fallback(work),
                          work->device_bytes_max, (uint64_t)cli_int(work->cli, "memory") << 20,
                          work->trace};
}

panel_choice market_choice_of(const cli_call *cli)
{
    return (panel_choice){cli_text(cli, "symbols"), cli_text(cli, "from"), cli_text(cli, "to")};
}

uint32_t market_values(const cli_call *cli, const char *param, const char **list, uint32_t room)
{
    uint32_t count = 0;
    const char *value = NULL;
    while (count < room && (value = cli_given_at(cli, param, count)))
        list[count++] = value;
    return count;
}

td_status market_check_places(const char *const *flag, const char *const *path, uint32_t count,
                              td_error *err)
{
    for (uint32_t i = 1; i < count; ++i) {
        const td_status status = place_check_file(flag[i], path[i], err);
        if (status) return status;
        for (uint32_t k = 0; k < i; ++k) {
            if (!path[i] || !path[k] || !place_same(path[i], path[k])) continue;
            if (k == 0)
                return td_fail(err, TD_E_BAD_ARGUMENT, "--%s %s is the input: it would be lost",
                               flag[i], path[i]);
            return td_fail(err, TD_E_BAD_ARGUMENT, "--%s and --%s name the same file %s", flag[k],
                           flag[i], path[i]);
        }
    }
    return TD_OK;
}

void market_add_steps(paper *page, const market_step *step, uint32_t count)
{
    double seconds = 0.0;
    for (uint32_t i = 0; i < count; ++i) {
        paper_addf(page, "  %-12s%8.2f s%s\n", step[i].name, step[i].seconds,
                   step[i].resumed ? "  (kept from before)" : "");
        seconds += step[i].seconds;
    }
    paper_addf(page, "  %-12s%8.2f s\n", "all", seconds);
}

json_t *market_steps_json(const market_step *step, uint32_t count)
{
    json_t *steps = json_array();
    for (uint32_t i = 0; i < count; ++i)
        json_array_append_new(steps, json_pack("{s:s, s:f, s:b}", "name", step[i].name, "seconds",
                                               step[i].seconds, "resumed", (int)step[i].resumed));
    return steps;
}
