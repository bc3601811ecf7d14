/* publish_folder.h - the folder in which runs tell how far they are, and whose runs they are.
 *
 * It is the user's own: nobody else can read, write or replace anything in it. All work in it goes
 * through a descriptor of the folder, so that what was checked is what is used. */
#ifndef TANDEM_CLI_PUBLISH_FOLDER_H
#define TANDEM_CLI_PUBLISH_FOLDER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PUBLISH_PLACES 3 /* where the folder may be */

/* $XDG_RUNTIME_DIR/tandem (place 0), if there is that folder, else runs are published in
 * /tmp/tandem-UID (1); who looks for runs looks at /run/user/UID/tandem (2) too, since a session
 * may lack the variable. False when there is no such place. */
bool publish_folder_path(uint32_t place, char *path, size_t size);
/* A descriptor of the folder, which is made if it is not there and make is set; -1 with why it
 * cannot be used: another's, open to others, a link, no folder. */
int publish_folder_open(const char *path, bool make, char *why, size_t size);

/* When the process started, in ticks since the machine did; false when there is none, or it has
 * ended and waits for its parent only. */
bool publish_process_start(int64_t pid, uint64_t *ticks);

#endif
