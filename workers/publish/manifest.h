/*
 * workers/publish/manifest.h
 *    manifest.json: which files a target shows, where their bytes are, and what they were made of.
 *
 * It is swapped last. The bytes of a file stand under a name made of their hash, which nothing ever
 * overwrites, so that whoever reads the manifest and then its objects sees one export and no mixture.
 * It is also all that an export knows of its target.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_MANIFEST_H
#define TIPOFF_WORKERS_PUBLISH_MANIFEST_H

#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/base/date.h"
#include "libcore/base/err.h"

enum { HASH_HEX_LEN = 65 }; /* SHA-256 with the NUL */

#define MANIFEST_PATH "manifest.json"

/* A file as it stands. Text lives in the arena of whoever made it. */
typedef struct {
    const char *path, *kind;
    const char *sha256;  /* of its bytes, in hexadecimal: names its object */
    const char *content; /* of what it says, its generated_at left out */
    int64_t size;
    Instant generated_at;
    GameDate date; /* of a file of one date; null of the others */
    int max_age_s; /* how long a reader may keep it */
    /* Since when and why there is nothing newer, though there should be; null and NULL of a good one. */
    Instant stale_since;
    const char *stale_reason;
} ManifestFile;

/* What files that show the present were last made of. */
typedef struct {
    const char *kind;
    const char *inputs; /* a hash in hexadecimal */
    Instant composed_at;
} ManifestKind;

/* An object that no file shows any more, kept for those who hold an older manifest. */
typedef struct {
    const char *object;
    Instant since;
} RetiredObject;

typedef struct {
    Instant generated_at;
    const char *system; /* the champion */
    ManifestFile *files;
    size_t file_count, file_cap;
    ManifestKind *kinds;
    size_t kind_count, kind_cap;
    RetiredObject *retired;
    size_t retired_count, retired_cap;
} Manifest;

void manifest_add_file(Manifest *m, ManifestFile f, Arena *a);
void manifest_add_kind(Manifest *m, ManifestKind k, Arena *a);
void manifest_add_retired(Manifest *m, RetiredObject r, Arena *a);

/* Sorts the files by path and the kinds by name: as manifest_read() gives them. */
void manifest_sort(Manifest *m);

/* NULL when there is none; of a sorted manifest. */
const ManifestFile *manifest_file(const Manifest *m, const char *path);
const ManifestKind *manifest_kind(const Manifest *m, const char *kind);

/* "objects/HASH.json". */
const char *manifest_object(const char *sha256, Arena *a);

/* The text of a sorted manifest. */
const char *manifest_text(const Manifest *m, Arena *a);
/* ERR_POISON with the place when it is not as manifest_text() writes it. */
NODISCARD bool manifest_read(Bytes text, Arena *a, Manifest *out, Err *err);

#endif
