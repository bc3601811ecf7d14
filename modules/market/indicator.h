/* indicator.h - what an indicator is inside: a table, a lookback, and a step over lanes.
 *
 * An indicator computes TD_LANES symbols at once: value t of input i of all lanes is in[i][t]. It
 * sees series without gaps that begin at bar 0: indicator_tile.c has taken gaps out, as td_gaps
 * says, and puts values back to their bars. So a formula is written once, and batch, grid, strategy
 * and stream are the same instructions in the same order, hence the same bits.
 *
 * A family of indicators is one body header (family_NAME.h) that three files include, compiled for
 * plain, AVX2 and AVX-512 (NAME_plain.c, NAME_avx2.c, NAME_avx512.c); see vec.h. */
#ifndef TANDEM_MODULES_MARKET_INDICATOR_H
#define TANDEM_MODULES_MARKET_INDICATOR_H
#include "tandem/market.h"
#include "tandem/module.h"

/* TD_LANES symbols at one bar. On AVX2 it is two registers, on plain x86-64 four. */
typedef double vec __attribute__((vector_size(TD_LANES * sizeof(double))));

typedef enum indicator_isa {
    ISA_PLAIN = 0, ISA_AVX2 = 1, ISA_AVX512 = 2, ISA_COUNT = 3
} indicator_isa;

/* Computes bars first .. end - 1 into out[j][first .. end - 1], NaN for bars before the lookback
 * (0 for TD_I32 outputs). Bars follow without a gap: the first call has first = 0 and state zeroed;
 * each next call goes on where the last ended. So bars 0..T at once, or one by one, give the same
 * bits. It may read in[i][t - k] for k <= reach. out[j] is never NULL. Lanes that hold no symbol
 * hold numbers all the same. */
typedef void (*indicator_run)(const double *param, void *state, const vec *const *in,
                              vec *const *out, uint64_t first, uint64_t end);

/* The same for TD_LANES pieces of a series, of count bars, input and output straight where they
 * lie: in[l] and out[l] are bar 0 of piece l. Bars before drop[l] (0 or the span) are not written.
 * False when an input is NaN or infinite: what was written is then of no use. state is zeroed. */
typedef bool (*indicator_lone_run)(const double *param, void *state, const double *const *in,
                                   double *const *out, uint64_t count, const uint64_t *drop);

/* What is read. IN_REAL: any series, the first argument in an expression ("sma(close, 10)");
 * prices are implied ("atr(14)"). */
typedef enum indicator_input {
    IN_OPEN = TD_OPEN, IN_HIGH = TD_HIGH, IN_LOW = TD_LOW, IN_CLOSE = TD_CLOSE,
    IN_VOLUME = TD_VOLUME, IN_REAL = 16
} indicator_input;

typedef struct indicator {
    const td_op *op;             /* "market.sma": parameters, ports, text. Its input ports stand in
                                    the order of input[]; the params in the order of param[]; the
                                    parameter "gaps", which every one has, stands last and is not
                                    among param[] */
    const char  *talib;          /* "SMA"; NULL: not one of TA-Lib's */
    uint32_t     input_count;
    indicator_input input[TD_INDICATOR_INPUTS_MAX];
    /* Bars in front without a value. */
    uint64_t   (*lookback)(const double *param);
    /* Bars back that run reads of its inputs; NULL: the lookback. */
    uint64_t   (*reach)(const double *param);
    /* Bytes of state, a multiple of 64; NULL: none. */
    size_t     (*state_bytes)(const double *param);
    /* What td_param's ranges cannot say ("slowperiod is more than fastperiod"); NULL: nothing. */
    td_status  (*check)(const double *param, td_error *err);
    indicator_run run[ISA_COUNT];
    /* Bars of which alone the state behind them is made: run begun with first = 0 at a bar that is
       a multiple of span gives, from span bars later on, the bits of a run from bar 0. So one long
       series is computed as pieces side by side. NULL: the state remembers for ever. */
    uint64_t   (*span)(const double *param);
    const indicator_lone_run *lone;   /* [ISA_COUNT], of one input and one output; NULL: none */
} indicator;

/* By its name without "market.", or NULL; by number, NULL past the end (indicator_list.c). */
const indicator *indicator_find(const char *name);
const indicator *indicator_at(uint32_t index);
/* Parameters of its table less "gaps". */
uint32_t indicator_param_count(const indicator *it);
/* Checks count values against the table's ranges; wants whole numbers for TD_INT and TD_CHOICE. */
TD_MUST_USE td_status indicator_check(const indicator *it, const double *param, td_error *err);
/* The best instruction set of this machine; "auto", "plain", "avx2", "avx512" in TANDEM_ISA of the
 * environment chooses another for tests. */
indicator_isa indicator_isa_best(void);

#endif
