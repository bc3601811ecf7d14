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

/* candle_one */
INDICATOR(cdlbelthold, candle_one)
INDICATOR(cdlclosingmarubozu, candle_one)
INDICATOR(cdldoji, candle_one)
INDICATOR(cdldragonflydoji, candle_one)
INDICATOR(cdlgravestonedoji, candle_one)
INDICATOR(cdlhighwave, candle_one)
INDICATOR(cdllongleggeddoji, candle_one)
INDICATOR(cdllongline, candle_one)
INDICATOR(cdlmarubozu, candle_one)
INDICATOR(cdlrickshawman, candle_one)
INDICATOR(cdlshortline, candle_one)
INDICATOR(cdlspinningtop, candle_one)
INDICATOR(cdltakuri, candle_one)

/* candle_two */
INDICATOR(cdlcounterattack, candle_two)
INDICATOR(cdldarkcloudcover, candle_two)
INDICATOR(cdldojistar, candle_two)
INDICATOR(cdlengulfing, candle_two)
INDICATOR(cdlhammer, candle_two)
INDICATOR(cdlhangingman, candle_two)
INDICATOR(cdlharami, candle_two)
INDICATOR(cdlharamicross, candle_two)
INDICATOR(cdlhomingpigeon, candle_two)
INDICATOR(cdlinneck, candle_two)
INDICATOR(cdlonneck, candle_two)
INDICATOR(cdlthrusting, candle_two)
INDICATOR(cdlpiercing, candle_two)
INDICATOR(cdlinvertedhammer, candle_two)
INDICATOR(cdlshootingstar, candle_two)
INDICATOR(cdlkicking, candle_two)
INDICATOR(cdlkickingbylength, candle_two)
INDICATOR(cdlmatchinglow, candle_two)
INDICATOR(cdlseparatinglines, candle_two)

/* candle_three */
INDICATOR(cdl2crows, candle_three)
INDICATOR(cdl3inside, candle_three)
INDICATOR(cdl3outside, candle_three)
INDICATOR(cdl3starsinsouth, candle_three)
INDICATOR(cdl3whitesoldiers, candle_three)
INDICATOR(cdlabandonedbaby, candle_three)
INDICATOR(cdladvanceblock, candle_three)
INDICATOR(cdleveningdojistar, candle_three)
INDICATOR(cdleveningstar, candle_three)
INDICATOR(cdlmorningdojistar, candle_three)
INDICATOR(cdlmorningstar, candle_three)
INDICATOR(cdlgapsidesidewhite, candle_three)
INDICATOR(cdlidentical3crows, candle_three)
INDICATOR(cdlstalledpattern, candle_three)
INDICATOR(cdlsticksandwich, candle_three)
INDICATOR(cdltasukigap, candle_three)
INDICATOR(cdltristar, candle_three)
INDICATOR(cdlunique3river, candle_three)
INDICATOR(cdlupsidegap2crows, candle_three)
INDICATOR(cdlxsidegap3methods, candle_three)

/* candle_more */
INDICATOR(cdl3blackcrows, candle_more)
INDICATOR(cdl3linestrike, candle_more)
INDICATOR(cdlbreakaway, candle_more)
INDICATOR(cdlconcealbabyswall, candle_more)
INDICATOR(cdlladderbottom, candle_more)
INDICATOR(cdlmathold, candle_more)
INDICATOR(cdlrisefall3methods, candle_more)
INDICATOR(cdlhikkake, candle_more)
INDICATOR(cdlhikkakemod, candle_more)

#undef INDICATOR
