/* study.h - a whole recurrence study: from a folder of recordings to a file and a report.
 *
 * The steps, each resumable: (1) measures: the operation "rqa.measures" on the engine; (2) the
 * merged table: group, subject, task beside the measures; (3) enrichment with fixations, saccades
 * and regions of interest; (4) statistics: the operation "stats.groups"; (5) figures and report.
 *
 * The result is one labelled table, written as netCDF-4. Names in it:
 *   dimensions  recording, mode, m, tau, eps, lmin, group, subject, pair ("ad - control")
 *   texts       recording_group, recording_subject, recording_task, recording_path (recording);
 *               subject_group (subject)
 *   measures    rr, lmax (recording,mode,m,tau,eps); det, l, ent .. (.., lmin): see rqa.measures
 *   quality     samples, nan_samples (recording), constant (recording,mode)
 *   features    (recording): fixation_duration_ms, fixation_count, saccade_amplitude_deg,
 *               saccade_peak_velocity_deg_s, saccade_count, regression_count, roi_time_s
 *   statistics  for each measure M, over its dimensions less recording:
 *               M_anova_f, M_anova_p, M_anova_q (Benjamini-Hochberg over all measures, modes and
 *               combinations), M_kruskal_h, M_kruskal_p, M_kruskal_q, M_eta2, M_stability; and
 *               with pair in front: M_mannwhitney_p, M_mannwhitney_holm, M_cliff_delta, M_auc
 *   means       M_group_mean, M_group_sd (group in front), over subjects
 *   attributes  command, version, profile, unit, title, warnings */
#ifndef TANDEM_STUDY_H
#define TANDEM_STUDY_H
#include "tandem/table.h"
#include "tandem/tandem.h"

/* The parameters of a study beside those of rqa.measures; the composite operation "rqa.study",
 * without an implementation in the engine, for help, forms and reference pages. */
extern const td_op study_op;
/* "stats.groups" (study/stats_op.c): to be given to the engine in td_engine_config.ops. */
extern const struct td_op_impl stats_groups_impl;

typedef struct study_config {
    const char *input;        /* folder GROUP/SUBJECT/FILE.csv, or a manifest: a CSV with the
                                 columns path, group, subject, task; paths relative to it */
    const char *columns;      /* "x,y": names to look for; NULL: the usual, see study_input.c */
    const char *events;       /* All_Events.csv, or NULL */
    const char *roi;          /* All_ROI_Summary.csv, or NULL */
    const char *output;       /* study.nc */
    const char *report;       /* study.html, or NULL */
    const char *figures;      /* folder for SVG files, or NULL */
    const char *checkpoint;   /* NULL: output with ".checkpoint" added */
    const char *command;      /* the command line, for the report */
    bool        skip_bad;     /* leave unreadable recordings out, and list them */
    bool        by_recording; /* statistics on recordings, not subjects: warned about */
    bool        no_statistics;
    const char *device;       /* for the measures; NULL: the engine chooses */
    td_fallback fallback;     /* of the measures */
    uint64_t    device_bytes_max;   /* of each device, for the measures; 0: see td_run_options */
    struct td_trace *trace;   /* of the measures and the statistics; NULL: none is made */
} study_config;

typedef struct study_hooks {
    /* step: "read", "measures", "merge", "enrich", "statistics", "write", "report". */
    void     (*progress)(void *context, const char *step, const td_progress *progress);
    void     (*warn)(void *context, const char *line);   /* once for each finding */
    void      *context;
    td_cancel *cancel;                                    /* NULL: none */
    /* The plan of the measures, before they run; NULL: none is made. */
    void     (*plan)(void *context, const td_report *plan);
} study_hooks;

typedef struct study_step { const char *name; double seconds; bool resumed; } study_step;
#define STUDY_STEPS_MAX 8

typedef struct study_summary {
    uint64_t recordings, subjects, groups, combinations;  /* a mode is no combination */
    uint64_t skipped, duplicates, warnings;
    uint32_t step_count;
    study_step step[STUDY_STEPS_MAX];
    td_report  measures, statistics;                      /* of the two runs */
} study_summary;

/* args: of "rqa.measures", with everything set but the recordings. A study that was stopped, or
 * killed, goes on where it was and ends with the same file, bit for bit. */
TD_MUST_USE td_status study_run(td_engine *engine, td_args *args, const study_config *config,
                                const study_hooks *hooks, study_summary *summary, td_error *err);

/* ---- Recordings (study_input.c): also for run, plot and recommend ---------------------------- */

typedef struct study_recording {
    const char *id;           /* the name of the file without its endings; unique in the study:
                                 one that occurs twice is written SUBJECT/NAME */
    const char *group, *subject, *task, *path;
    const char *relative;     /* the path from the folder, or as the manifest has it */
} study_recording;

typedef struct study_problem {
    const char *path;
    uint64_t    line;         /* 0: none in particular */
    const char *message;
} study_problem;

typedef struct study_input {
    td_series              series;        /* columns "x" and, if all have it, "y" */
    const study_recording *recording;     /* series.item_count of them, in the order of path */
    const study_problem   *skipped;       /* files left out */
    uint64_t               skipped_count;
    const char *const     *duplicate;     /* "m6q1: mci/mci_group_6 and mci/mci_group_jojo" */
    uint64_t               duplicate_count;
} study_input;

/* path: a folder, a manifest, or one recording. Fails at the first bad file, naming it and its
 * line, unless skip_bad. */
TD_MUST_USE td_status study_input_open(const char *path, const char *columns, bool skip_bad,
                                       study_input **out, td_error *err);

/* How decimal text becomes a double: the nearest one, or as pandas.read_csv reads it, which is
 * one unit in the last place off in some (study/decimals.h). The program whose conventions are the
 * profile "gaze" read its recordings so, and three of its 305 depend on it. */
typedef enum study_numbers { STUDY_NEAREST = 0, STUDY_PANDAS = 1 } study_numbers;
study_numbers study_numbers_of(const char *profile);   /* NULL: STUDY_NEAREST */
/* study_input_open reads the nearest doubles, and files without y.
 * reads_y: what needs y, as in "mode xy:l2": a file without it is then a bad one, named as every
 * other; NULL: a file need not have it, and the series has y where all files do. */
TD_MUST_USE td_status study_input_open_as(const char *path, const char *columns, bool skip_bad,
                                          study_numbers numbers, const char *reads_y,
                                          study_input **out, td_error *err);
/* For calls that compare no groups: a folder may be that of a group or of a subject too; group
 * and subject are "" where they are not known. */
TD_MUST_USE td_status study_input_open_any(const char *path, const char *columns, bool skip_bad,
                                           study_numbers numbers, const char *reads_y,
                                           study_input **out, td_error *err);
/* "mode xy:l2": the first mode of the call that reads y, for reads_y. text has room for it.
 * NULL: none does. */
#define STUDY_MODE_BYTES 64u
const char *study_mode_with_y(const td_args *args, char text[STUDY_MODE_BYTES]);
void study_input_close(study_input *input);   /* NULL is fine */

/* ---- Export (study_export.c) ----------------------------------------------------------------- */

/* CSV rows recording,group,subject,task,mode,MEASURES at one point of the grid, with a header line,
 * 17 digits, "nan" for what is not defined. m .. lmin as decimal text, NULL or "" where the axis
 * has one value; compared with the coordinates exactly, both being the double nearest to a decimal:
 * TD_E_OUT_OF_RANGE lists what there is. point may be NULL. features: append those eye metrics that
 * the table has. free(*text), which ends with a 0 that *bytes does not count. */
typedef struct study_point { const char *m, *tau, *eps, *lmin; } study_point;
TD_MUST_USE td_status study_export(const td_table *table, const study_point *point, bool features,
                                   char **text, size_t *bytes, td_error *err);

#endif
