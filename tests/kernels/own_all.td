/* own_all.td - the dialect, then the tests' kernels: what the plain C build includes. */
#include "kernels/td_kernel.h"
#include "kernels/td_double.h"
#include "kernels/td_group.h"

#include "own.td"
