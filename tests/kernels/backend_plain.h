/* backend_plain.h - three plug-ins that run the kernels of the table on this processor and pose as
 * GPUs: "plain" with the items of a group rising, "falling" with items and groups falling, and
 * "threads", which runs the CUDA text of the kernels with a thread to each item of a group (slow;
 * see cuda_threads.h). With them everything that runs on a device is tested under ASan, UBSan and
 * TSan, without a device.
 *
 * What they do that helps a test:
 *   - Memory is poisoned when it is handed out: 0xA5 (plain, threads), 0x5A (falling).
 *   - What has been copied to the host arrives when the stream is waited for, not before.
 *   - Buffers of a launch must be what alloc gave; copies must stay inside of it.
 *   - A write past the end of memory is found: by ASan, or else when it is freed; every call after
 *     that answers TD_E_INTERNAL.
 *
 * Environment, read when a device is opened (the first two when they are counted), for plain;
 * the others read TANDEM_FALLING_* and TANDEM_THREADS_* instead:
 *   TANDEM_PLAIN_DEVICES       how many there are, 0 to 8; 1 unless told
 *   TANDEM_PLAIN_MEMORY        bytes of each; 1 GiB unless told. The pool's limit is 80 % of it
 *                              until limit() sets another
 *   TANDEM_PLAIN_FLOAT64_COST  of td_device_info; 2 unless told. 0: no float64: kernels that need
 *                              it are not there
 *   TANDEM_PLAIN_CACHE         1: freed memory stays held until trim, or until the limit is met
 *   TANDEM_PLAIN_FAIL          CALL:K or CALL:K:lost; CALL is alloc, copy, launch, wait, stream or
 *                              any. Call number K of the kind, counted from 1 since the device was
 *                              opened, fails: alloc with TD_E_NO_DEVICE_MEMORY, others with
 *                              TD_E_INTERNAL; with lost all calls from it on answer
 *                              TD_E_DEVICE_LOST
 *   TANDEM_PLAIN_FAIL_DEVICE   the device that TANDEM_PLAIN_FAIL means; all unless told
 *
 * Streams may be used by several threads at once, each by one at a time. A launch runs in the
 * thread that asks for it, before the call returns. */
#ifndef TANDEM_BACKEND_PLAIN_H
#define TANDEM_BACKEND_PLAIN_H
#include "tandem/backend.h"

#ifdef BACKEND_FALLING
#define PLAIN_NAME   "falling"
#define PLAIN_ENV    "TANDEM_FALLING_"
#define PLAIN_POISON 0x5A
#elif defined(BACKEND_THREADS)
#define PLAIN_NAME   "threads"
#define PLAIN_ENV    "TANDEM_THREADS_"
#define PLAIN_POISON 0xA5
#else
#define PLAIN_NAME   "plain"
#define PLAIN_ENV    "TANDEM_PLAIN_"
#define PLAIN_POISON 0xA5
#endif

#define PLAIN_DEVICES_MAX 8
#define PLAIN_ALIGN       256 /* as memory of a GPU is */

#endif
