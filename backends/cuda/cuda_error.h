/* cuda_error.h - what the driver's errors mean here. */
#ifndef TANDEM_CUDA_ERROR_H
#define TANDEM_CUDA_ERROR_H
#include <cuda.h>

#include "tandem/backend.h"

/* The status for an error of the driver; TD_OK for CUDA_SUCCESS. */
td_status cuda_status(CUresult result);

/* After such an error nothing more can be done in the context: cuda.h says "the process must be
 * terminated and relaunched", or the context is gone. All of them are TD_E_DEVICE_LOST. */
bool cuda_is_sticky(CUresult result);

/* Fills err: "cuda:0: WHAT: CUDA_ERROR_ILLEGAL_ADDRESS (700): an illegal ...", native_code 700,
 * where WHAT is written from format. A sticky error takes the device out of use, with this text
 * as the reason. Answers cuda_status(result). */
td_status cuda_fail(td_backend_device *device, CUresult result, td_error *err, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));

/* Takes the device out of use although the error alone is no reason: WHAT says what is. */
void cuda_lose(td_backend_device *device, CUresult result, const char *what);

/* TD_E_DEVICE_LOST with the reason and code of the first sticky error. */
td_status cuda_fail_lost(const td_backend_device *device, td_error *err);

#endif
