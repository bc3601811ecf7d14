/* cancel.h - a request to stop, as the engine reads it. */
#ifndef TANDEM_CORE_CANCEL_H
#define TANDEM_CORE_CANCEL_H
#include "tandem/tandem.h"

bool cancel_requested(const td_cancel *cancel);   /* false for NULL; safe from any thread */

#endif
