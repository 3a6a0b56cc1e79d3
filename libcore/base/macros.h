/*
 * libcore/base/macros.h
 *    The complete list of macros that this code base allows itself.
 *
 * None contains return, goto or break, names a caller's local, or evaluates an argument twice.
 */
#ifndef TIPOFF_BASE_MACROS_H
#define TIPOFF_BASE_MACROS_H

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

#endif
