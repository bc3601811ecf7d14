/* rules.h - the numbers and choices by which a backtest trades, once. They are parameters of
 * "market.backtest", flags of the command, names that a strategy file may set, and axes of a grid.
 *
 *   RULE_NUMBER(name, number, default, min, max, unit, doc)     number: as td_param.number
 *   RULE_WHOLE (name, number, default, min, max, unit, doc)
 *   RULE_CHOICE(name, number, default, choices, doc)            choices: text of rules.c
 *
 * A fraction is of 1: 0.0015 is 0.15 %. To be included more than once: includers define the three,
 * which are undefined at the end. */
/* clang-format off */

/* Orders */
RULE_CHOICE(fill, 10, "open", "open,close",
            "Price at which a signal is filled: the open of the next bar, or the close of the "
            "same bar")
RULE_CHOICE(direction, 11, "both", "long,short,both",
            "Sides that may be held; a strategy without short entries is long only")
RULE_WHOLE (order_bars, 12, 1, 1, 1000, "bars", "Bars for which a limit or stop order stands")
RULE_CHOICE(worst, 13, "stop", "stop,profit",
            "Which is taken when a bar's range holds both a stop and a profit target; stop is the"
            " worst case")

/* Stops */
RULE_NUMBER(stop_loss, 20, 0, 0, 1, NULL,
            "Loss, as a fraction of the entry price, at which a position is closed within the "
            "bar; 0: none")
RULE_NUMBER(take_profit, 21, 0, 0, 1000, NULL,
            "Gain, as a fraction of the entry price, at which a position is closed within the "
            "bar; 0: none")
RULE_NUMBER(trailing_stop, 22, 0, 0, 1, NULL,
            "Fall from the best price since the entry, as a fraction of it, at which a position "
            "is closed within the bar; 0: none")
RULE_WHOLE (max_bars, 23, 0, 0, 1000000, "bars", "Bars after which a position is closed; 0: none")

/* Size */
RULE_CHOICE(size_by, 30, "fraction", "fraction,cash,shares,volatility,kelly",
            "What size counts: fraction of equity, cash, shares, the position's annual volatility"
            " as a fraction of equity, or a fraction of the Kelly bet of the account's own closed"
            " trades")
RULE_NUMBER(size, 31, 1, 0, 1e15, NULL, "How much is bought or sold at an entry; see size_by")
RULE_NUMBER(lot, 32, 0, 0, 1e9, "shares",
            "Shares are bought in multiples of this; 0: fractions of a share")
RULE_WHOLE (size_bars, 33, 20, 2, 100000, "bars",
            "Bars over which size_by volatility measures it, and trades that size_by kelly waits "
            "for")

/* Costs */
RULE_NUMBER(fee, 40, 0, 0, 1, NULL, "Commission, as a fraction of the value traded")
RULE_NUMBER(fee_buy, 41, -1, -1, 1, NULL, "Commission of purchases; -1: fee")
RULE_NUMBER(fee_sell, 42, -1, -1, 1, NULL, "Commission of sales; -1: fee")
RULE_NUMBER(fee_min, 43, 0, 0, 1e9, NULL, "Smallest commission of an order, in money")
RULE_NUMBER(fee_share, 44, 0, 0, 1e6, NULL, "Commission per share, in money")
RULE_NUMBER(tax_sell, 45, 0, 0, 1, NULL, "Tax on sales, as a fraction of the value")
RULE_NUMBER(slippage, 46, 0, 0, 1, NULL, "Fraction by which the price is worse than the one wanted")
RULE_NUMBER(spread, 47, 0, 0, 1e6, NULL,
            "Width between bid and ask, in money; half of it is paid at each fill")
RULE_NUMBER(slippage_volume, 48, 0, 0, 1e6, NULL,
            "Fraction by which the price is worse per share of the bar's volume that the order "
            "takes")
RULE_NUMBER(volume_max, 49, 0, 0, 1, NULL,
            "Largest share of a bar's volume that an order takes; 0: no limit")
RULE_NUMBER(borrow, 50, 0, 0, 10, NULL,
            "Yearly cost of shares sold short, as a fraction of their value")
RULE_NUMBER(interest, 51, 0, -1, 10, NULL, "Yearly interest on cash, as a fraction")
RULE_NUMBER(limit_move, 52, 0, 0, 10, NULL,
            "Daily price limit of the exchange: nothing is bought at a price that far above the "
            "last close, or sold that far below; 0: none")

/* Account */
RULE_CHOICE(account, 60, "symbol", "symbol,portfolio",
            "One account for each symbol, or one with shared cash for all")
RULE_NUMBER(cash, 61, 1e6, 1e-9, 1e18, NULL, "Cash at the start, of each account")
RULE_WHOLE (max_positions, 62, 0, 0, 1000000, NULL,
            "Positions that a portfolio holds at once; 0: as many as there are symbols")
RULE_CHOICE(rebalance, 63, "none", "none,daily,weekly,monthly,quarterly",
            "When a portfolio's positions are brought back to equal size")
RULE_CHOICE(prices, 64, "raw", "raw,adjusted",
            "Prices as they were traded, or all four of a bar scaled by its adjusted / close: for"
            " splits and dividends")

/* Measures */
RULE_NUMBER(year, 70, 252, 1, 1e6, "bars", "Bars in a year: 252, 244, 365 ..")
RULE_WHOLE (ddof, 71, 1, 0, 1, NULL,
            "Taken from the count in variances: 1 is the sample's, 0 the population's")
RULE_CHOICE(returns, 72, "simple", "simple,log", "Returns of which volatility and ratios are made")
RULE_NUMBER(risk_free, 73, 0, -1, 10, NULL, "Yearly rate that ratios compare with, as a fraction")
RULE_NUMBER(tail, 74, 0.05, 0.0001, 0.5, NULL, "Share of the worst bars of which VaR and CVaR tell")

/* clang-format on */
#undef RULE_NUMBER
#undef RULE_WHOLE
#undef RULE_CHOICE
