/* all.td - every file of kernels, in one text: what nvcc compiles, and, with its includes put in
 * place by join.cmake, what OpenCL devices compile. The plain C build includes it twice. */
#include "td_kernel.h"
#include "td_double.h"
#include "td_group.h"

#include "basic.td"
#include "bench.td"
#include "rqa_lines.td"
#include "market_panel.td"
#include "market_signals.td"
#include "market_machine.td"
