/*
 * libcore/base/table.h
 *    A table as data: its columns, their types and roles, and where each stands in the row struct.
 *
 * One descriptor drives the binary COPY, the content hash, the catalogue check at start and JSON.
 */
#ifndef TIPOFF_BASE_TABLE_H
#define TIPOFF_BASE_TABLE_H

#include "libcore/base/value.h"

typedef enum {
    COL_DATE,
    COL_TEXT,
    COL_I32,
    COL_I64,
    COL_F64,
    COL_BOOL,
    COL_TS,
    COL_F64_ARRAY,
    COL_I32_ARRAY,
    COL_TEXT_ARRAY,
    COL_BYTES,
    COL_JSON,
} ColumnType;

typedef enum { COL_KEY, COL_CONTENT, COL_META } ColumnRole;

typedef struct {
    const char *name;
    ColumnType type;
    ColumnRole role;
    bool not_null;
    size_t offset; /* in the row struct */
} Column;

typedef struct {
    const char *name; /* schema-qualified */
    const Column *columns;
    size_t column_count;
    size_t row_size;
} TableDesc;

/* Rows of one table, borrowed. */
typedef struct {
    const TableDesc *table;
    const void *rows;
    size_t count;
} RowSet;

static inline const void *
table_field(const TableDesc *t, const void *rows, size_t row, size_t column)
{
    return (const unsigned char *)rows + row * t->row_size + t->columns[column].offset;
}

#endif
