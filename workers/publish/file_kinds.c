/*
 * workers/publish/file_kinds.c
 *    The table, and what the rows of simple kinds do.
 */
#include "workers/publish/file_kinds.h"
#include <assert.h>
#include <string.h>
#include "workers/publish/season_json.h"

#define DATE_PLACE "{date}"

/* A kind of one file. */
static bool
only(ComposedFiles *out, const char *path, GameDate date, const char *body)
{
    if (body != NULL)
        composed_add(out, path, date, body);
    return true;
}

static bool
compose_season(ExportData *d, ComposedFiles *out, Err *err)
{
    const PickDays *days;
    GameDate through;

    if (!export_graded(d, &days, err))
        return false;
    if (days->count == 0)
        return true;
    through = days->days[days->count - 1].date;
    return only(out, "subsets/season.json", through, season_json(days, through, d->champion, out->a));
}

const FileKind file_kinds[] = {
    {"picks", "picks/{date}.json", 300, 0, NULL},
    {"results", "results/{date}.json", 86400, 0, NULL},
    {"subsets-season", "subsets/season.json", 3600, READS(PROC_GRADING), compose_season},
};
const size_t file_kind_count = ARRAY_LEN(file_kinds);

/* Where the date stands in a dated kind's path. */
static size_t
folder_len(const FileKind *k)
{
    const char *place = strstr(k->path, DATE_PLACE);

    assert(place != NULL);
    return (size_t)(place - k->path);
}

const FileKind *
dated_kind_of(const char *path)
{
    for (size_t i = 0; i < file_kind_count; i++)
        if (file_kinds[i].compose == NULL && strncmp(path, file_kinds[i].path, folder_len(&file_kinds[i])) == 0)
            return &file_kinds[i];
    return NULL;
}

const char *
dated_path(const char *kind, GameDate date, Arena *a)
{
    char day[DATE_TEXT_LEN];

    for (size_t i = 0; i < file_kind_count; i++)
        if (file_kinds[i].compose == NULL && strcmp(file_kinds[i].name, kind) == 0)
            return arena_printf(a, "%.*s%s.json", (int)folder_len(&file_kinds[i]), file_kinds[i].path,
                                date_format(date, day));
    assert(false);
    return NULL;
}
