/*
 * workers/collect/csv_file.h
 *    Read a CSV file row by row, with the line in which each row begins.
 *
 * It knows quotes, line ends and limits; what the fields mean is the caller's.
 */
#ifndef TIPOFF_WORKERS_CSV_FILE_H
#define TIPOFF_WORKERS_CSV_FILE_H

#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

enum { CSV_ROW_MAX_BYTES = 1024 * 1024, CSV_MAX_FIELDS = 256 };

/* One row, borrowed for the call. A NUL follows each field's bytes. */
typedef struct {
    int32_t line; /* from 1 */
    const Bytes *fields;
    size_t field_count;
} CsvRow;

/* False ends the reading with err. */
typedef bool (*CsvRowFn)(void *user, const CsvRow *row, Err *err);

/* Calls on_row for every row, the header included; empty lines are none. A BOM at the start and
 * CRLF are fine. exists is false, and nothing else happens, when there is no such file. ERR_POISON
 * with the path and line: a stray or unclosed quote (the line where its field begins), a row above
 * CSV_ROW_MAX_BYTES, too many fields. ERR_CONFIG when the file cannot be opened, ERR_TRANSIENT when
 * reading it fails. */
NODISCARD bool csv_file_read(const char *path, CsvRowFn on_row, void *user, bool *exists, Err *err);

#endif
