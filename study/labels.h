/* labels.h - who is who in a study: groups, subjects and pairs of groups, numbered and named. */
#ifndef TANDEM_STUDY_LABELS_H
#define TANDEM_STUDY_LABELS_H
#include "study/arena.h"
#include "study/stats.h"
#include "study/study.h"

typedef struct labels {
    uint64_t recordings, subjects, groups;
    uint32_t pairs;                  /* 0 with fewer than 2 groups, or more than STATS_GROUPS_MAX */
    int32_t *group_of, *subject_of;  /* of a recording */
    int32_t *group_of_subject;
    const char **group_name;         /* in natural order: q2 before q10 */
    const char **subject_name;       /* group by group; GROUP/NAME where two groups have the name */
    const char *pair_name[STATS_PAIRS_MAX];   /* "ad - control" */
    uint64_t shared_names;           /* names that subjects of different groups have */
    const char *shared_name;         /* the first of them */
    arena    texts;
} labels;

/* A subject is a name in a group. */
TD_MUST_USE td_status labels_open(const study_input *input, labels **out, td_error *err);
void labels_close(labels *who);      /* NULL is fine */
/* Adds the dimensions group, subject and (if there are pairs) pair, and the text variables. */
TD_MUST_USE td_status labels_add(const labels *who, const study_input *input, td_table *table,
                                 td_error *err);

#endif
