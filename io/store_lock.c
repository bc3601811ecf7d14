/* store_lock.c - one process at a time. The kernel drops a flock when its process ends, however
 * it ends, so a lock file that was left behind stops nobody. */
#include "io/file.h"
#include "io/store_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_TEXT_BYTES 128
#define LOCK_TRIES      100

struct store_lock {
    int fd;
    char path[];
};

static td_status lock_held(const store_lock *lock, td_error *err)
{
    char text[LOCK_TEXT_BYTES + 1];
    const ssize_t got = pread(lock->fd, text, LOCK_TEXT_BYTES, 0);
    text[got > 0 ? got : 0] = 0;
    text[strcspn(text, "\n")] = 0;
    const td_status status =
        td_fail(err, TD_E_IO,
                "%s: the checkpoint is in use by %s, which is still running; wait until it has "
                "ended, or write to another file",
                lock->path, *text ? text : "another process");
    if (err) err->native_code = EWOULDBLOCK;
    return status;
}

/* The name may have been removed, by whom we waited for, between our open and our lock. */
static bool lock_is_named(const store_lock *lock)
{
    struct stat ours, named;
    return fstat(lock->fd, &ours) == 0 && stat(lock->path, &named) == 0 &&
           ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

static void lock_sign(const store_lock *lock)
{
    char host[64] = "", text[LOCK_TEXT_BYTES];
    const char *where = gethostname(host, sizeof host - 1) == 0 ? host : "this machine";
    const int bytes = snprintf(text, sizeof text, "process %ld on %s\n", (long)getpid(), where);
    /* The text is for people; the lock is what counts, so a full disk does not matter here. */
    if (ftruncate(lock->fd, 0) != 0 || pwrite(lock->fd, text, (size_t)bytes, 0) != bytes) errno = 0;
}

td_status store_lock_take(const char *path, store_lock **out, td_error *err)
{
    td_status status = TD_OK;
    const size_t bytes = strlen(path) + sizeof ".lock";
    store_lock *lock = calloc(1, sizeof *lock + bytes);
    if (!lock) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory", path);
    snprintf(lock->path, bytes, "%s.lock", path);
    for (int i = 0; i < LOCK_TRIES; ++i) {
        lock->fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (lock->fd < 0) {
            status = file_fail(err, lock->path, "make", errno);
            goto out;
        }
        if (flock(lock->fd, LOCK_EX | LOCK_NB) != 0) {
            status = errno == EWOULDBLOCK ? lock_held(lock, err)
                                          : file_fail(err, lock->path, "lock", errno);
            close(lock->fd);
            goto out;
        }
        if (lock_is_named(lock)) {
            lock_sign(lock);
            *out = lock;
            return TD_OK;
        }
        close(lock->fd);
    }
    status = td_fail(err, TD_E_IO, "%s: cannot lock it: others make and remove it", lock->path);
out:
    free(lock);
    return status;
}

void store_lock_give(store_lock *lock)
{
    if (!lock) return;
    unlink(lock->path);
    close(lock->fd);
    free(lock);
}
