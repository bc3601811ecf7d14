/* opencl_error.h - what a cl_int means: one table from codes to names and statuses. */
#ifndef TANDEM_BACKENDS_OPENCL_ERROR_H
#define TANDEM_BACKENDS_OPENCL_ERROR_H
#include "backends/opencl/opencl_library.h"

/* Where a code came from. Three codes mean different things in different places:
 *   CL_OUT_OF_RESOURCES            memory, when memory is made; too much asked of the device, when
 *                                  a command is queued; an access fault that ends the context, when
 *                                  a command runs
 *   CL_OUT_OF_HOST_MEMORY          drivers answer it for a buffer that they cannot back: there it
 *                                  is the device's memory, as a smaller unit would fit
 *   CL_MEM_OBJECT_ALLOCATION_FAILURE   always the device's memory: many drivers take it only when
 *                                  a command first uses a buffer */
typedef enum ocl_place { OCL_AT_SETUP, OCL_AT_MEMORY, OCL_AT_QUEUE, OCL_AT_WAIT } ocl_place;

/* TD_OK for CL_SUCCESS. A negative code that no table knows is a lost device: its work is done
 * elsewhere, which is right whatever it means. */
td_status ocl_status(cl_int code, ocl_place place);
const char *ocl_code_name(cl_int code); /* "CL_OUT_OF_RESOURCES"; "an unknown code" */

/* Fills err with "what: NAME (code)" and answers the status. */
td_status ocl_fail(td_error *err, cl_int code, ocl_place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
