/* rqa_block.h - one unit of "rqa.measures" while it runs: its piece of the grid, its memory.
 *
 * A cell is one recording, mode and tau: one pass over the distances for every m, eps and lmin
 * of the block. */
#ifndef TANDEM_RQA_BLOCK_H
#define TANDEM_RQA_BLOCK_H
#include "rqa_op.h"

typedef struct rqa_block {
    const rqa_state *state;
    const td_unit *unit;
    td_work *work;       /* the CPU's; NULL on a device */
    td_launcher *device; /* NULL on the CPU */
    bool on_device;      /* also while only planning: then there is no memory for lines */
    td_block out[RQA_OUT_COUNT];
    bool has[RQA_OUT_COUNT];

    uint32_t eps_count, lmin_count, vmin_count;
    double *eps;          /* ascending */
    uint32_t *eps_at;     /* where each stands in the grid's order, within the block */
    int64_t *lmin, *vmin; /* ascending; vmin is lmin, or one value */
    uint32_t *lmin_at;
    int32_t m_at[RQA_M_MAX + 1]; /* place of each m in the block; -1: not in it */
    uint32_t m_min, m_max, m_count;

    /* Of the cell in hand: bound and levels of each m of the chain, how many m the chain has,
     * where the lines of each m begin, and afterwards the longest of each. */
    rqa_chain chain[RQA_M_MAX];
    uint32_t chain_count;
    uint64_t slot[RQA_M_MAX];
    rqa_levels levels[RQA_M_MAX];      /* by place of m; only the first unless eps_unit is rate */
    double *eps_used;                  /* [m_count][eps_count], or [1][eps_count] */
    uint64_t levels_item, levels_mode; /* what the levels were made for */
    uint32_t part_count;
    int32_t *lines;        /* all zero between cells, as is wide */
    int64_t *wide;         /* the sum over parts; only when there are any */
    int64_t *part_longest; /* [part_count][m_max] */
    uint64_t line_slots;   /* elements of lines, and of wide */
    rqa_tile *tile;
    rqa_run *stack;
    int32_t *main; /* lines of the main diagonal by length; all zero likewise */
    rqa_sums sums;
    void *select; /* rqa_select's; only when eps_unit is rate */
    uint64_t *rank;
} rqa_block;

typedef struct rqa_cell {
    uint64_t item, mode_at, tau_at; /* places within the block */
    const rqa_samples *samples;
    rqa_mode mode;
    uint64_t tau;
    bool skip_one; /* m = 1 does not depend on tau and has been done */
} rqa_cell;

/* Samples of a recording whose rows have no more positions, in all, than int32 counts hold. */
#define RQA_WHOLE_MAX (UINT64_C(1) << 15)

/* Lays the working memory out from base, and answers how many bytes it takes. base may be NULL:
 * then only the answer counts. The grid fields up to m_count must be set. */
uint64_t rqa_block_place(rqa_block *block, char *base);
/* Sets the counts and the m fields; the rest of the grid fields follow in rqa_block_open. There
 * are at most as many parts as fit unit->host_bytes. */
void rqa_block_measure(rqa_block *block, const rqa_state *state, const td_unit *unit,
                       bool on_device);
/* Lays out memory of as many bytes as rqa_block_place answers, clears what must be, and sorts the
 * axes. scratch: rqa_block_scratch(block) bytes, for a while. */
void rqa_block_open(rqa_block *block, char *memory, void *scratch, td_result *result);
uint64_t rqa_block_scratch(const rqa_block *block);
/* A cell by its places in the block. */
rqa_cell rqa_cell_of(const rqa_block *block, uint64_t item, uint64_t mode_at, uint64_t tau_at);
/* Bytes of one part's own memory, and laying it out. */
uint64_t rqa_part_place(const rqa_block *block, char *base, int32_t **lines, rqa_run **stack,
                        rqa_tile **tile);

/* rqa_cell.c: all measures of one cell, into the block's outputs. */
td_status rqa_cell_run(rqa_block *block, const rqa_cell *cell, td_error *err);
/* The same in steps, for lines that a device counts: thresholds, which stay in block->chain until
 * the next cell, and what is known without lines; then the measures of one m from its lines, of
 * which counts, level_count, longest and main_level are set. */
td_status rqa_cell_prepare(rqa_block *block, const rqa_cell *cell, td_error *err);
void rqa_cell_diagonal(rqa_block *block, const rqa_cell *cell, uint32_t m, rqa_histogram h);
void rqa_cell_vertical(rqa_block *block, const rqa_cell *cell, uint32_t m, rqa_histogram h);
/* The first level at which a distance of 0 recurs. */
uint32_t rqa_main_level(const rqa_levels *levels);

/* rqa_lines.c: the lines of the chain as set up in the block; leaves lines (or wide) and
 * chain[..].longest. */
td_status rqa_lines_run(rqa_block *block, const rqa_cell *cell, bool vertical, td_error *err);

/* rqa_write.c: from counted lines to measures. n is the number of delay vectors. */
void rqa_write_diagonal(rqa_block *block, const rqa_cell *cell, uint32_t m, uint64_t n,
                        uint64_t main_points, uint32_t main_level);
void rqa_write_vertical(rqa_block *block, const rqa_cell *cell, uint32_t m);
void rqa_write_eps(rqa_block *block, const rqa_cell *cell, uint32_t m, const double *eps_used);
void rqa_write_missing(rqa_block *block, const rqa_cell *cell, uint32_t m);
/* m = 1 of the block's first tau, once more for this one. */
void rqa_write_repeat(rqa_block *block, const rqa_cell *cell);
void rqa_write_item(rqa_block *block, uint64_t item);

#endif
