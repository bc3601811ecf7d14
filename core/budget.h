/* budget.h - planned host memory: units are admitted while they fit. */
#ifndef TANDEM_CORE_BUDGET_H
#define TANDEM_CORE_BUDGET_H
#include "tandem/module.h"

typedef struct budget budget;

typedef enum budget_pressure {
    BUDGET_LOW = 0, BUDGET_MEDIUM = 1, BUDGET_HIGH = 2, BUDGET_CRITICAL = 3  /* 60, 80, 90 % */
} budget_pressure;

/* bytes_max 0: 80 % of what this process may still use (cgroup limit and MemAvailable).
 * allocator NULL: malloc and free. */
TD_MUST_USE td_status budget_create(const td_allocator *allocator, uint64_t bytes_max,
                                    budget **out, td_error *err);
void     budget_destroy(budget *budget);          /* NULL is fine */
uint64_t budget_max(const budget *budget);
uint64_t budget_peak(const budget *budget);
/* Takes bytes now or answers false. A single unit larger than the budget never fits. */
bool     budget_try(budget *budget, uint64_t bytes);
void     budget_give(budget *budget, uint64_t bytes);
uint64_t budget_used(const budget *budget);
budget_pressure budget_level(const budget *budget);

/* Bytes that a process may still use: the smallest of MemAvailable and, for each memory cgroup
 * (version 2 or 1) it is in, limit - use + file cache that can be dropped. root stands before
 * /proc and /sys: "" on a live system. 0: nothing could be read. */
uint64_t budget_available(const char *root);
/* The smallest of MemTotal and the limits of those cgroups. 0: nothing could be read. */
uint64_t budget_total(const char *root);

#endif
