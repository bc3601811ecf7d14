/* labels.c - who is who in a study: groups, subjects and pairs of groups. */
#include "study/labels.h"

#include <stdlib.h>
#include <string.h>

#include "report/names.h"
#include "tandem/module.h"

static td_status no_memory(td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "the host has no memory for groups and subjects");
}

static td_status labels_take(labels *who, td_error *err)
{
    const uint64_t n = who->recordings;
    who->group_name = arena_room(&who->texts, n * sizeof *who->group_name);
    who->subject_name = arena_room(&who->texts, n * sizeof *who->subject_name);
    who->group_of = arena_room(&who->texts, n * sizeof *who->group_of);
    who->subject_of = arena_room(&who->texts, n * sizeof *who->subject_of);
    who->group_of_subject = arena_room(&who->texts, n * sizeof *who->group_of_subject);
    return who->group_name && who->subject_name && who->group_of && who->subject_of &&
                   who->group_of_subject
               ? TD_OK
               : no_memory(err);
}

typedef struct subject_key {
    const char *name;
    uint64_t index;
} subject_key;

static int compare_subjects(const void *a, const void *b)
{
    return strcmp(((const subject_key *)a)->name, ((const subject_key *)b)->name);
}

/* Subjects of different groups may have one name: they are written GROUP/NAME. */
static td_status part_same_names(labels *who, td_error *err)
{
    subject_key *order = calloc(who->subjects ? who->subjects : 1, sizeof *order);
    td_status status = order ? TD_OK : no_memory(err);
    for (uint64_t i = 0; i < who->subjects && order; ++i)
        order[i] = (subject_key){who->subject_name[i], i};
    if (order) qsort(order, who->subjects, sizeof *order, compare_subjects);
    for (uint64_t first = 0, last; first < who->subjects && !status; first = last) {
        for (last = first + 1; last < who->subjects; ++last)
            if (strcmp(order[first].name, order[last].name) != 0) break;
        if (last - first == 1) continue;
        if (who->shared_names++ == 0) who->shared_name = order[first].name;
        for (uint64_t i = first; i < last && !status; ++i) {
            const uint64_t subject = order[i].index;
            const char *group = who->group_name[who->group_of_subject[subject]];
            who->subject_name[subject] = arena_print(&who->texts, "%s/%s", group, order[i].name);
            if (!who->subject_name[subject]) status = no_memory(err);
        }
    }
    free(order);
    return status;
}

static td_status number_all(labels *who, const study_input *input, td_error *err)
{
    const char **text = malloc(who->recordings * sizeof *text);
    if (!text) return no_memory(err);
    for (uint64_t i = 0; i < who->recordings; ++i)
        text[i] = input->recording[i].group;
    td_status status = names_number(text, NULL, who->recordings, who->group_of, who->group_name,
                                    &who->groups, err);
    for (uint64_t i = 0; i < who->recordings; ++i)
        text[i] = input->recording[i].subject;
    if (!status)
        status = names_number(text, who->group_of, who->recordings, who->subject_of,
                              who->subject_name, &who->subjects, err);
    for (uint64_t i = 0; i < who->recordings && !status; ++i)
        who->group_of_subject[who->subject_of[i]] = who->group_of[i];
    free(text);
    return status;
}

static td_status name_pairs(labels *who, td_error *err)
{
    if (who->groups < 2 || who->groups > STATS_GROUPS_MAX) return TD_OK;
    for (uint64_t a = 0; a < who->groups; ++a) {
        for (uint64_t b = a + 1; b < who->groups; ++b) {
            char *name =
                arena_print(&who->texts, "%s - %s", who->group_name[a], who->group_name[b]);
            if (!name) return no_memory(err);
            who->pair_name[who->pairs++] = name;
        }
    }
    return TD_OK;
}

td_status labels_open(const study_input *input, labels **out, td_error *err)
{
    labels *who = calloc(1, sizeof *who);
    if (!who) return no_memory(err);
    who->recordings = input->series.item_count;
    td_status status = labels_take(who, err);
    if (!status) status = number_all(who, input, err);
    if (!status) status = part_same_names(who, err);
    if (!status) status = name_pairs(who, err);
    if (status) {
        labels_close(who);
        return status;
    }
    *out = who;
    return TD_OK;
}

void labels_close(labels *who)
{
    if (!who) return;
    arena_free(&who->texts);
    free(who);
}

/* ---- Into the table ------------------------------------------------------------------------ */

static td_status add_texts(const labels *who, const study_input *input, td_table *table,
                           const char **text, td_error *err)
{
    const uint64_t n = who->recordings;
    for (uint64_t i = 0; i < n; ++i)
        text[i] = input->recording[i].group;
    td_status status = td_table_add_text(table, "recording_group", "Group of the recording",
                                         "recording", text, err);
    for (uint64_t i = 0; i < n; ++i)
        text[i] = who->subject_name[who->subject_of[i]];
    if (!status)
        status = td_table_add_text(table, "recording_subject", "Person that was recorded",
                                   "recording", text, err);
    for (uint64_t i = 0; i < n; ++i)
        text[i] = input->recording[i].task;
    if (!status)
        status = td_table_add_text(table, "recording_task", "Task of the recording", "recording",
                                   text, err);
    for (uint64_t i = 0; i < n; ++i)
        text[i] = input->recording[i].relative;
    if (!status)
        status = td_table_add_text(table, "recording_path", "File of the recording", "recording",
                                   text, err);
    for (uint64_t i = 0; i < who->subjects; ++i)
        text[i] = who->group_name[who->group_of_subject[i]];
    if (!status)
        status =
            td_table_add_text(table, "subject_group", "Group of the person", "subject", text, err);
    return status;
}

td_status labels_add(const labels *who, const study_input *input, td_table *table, td_error *err)
{
    const td_dim group = {
        .name = "group", .doc = "Group of subjects", .count = who->groups, .text = who->group_name};
    const td_dim subject = {.name = "subject",
                            .doc = "Person that was recorded",
                            .count = who->subjects,
                            .text = who->subject_name};
    const td_dim pair = {.name = "pair",
                         .doc = "Two groups: the first less the second",
                         .count = who->pairs,
                         .text = who->pair_name};
    td_status status = td_table_add_dim(table, &group, err);
    if (!status) status = td_table_add_dim(table, &subject, err);
    if (!status && who->pairs) status = td_table_add_dim(table, &pair, err);
    if (status) return status;
    const char **text = malloc(who->recordings * sizeof *text);
    if (!text) return no_memory(err);
    status = add_texts(who, input, table, text, err);
    free(text);
    return status;
}
