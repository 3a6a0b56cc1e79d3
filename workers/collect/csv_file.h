/*
 * workers/collect/csv_file.h
 *    Read a CSV file row by row, with the line in which each row begins, around what is no row.
 *
 * It knows quotes, line ends and limits; what the fields mean is the caller's.
 */
#ifndef TIPOFF_WORKERS_CSV_FILE_H
#define TIPOFF_WORKERS_CSV_FILE_H

#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

enum { CSV_ROW_MAX_BYTES = 1024 * 1024, CSV_MAX_FIELDS = 256, CSV_FILE_MAX_BYTES = 256 * 1024 * 1024 };

/* One row. A NUL follows each field's bytes; fields are borrowed for the call, raw lives in the
 * arena of the reading. */
typedef struct {
    int32_t line; /* from 1 */
    const Bytes *fields;
    size_t field_count;
    Bytes raw;          /* as it stands in the file, without its line end */
    const char *broken; /* NULL, or why these bytes are no row; fields are then those before the fault */
} CsvRow;

/* False ends the reading with err. */
typedef bool (*CsvRowFn)(void *user, const CsvRow *row, Err *err);

/* Calls on_row for every row, the header included; empty lines are none. A BOM at the start and CRLF
 * are fine. A line that begins no row (a stray or unclosed quote, more than CSV_ROW_MAX_BYTES, too many
 * fields) is handed over as broken, and reading goes on behind it. exists is false, and nothing else
 * happens, when there is no such file. ERR_POISON when the file as a whole is none: UTF-16, too large,
 * a folder, closed to us. name is the file in messages. The file's bytes stay in a. */
NODISCARD bool csv_file_read(const char *path, const char *name, CsvRowFn on_row, void *user, Arena *a, bool *exists,
                             Err *err);

#endif
