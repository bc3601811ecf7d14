/* indicator_list.h - every indicator: INDICATOR(name, family), by family. To be
 * included more than once; the includer defines the macro, which is undefined at the end. */

/* overlap */
INDICATOR(sma, overlap)

/* volatility */
INDICATOR(atr, volatility)
INDICATOR(natr, volatility)
INDICATOR(trange, volatility)

/* volume */
INDICATOR(ad, volume)
INDICATOR(adosc, volume)
INDICATOR(obv, volume)

/* cycle */
INDICATOR(ht_dcperiod, cycle)
INDICATOR(ht_dcphase, cycle)
INDICATOR(ht_phasor, cycle)
INDICATOR(ht_sine, cycle)
INDICATOR(ht_trendline, cycle)
INDICATOR(ht_trendmode, cycle)

#undef INDICATOR
