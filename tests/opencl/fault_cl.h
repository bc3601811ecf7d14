/* fault_cl.h - a libOpenCL.so.1 for tests: it forwards to the real one, counts calls and objects,
 * and fails chosen calls. A test opens it by its path before the plug-in opens "libOpenCL.so.1";
 * the loader then gives the plug-in this one, by its name. */
#ifndef TANDEM_TEST_FAULT_CL_H
#define TANDEM_TEST_FAULT_CL_H
#include <stdbool.h>
#include <stddef.h>

/* Calls number nth, nth + 1 .. nth + count - 1 from now on answer code, and do nothing. function
 * is "clFinish" or NULL: every function that is not a release, counted together. nth 0: none. */
typedef void (*fault_arm_fn)(const char *function, long nth, long count, int code);
/* Calls of the function since the last arming; NULL: of all. */
typedef long (*fault_calls_fn)(const char *function);
typedef long (*fault_hits_fn)(void); /* calls that were made to fail */
typedef long (*fault_live_fn)(void); /* objects and references that were not given back */
/* Answers of clEnqueueReadBuffer that come after this are changed: a device that is wrong. */
typedef void (*fault_lie_fn)(bool lie);
/* clGetDeviceInfo answers value for what (a cl_device_info), whatever the device says: another
 * device. At most 8 of them, 128 bytes each. value NULL forgets them all. */
typedef void (*fault_pose_fn)(unsigned what, const void *value, size_t bytes);

/* clGetDeviceIDs tells every device twice: a driver that is registered twice. */
typedef void (*fault_twice_fn)(bool twice);

#endif
