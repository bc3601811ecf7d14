/* cycle.c - Ehlers' measures of the dominant cycle: tables and formulas. Steps: family_cycle.h. */
#include "cycle_state.h"
#include "indicator_table.h"

static uint64_t early_bars(const double *param)
{
    (void)param;
    return HILBERT_EARLY_BARS;
}

static uint64_t late_bars(const double *param)
{
    (void)param;
    return HILBERT_LATE_BARS;
}

static uint64_t cycle_reach(const double *param)
{
    (void)param;
    return HILBERT_REACH;
}

static size_t period_bytes(const double *param)
{
    (void)param;
    return sizeof(hilbert);
}

static size_t trendline_bytes(const double *param)
{
    (void)param;
    return sizeof(cycle_trendline);
}

static size_t phase_bytes(const double *param)
{
    (void)param;
    return sizeof(cycle_phase);
}

#define EHLERS "Source: Ehlers, Rocket Science for Traders (2001), "
#define PERIOD_DOC                                                                                \
    "The price is smoothed by (4 x[t] + 3 x[t-1] + 2 x[t-2] + x[t-3]) / 10; a Hilbert transform " \
    "of "                                                                                         \
    "six bars (0.0962, 0.5769) gives the in-phase part I and the quadrature Q; the turn of the "  \
    "phasor from bar to bar, atan(Im / Re) of (I + iQ)[t] times its conjugate at t-1, gives the " \
    "period, which may not grow by more than half or shrink by more than a third in one bar, is " \
    "kept "                                                                                       \
    "within 6 to 50 bars and smoothed (0.2, then 0.33). "
#define SETTLE                                                                              \
    "The filters have no end: values of the first hundred bars depend on where the series " \
    "begins. "
#define LATE "First value at bar 63; the transform begins at bar 37, as in TA-Lib. "

NO_PARAMS(ht_dcperiod)
OUTPUTS(ht_dcperiod, OUT("dcperiod", "Period of the dominant cycle", "bars", ""))
INDICATOR_TABLE(ht_dcperiod, "HT_DCPERIOD", "Hilbert transform: dominant cycle period", real,
                early_bars, cycle_reach, period_bytes, NULL,
                PERIOD_DOC
                "First value at bar 32; the transform begins at bar 12, as in TA-Lib. " SETTLE
                "Unit: bars.\n\n" EHLERS "chapter 7.")

NO_PARAMS(ht_phasor)
OUTPUTS(ht_phasor, OUT("inphase", "Part of the cycle in phase with the price", "price", ""),
        OUT("quadrature", "Part of the cycle a quarter ahead", "price", ""))
INDICATOR_TABLE(ht_phasor, "HT_PHASOR", "Hilbert transform: phasor components", real, early_bars,
                cycle_reach, period_bytes, NULL,
                PERIOD_DOC
                "Told are I and Q. First value at bar 32; the transform begins at bar 12, as "
                "in TA-Lib. " SETTLE "Unit: that of the input.\n\n" EHLERS "chapter 6.")

#define PHASE_DOC                                                                                 \
    "phase = atan(S / C) + 90 degrees, S and C the sums over the last n bars of the smoothed "    \
    "price "                                                                                      \
    "times sin(2 pi i / n) and cos(2 pi i / n), i bars back, n the period of ht_dcperiod to the " \
    "next "                                                                                       \
    "whole number; 360 / period is added for the lag of the smoothing, 180 where C < 0, and 360 " \
    "taken off above 315. "

NO_PARAMS(ht_dcphase)
OUTPUTS(ht_dcphase, OUT("dcphase", "Phase of the dominant cycle, -45 to 315", "degrees", ""))
INDICATOR_TABLE(ht_dcphase, "HT_DCPHASE", "Hilbert transform: dominant cycle phase", real,
                late_bars, cycle_reach, phase_bytes, NULL,
                PHASE_DOC LATE SETTLE "Unit: degrees.\n\n" EHLERS "chapter 9.")

NO_PARAMS(ht_sine)
OUTPUTS(ht_sine, OUT("sine", "Sine of the phase", NULL, ""),
        OUT("leadsine", "Sine of the phase 45 degrees on", NULL, ""))
INDICATOR_TABLE(ht_sine, "HT_SINE", "Hilbert transform: sine wave", real, late_bars, cycle_reach,
                phase_bytes, NULL,
                "sine = sin(phase), leadsine = sin(phase + 45 degrees). " PHASE_DOC LATE SETTLE
                "The lines cross before a cycle turns, and do not cross in a trend.\n\n" EHLERS
                "chapter 9.")

NO_PARAMS(ht_trendline)
OUTPUTS(ht_trendline, OUT("trendline", "The price without its dominant cycle", "price", ""))
INDICATOR_TABLE(
    ht_trendline, "HT_TRENDLINE", "Hilbert transform: instantaneous trendline", real, late_bars,
    cycle_reach, trendline_bytes, NULL,
    "m[t] = the mean of the last n values, n the period of ht_dcperiod to the next whole "
    "number; trendline = (4 m[t] + 3 m[t-1] + 2 m[t-2] + m[t-3]) / 10. " LATE SETTLE
    "Unit: that of the input.\n\n" EHLERS "chapter 10.")

NO_PARAMS(ht_trendmode)
OUTPUTS(ht_trendmode, OUT_I32("trendmode", "1: trend, 0: cycle (and before bar 63)", NULL, ""))
INDICATOR_TABLE(
    ht_trendmode, "HT_TRENDMODE", "Hilbert transform: trend or cycle mode", real, late_bars,
    cycle_reach, phase_bytes, NULL,
    "0 (a cycle) for half a period after the lines of ht_sine have crossed, and where the "
    "phase goes on at 0.67 to 1.5 times the pace 360 / period; otherwise, and where the "
    "smoothed price is 1.5 % or more away from ht_trendline, 1 (a trend). " LATE SETTLE
    "\n\n" EHLERS "chapter 11.")
