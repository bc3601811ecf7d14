/* race.td - wrong on purpose, and its twin that is right: the check for races must find the one
 * and leave the other alone. No part of the table of kernels. */

/* Every item reads its neighbour's slot in the phase in which the neighbour writes it. */
TD_KERNEL void race_wrong(TD_GLOBAL const td_u32 *TD_RESTRICT x, TD_GLOBAL td_u32 *TD_RESTRICT out
                          TD_ARGS_END)
{
    TD_LOCAL(td_u32, slot, TD_GROUP);
    TD_PHASE
        slot[TD_LID] = 0u;
    TD_PHASE_END
    TD_PHASE
        slot[TD_LID] = x[TD_GID];
        out[TD_GID] = slot[TD_LID] + slot[(TD_LID + 1) % TD_GROUP];
    TD_PHASE_END
}

/* The same with a barrier between writing and reading. */
TD_KERNEL void race_right(TD_GLOBAL const td_u32 *TD_RESTRICT x, TD_GLOBAL td_u32 *TD_RESTRICT out
                          TD_ARGS_END)
{
    TD_LOCAL(td_u32, slot, TD_GROUP);
    TD_PHASE
        slot[TD_LID] = x[TD_GID];
    TD_PHASE_END
    TD_PHASE
        out[TD_GID] = slot[TD_LID] + slot[(TD_LID + 1) % TD_GROUP];
    TD_PHASE_END
}
