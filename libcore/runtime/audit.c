/*
 * libcore/runtime/audit.c
 *    SQL of ops.audit, and the name of who acts.
 */
#include "libcore/runtime/audit.h"
#include <pwd.h>
#include <unistd.h>

const char *
audit_actor(Arena *a)
{
    const struct passwd *user = getpwuid(getuid()); /* NOLINT(concurrency-mt-unsafe): the only thread */
    char host[256] = "";

    (void)gethostname(host, sizeof host - 1);
    return user != NULL ? arena_printf(a, "%s@%s", user->pw_name, host)
                        : arena_printf(a, "uid %u@%s", (unsigned)getuid(), host);
}

bool
audit_note(DbTx *tx, const char *command, const char *target, const char *reason, const char *details_json, Err *err)
{
    static const char sql[] = "insert into ops.audit (actor, command, target, reason, details)"
                              " values ($1, $2, $3, $4, $5::text::jsonb)";
    Arena *a = arena_new(0);
    const DbParam params[] = {db_text(audit_actor(a)), db_text(command), db_text(target), db_text(reason),
                              db_text(details_json)};
    bool ok = db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);

    arena_free(a);
    return ok;
}
