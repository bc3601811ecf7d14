/* market_work.h - what the market commands share: the runs' hooks on the command's bar, and values
 * of flags that may be given again. */
#ifndef TANDEM_CLI_MARKET_WORK_H
#define TANDEM_CLI_MARKET_WORK_H
#include "cli/work.h"

#include "market/market_run.h"
#include "market/panel_pick.h"

/* context of the hooks is work, which must be open. */
market_hooks market_hooks_of(cli_work *work);
market_place market_place_of(const cli_work *work);
panel_choice market_choice_of(const cli_call *cli);
/* Values of a flag that may be given again, behind those already in list; list has room for
 * WORDS_MAX. Returns their number. */
uint32_t market_values(const cli_call *cli, const char *param, const char **list, uint32_t room);
/* Each path once: two results, or a result and an input, must not be the same file. NULL paths are
 * fine. flag[0] is the input's word, in capitals. */
TD_MUST_USE td_status market_check_places(const char *const *flag, const char *const *path,
                                          uint32_t count, td_error *err);
void market_add_steps(paper *page, const market_step *step, uint32_t count);
json_t *market_steps_json(const market_step *step, uint32_t count);

#endif
