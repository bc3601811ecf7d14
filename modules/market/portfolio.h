/* portfolio.h - one account with shared cash over all symbols, on the panel's calendar. */
#ifndef TANDEM_MODULES_MARKET_PORTFOLIO_H
#define TANDEM_MODULES_MARKET_PORTFOLIO_H
#include "backtest_op.h"

/* Prices and calendars of all symbols, [bar][width]: once for all points of a unit. */
typedef struct portfolio_panel {
    uint64_t bars, symbols, blocks, width;   /* width: blocks * TD_LANES */
    double  *close;                  /* the last one known; NaN before the first */
    double  *open, *high, *low, *volume;     /* NULL: not bound. NaN where nothing is traded */
    uint8_t *alive, *tradable;       /* [bar][blocks] */
} portfolio_panel;

/* What the roots of one point say. [bar][blocks] bytes; [bar][width] numbers; NULL: never. */
typedef struct portfolio_signals {
    uint8_t *truth[4];
    double  *price[5];               /* ROOT_ENTRY_LIMIT .. ROOT_RANK */
} portfolio_signals;

typedef struct portfolio_curves {
    double *equity;                  /* [bar] */
    double *exposure;                /* [bar] value held by equity, short ones negative; or NULL */
} portfolio_curves;

/* What a bar has done with a symbol so far. */
#define PORTFOLIO_FRESH 1u    /* entered at the close: the range before it is past */
#define PORTFOLIO_TRIED 2u    /* an exit took what the bar's volume gives */

/* Room for the accounts of one point; all [width]. */
typedef struct portfolio_desk {
    machine_position *position;
    double   *rank;                  /* of the entry that waits */
    uint32_t *held;                  /* symbols with a position, rising */
    uint32_t *waiting;               /* candidates of one bar */
    uint8_t  *mark;                  /* PORTFOLIO_FRESH, PORTFOLIO_TRIED */
} portfolio_desk;

typedef struct portfolio_result {
    machine_account account;
    double sum, squares, worst, equity, exposure;   /* exposure: the sum over bars of |value| by
                                                       equity */
} portfolio_result;

typedef struct portfolio_job {
    const backtest_state    *state;
    const portfolio_panel   *panel;
    const portfolio_signals *signals;
    const backtest_point    *point;
    const machine_recorder  *recorder;    /* NULL: none */
    portfolio_desk           desk;
    portfolio_curves         curves;
} portfolio_job;

void portfolio_trade(const portfolio_job *job, portfolio_result *out);

/* ---- portfolio_unit.c ------------------------------------------------------------------------ */

typedef struct portfolio_room {
    portfolio_panel   panel;
    portfolio_signals *signals;      /* [points] */
    portfolio_desk    desk;
    double           *equity, *exposure, *gains, *benchmark, *spare;
} portfolio_room;

/* As backtest_room_place. */
size_t portfolio_room_place(const backtest_state *state, uint64_t points, void *memory,
                            portfolio_room *room);
/* Fills panel and signals from the blocks, one after the other. */
void portfolio_load(portfolio_room *room, backtest_room *block, const td_range *axis,
                    uint64_t points);

#endif
