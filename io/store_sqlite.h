/* store_sqlite.h - finished units in an SQLite file: the checkpoint of a run.
 *
 * WAL, synchronous=FULL; one row a unit: number, block, xxHash64 of the data, the data. Several
 * runs ("measures", "statistics") live in one file, each under its own name. The file is locked
 * against a second process: TD_E_IO says who holds it, and its native_code is EWOULDBLOCK.
 *
 * While it is open the data stands in PATH-wal alone, so nothing is written twice; store_close
 * moves it into PATH. After a kill both files are needed, and are found, together. PATH.lock
 * holds the lock and is gone when nobody does. A file, and a store, belong to one thread at a
 * time. */
#ifndef TANDEM_IO_STORE_SQLITE_H
#define TANDEM_IO_STORE_SQLITE_H
#include "tandem/module.h"

typedef struct store_file store_file;

/* Opens or makes the file. TD_E_CORRUPT when it is there and is no such file: it is not touched. */
TD_MUST_USE td_status store_open(const char *path, store_file **out, td_error *err);
/* The store of one run, for td_run_options.store; borrowed until store_close. The same name gives
 * the same store. After a call that failed to write (disk full), keep, flush and put fail. */
TD_MUST_USE td_status store_run(store_file *file, const char *run_name, const td_store **out,
                                td_error *err);
/* Small named results of steps that are no runs, durable on return. get gives NULL in *data when
 * there is none, or one that fails its checksum. */
TD_MUST_USE td_status store_put(store_file *file, const char *name, const void *data, size_t bytes,
                                td_error *err);
TD_MUST_USE td_status store_get(store_file *file, const char *name, void **data, size_t *bytes,
                                td_error *err); /* free(*data) */
/* Rows that failed their checksum and were left out since the file was opened. */
uint64_t store_bad_rows(const store_file *file);
void store_close(store_file *file); /* NULL is fine; what was not flushed is lost */
/* Closes and deletes the file and its -wal and -shm: when the results are safe elsewhere. */
void store_remove(store_file *file);

#endif
