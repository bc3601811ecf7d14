/* measures.h - what a backtest is measured by: each with its formula and convention. To be
 * included more than once.
 *
 * r: returns of the bars of a symbol (of a portfolio: of the panel), equity / equity of the bar
 * before - 1, the first against the cash at the start, all own bars counted; with returns=log their
 * logarithms log(1 + r). n: bars. f: risk_free / year. mean, sd: of r, sd with n - ddof. b: returns
 * of the benchmark at the same bars, 0 at the first; what is measured against it (alpha .. capture)
 * reads simple returns of both, whatever `returns` says. What is undefined (0 / 0, x / 0, too few
 * bars; a deviation of logarithms where everything was lost) is NaN. Sources: Sharpe, Journal of
 * Portfolio Management 21 (1994) 49; Sortino and van der Meer, JPM 17 (1991) 27; Young, Futures 20
 * (1991) 40 (Calmar); Keating and Shadwick, Journal of Performance Measurement 6 (2002) 59 (Omega);
 * Rockafellar and Uryasev, Journal of Risk 2 (2000) 21 (CVaR); Jensen, Journal of Finance 23 (1968)
 * 389 (alpha).
 *
 *   MEASURE(name, dtype, flags, unit, doc)    Includers define it; it is undefined at the end. */
/* clang-format off */
MEASURE(total_return, TD_F64, 0, NULL, "Equity at the end by the cash at the start, less 1")
MEASURE(annual_return, TD_F64, 0, NULL, "(1 + total_return)^(year / n) - 1")
MEASURE(volatility, TD_F64, 0, NULL, "sd * sqrt(year)")
MEASURE(sharpe, TD_F64, 0, NULL, "(mean - f) / sd * sqrt(year); vectorbt: year 365, ddof 1")
MEASURE(max_drawdown, TD_F64, 0, NULL,
        "The lowest equity by the highest before it, less 1; 0 or below")
MEASURE(win_rate, TD_F64, 0, NULL,
        "Trades with a profit after costs, by trades; an open one is valued at the last close")
MEASURE(exposure, TD_F64, 0, NULL,
        "Bars with a position at their close, by n; of a portfolio the mean of the value held, "
        "long and short, by equity")
MEASURE(trades, TD_I32, 0, NULL, "Trades, one that is open at the end counted")
MEASURE(sortino, TD_F64, TD_PORT_EXTRA, NULL,
        "(mean - f) / sqrt(mean of min(r - f, 0)^2) * sqrt(year)")
MEASURE(calmar, TD_F64, TD_PORT_EXTRA, NULL, "annual_return / |max_drawdown|")
MEASURE(omega, TD_F64, TD_PORT_EXTRA, NULL, "Sum of max(r - f, 0) by the sum of max(f - r, 0)")
MEASURE(max_drawdown_bars, TD_I32, TD_PORT_EXTRA,
        "bars", "The longest run of bars below an earlier highest equity")
MEASURE(var, TD_F64, TD_PORT_EXTRA, NULL,
        "Value at risk: the quantile `tail` of r, linear between values; a loss is below 0")
MEASURE(cvar, TD_F64, TD_PORT_EXTRA, NULL, "Mean of the r that are at most var")
MEASURE(skew, TD_F64, TD_PORT_EXTRA, NULL,
        "Third central moment of r by its second to the 3/2 (both over n, as scipy.stats.skew)")
MEASURE(kurtosis, TD_F64, TD_PORT_EXTRA, NULL,
        "Fourth central moment of r by the square of its second, less 3 (as "
        "scipy.stats.kurtosis)")
MEASURE(tail_ratio, TD_F64, TD_PORT_EXTRA, NULL, "|quantile 0.95 of r| / |quantile 0.05 of r|")
MEASURE(profit_factor, TD_F64, TD_PORT_EXTRA, NULL,
        "Profits of the trades that won by the losses of the others")
MEASURE(expectancy, TD_F64, TD_PORT_EXTRA, "money", "Mean profit of a trade")
MEASURE(turnover, TD_F64, TD_PORT_EXTRA, NULL,
        "Half the value traded by the mean equity, for a year")
MEASURE(costs, TD_F64, TD_PORT_EXTRA,
        "money", "Fees, taxes and borrowing costs paid; slippage is in the prices")
MEASURE(alpha, TD_F64, TD_PORT_EXTRA, NULL, "(mean of r - f - beta * mean of b - f) * year")
MEASURE(beta, TD_F64, TD_PORT_EXTRA, NULL, "Covariance of r and b by the variance of b")
MEASURE(information_ratio, TD_F64, TD_PORT_EXTRA, NULL, "Mean of r - b by its sd * sqrt(year)")
MEASURE(up_capture, TD_F64, TD_PORT_EXTRA, NULL,
        "Yearly growth of r over the bars at which b is above 0, by that of b")
MEASURE(down_capture, TD_F64, TD_PORT_EXTRA, NULL,
        "Yearly growth of r over the bars at which b is below 0, by that of b")
/* clang-format on */
#undef MEASURE
