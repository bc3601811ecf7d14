/* fault_vfs.h - a layer between SQLite and the disk that fails the k-th write, sync or other
 * change, and everything after it, as a disk that is full or gone does; and that knows whether
 * something was written and not synced. Link with -Wl,--wrap=fsync. */
#ifndef TANDEM_FAULT_VFS_H
#define TANDEM_FAULT_VFS_H
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static long fault_at = -1; /* the change that fails first; -1: none */
static long fault_count;   /* changes so far */
static int fault_code;     /* what SQLite is told */
static int fault_unsynced; /* open files with writes after their last sync */
static int fault_no_sync;  /* do not wait for the disk at all */

/* The linker sends fsync of our own files here. */
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    return fault_no_sync ? 0 : __real_fsync(fd);
}

typedef struct fault_file {
    sqlite3_file base;
    int unsynced;
    sqlite3_file *real; /* behind this struct */
} fault_file;

static sqlite3_vfs fault_vfs;
static sqlite3_vfs *fault_real;

static inline int fault_change(void)
{
    const long now = fault_count++;
    return fault_at >= 0 && now >= fault_at ? fault_code : SQLITE_OK;
}

static inline sqlite3_file *fault_of(sqlite3_file *file)
{
    return ((fault_file *)file)->real;
}

static inline void fault_mark(sqlite3_file *file, int unsynced)
{
    fault_unsynced += unsynced - ((fault_file *)file)->unsynced;
    ((fault_file *)file)->unsynced = unsynced;
}

static inline int fault_close(sqlite3_file *file)
{
    fault_mark(file, 0);
    return fault_of(file)->pMethods->xClose(fault_of(file));
}
static inline int fault_read(sqlite3_file *file, void *data, int bytes, sqlite3_int64 at)
{
    return fault_of(file)->pMethods->xRead(fault_of(file), data, bytes, at);
}
static inline int fault_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 at)
{
    const int code = fault_change();
    fault_mark(file, 1);
    /* Half of what fails was written before it failed. */
    if (code && bytes > 1) fault_of(file)->pMethods->xWrite(fault_of(file), data, bytes / 2, at);
    return code ? code : fault_of(file)->pMethods->xWrite(fault_of(file), data, bytes, at);
}
static inline int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    const int code = fault_change();
    return code ? code : fault_of(file)->pMethods->xTruncate(fault_of(file), size);
}
static inline int fault_sync(sqlite3_file *file, int flags)
{
    const int code = fault_change();
    (void)flags;
    /* The disk itself is not waited for: what is looked at is in its cache. */
    if (!code) fault_mark(file, 0);
    return code;
}
static inline int fault_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return fault_of(file)->pMethods->xFileSize(fault_of(file), size);
}
static inline int fault_lock(sqlite3_file *file, int level)
{
    return fault_of(file)->pMethods->xLock(fault_of(file), level);
}
static inline int fault_unlock(sqlite3_file *file, int level)
{
    return fault_of(file)->pMethods->xUnlock(fault_of(file), level);
}
static inline int fault_reserved(sqlite3_file *file, int *result)
{
    return fault_of(file)->pMethods->xCheckReservedLock(fault_of(file), result);
}
static inline int fault_control(sqlite3_file *file, int what, void *data)
{
    return fault_of(file)->pMethods->xFileControl(fault_of(file), what, data);
}
static inline int fault_sector(sqlite3_file *file)
{
    return fault_of(file)->pMethods->xSectorSize(fault_of(file));
}
static inline int fault_device(sqlite3_file *file)
{
    return fault_of(file)->pMethods->xDeviceCharacteristics(fault_of(file));
}

static inline int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                             int *out_flags)
{
    static const sqlite3_io_methods methods = {1,
                                               fault_close,
                                               fault_read,
                                               fault_write,
                                               fault_truncate,
                                               fault_sync,
                                               fault_size,
                                               fault_lock,
                                               fault_unlock,
                                               fault_reserved,
                                               fault_control,
                                               fault_sector,
                                               fault_device,
                                               NULL,
                                               NULL,
                                               NULL,
                                               NULL,
                                               NULL,
                                               NULL};
    fault_file *mine = (fault_file *)file;
    (void)vfs;
    memset(mine, 0, sizeof *mine);
    mine->real = (sqlite3_file *)(mine + 1);
    const int code = fault_real->xOpen(fault_real, name, mine->real, flags, out_flags);
    if (code == SQLITE_OK) mine->base.pMethods = &methods;
    return code;
}

/* From now on SQLite's files go through here. */
static inline void fault_install(void)
{
    if (fault_real) return;
    fault_real = sqlite3_vfs_find(NULL);
    fault_vfs = *fault_real;
    fault_vfs.zName = "fault";
    fault_vfs.pNext = NULL;
    fault_vfs.szOsFile = (int)sizeof(fault_file) + fault_real->szOsFile;
    fault_vfs.xOpen = fault_open;
    sqlite3_vfs_register(&fault_vfs, 1);
}

static inline void fault_plan(long at, int code)
{
    fault_at = at;
    fault_code = code;
    fault_count = 0;
}

#endif
