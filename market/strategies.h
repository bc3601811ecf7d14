/* strategies.h - strategies by name: files NAME.strategy of a folder, or any file by its path.
 *
 * Looked at in this order, and the first that has the name gives it: the folders of
 * $TANDEM_STRATEGIES (with : between them), share/tandem/strategies beside the folder of the
 * program, the folder of the sources that the program was built from, and the one that an
 * installation puts them into. */
#ifndef TANDEM_MARKET_STRATEGIES_H
#define TANDEM_MARKET_STRATEGIES_H
#include "tandem/module.h"

#define STRATEGIES_SUFFIX ".strategy"
#define STRATEGIES_MAX    4096           /* files of one folder that are looked at */

typedef struct strategy_source {
    char *name;         /* "ma_cross": the file's name without folder and suffix */
    char *path;
    char *text;         /* ends with 0; not looked into */
} strategy_source;

/* which: a name, or a path: what has a / or ends with STRATEGIES_SUFFIX. TD_E_NOT_FOUND names what
 * is near, and where it was looked for; TD_E_IO; TD_E_CORRUPT: a 0 byte in the text. */
TD_MUST_USE td_status strategy_find(const char *which, strategy_source *out, td_error *err);
void strategy_free(strategy_source *source);     /* all NULL is fine; leaves it so */

/* Names that strategy_find would find, sorted, each once; free with strategy_names_free. */
TD_MUST_USE td_status strategy_names(char ***names, uint32_t *count, td_error *err);
void strategy_names_free(char **names, uint32_t count);

#endif
