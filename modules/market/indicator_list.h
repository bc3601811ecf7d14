/* indicator_list.h - every indicator: INDICATOR(name, family), by family. To be
 * included more than once; the includer defines the macro, which is undefined at the end. */

/* overlap */
INDICATOR(sma, overlap)

#undef INDICATOR
