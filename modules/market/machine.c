/* machine.c - the rules of a point made ready for the machine, and the choice of its build. */
#include "machine_isa.h"

const machine_isa *machine_isa_at(indicator_isa isa)
{
    /* Bits and masks need no more than what indicator_isa_best asks of the processor. */
    if (isa > indicator_isa_best() || isa >= ISA_COUNT) return NULL;
    switch (isa) {
    case ISA_PLAIN: return machine_isa_plain;
    case ISA_AVX2: return machine_isa_avx2;
    case ISA_AVX512: return machine_isa_avx512;
    case ISA_COUNT: break;
    }
    return NULL;
}

const machine_isa *machine_isa_best(void)
{
    const machine_isa *isa = machine_isa_at(indicator_isa_best());
    return isa ? isa : machine_isa_plain;
}

static double either(double value, double instead)
{
    return value < 0 ? instead : value;
}

static void rules_costs(const double *number, machine_rules *out)
{
    out->fee_buy = either(number[RULE_fee_buy], number[RULE_fee]);
    out->fee_sell = either(number[RULE_fee_sell], number[RULE_fee]);
    out->fee_min = number[RULE_fee_min];
    out->fee_share = number[RULE_fee_share];
    out->tax_sell = number[RULE_tax_sell];
    out->slippage = number[RULE_slippage];
    out->half_spread = number[RULE_spread] / 2;
    out->slippage_volume = number[RULE_slippage_volume];
    out->volume_max = number[RULE_volume_max];
    out->borrow_bar = number[RULE_borrow] / out->year;
    out->interest_bar = number[RULE_interest] / out->year;
    out->carries = out->borrow_bar != 0 || out->interest_bar != 0;
    out->limit_move = number[RULE_limit_move];
}

void machine_rules_make(const double *number, machine_rules *out)
{
    *out = (machine_rules){0};
    out->year = number[RULE_year];
    out->ddof = (uint32_t)number[RULE_ddof];
    out->log_returns = number[RULE_returns] == 1;
    out->risk_free = number[RULE_risk_free];
    out->tail = number[RULE_tail];
    out->at_close = number[RULE_fill] == 1;
    out->long_ok = number[RULE_direction] != 1;
    out->short_ok = number[RULE_direction] != 0;
    out->profit_first = number[RULE_worst] == 1;
    out->order_bars = (uint32_t)number[RULE_order_bars];
    out->max_bars = (uint32_t)number[RULE_max_bars];
    out->stop_loss = number[RULE_stop_loss];
    out->take_profit = number[RULE_take_profit];
    out->trailing_stop = number[RULE_trailing_stop];
    out->has_stops = out->stop_loss > 0 || out->take_profit > 0 || out->trailing_stop > 0;
    out->size_by = (machine_size)number[RULE_size_by];
    out->size = number[RULE_size];
    out->size_bars = (uint32_t)number[RULE_size_bars];
    out->lot = number[RULE_lot];
    out->cash = number[RULE_cash];
    rules_costs(number, out);
}
