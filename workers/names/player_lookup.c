/*
 * workers/names/player_lookup.c
 *    Unicode folding by utf8proc, then the few letters that have no decomposition.
 */
#include "workers/names/player_lookup.h"
#include <string.h>
#include <utf8proc.h>
#include "workers/names/aliases.h"

typedef struct {
    utf8proc_int32_t letter;
    const char *plain;
} LetterFold;

/* Letters that names carry and Unicode does not decompose; case is folded before. */
static const LetterFold letter_folds[] = {
    {0x00E6, "ae"}, {0x00F0, "d"}, {0x00F8, "o"}, {0x00FE, "th"},
    {0x0111, "d"},  {0x0131, "i"}, {0x0142, "l"}, {0x0153, "oe"},
};

typedef struct {
    const char *word, *suffix;
} SuffixWord;

static const SuffixWord suffix_words[] = {
    {"jr", "jr"}, {"junior", "jr"}, {"sr", "sr"}, {"senior", "sr"},
    {"ii", "ii"}, {"iii", "iii"},   {"iv", "iv"}, {"v", "v"},
};

/* As fold(), of a name in ASCII, where folding is lower case; NULL for any other. Most names are. */
static const utf8proc_int32_t *
fold_ascii(const char *name, size_t *count, Arena *a)
{
    const size_t len = strlen(name);
    utf8proc_int32_t *points = arena_array(a, len + 1, sizeof points[0]);

    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)name[i];

        if (c >= 0x80)
            return NULL;
        points[i] = c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }
    *count = len;
    return points;
}

/* Code points of the folded name; NULL when name is not UTF-8. */
static const utf8proc_int32_t *
fold(const char *name, size_t *count, Arena *a)
{
    const utf8proc_option_t options = (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE
                                                          | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)name;
    const utf8proc_ssize_t len = (utf8proc_ssize_t)strlen(name);
    const utf8proc_int32_t *ascii = fold_ascii(name, count, a);
    utf8proc_ssize_t need;
    utf8proc_int32_t *points;

    if (ascii != NULL)
        return ascii;
    need = utf8proc_decompose(bytes, len, NULL, 0, options);
    if (need < 0)
        return NULL;
    points = arena_array(a, (size_t)need + 1, sizeof points[0]);
    if (utf8proc_decompose(bytes, len, points, need, options) != need)
        return NULL;
    *count = (size_t)need;
    return points;
}

static bool
is_word_break(utf8proc_int32_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == '_';
}

/* What a code point leaves in a lookup, in buf or static; empty for what is dropped. */
static const char *
plain_of(utf8proc_int32_t c, char buf[2])
{
    buf[0] = '\0';
    buf[1] = '\0';
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        buf[0] = (char)c;
    if (c < 0x80)
        return buf;
    for (size_t i = 0; i < ARRAY_LEN(letter_folds); i++)
        if (letter_folds[i].letter == c)
            return letter_folds[i].plain;
    return buf;
}

/* The lookup so far; *last is where its last word begins. */
static char *
join_words(const utf8proc_int32_t *points, size_t count, size_t *last, Arena *a)
{
    char *out = arena_array(a, 2 * count + 1, 1);
    size_t len = 0;
    bool is_new_word = true;

    *last = 0;
    for (size_t i = 0; i < count; i++) {
        char buf[2];
        const char *plain = plain_of(points[i], buf);
        size_t n = strlen(plain);

        if (n > 0 && is_new_word)
            *last = len;
        is_new_word = n > 0 ? false : is_new_word || is_word_break(points[i]);
        memcpy(out + len, plain, n + 1);
        len += n;
    }
    return out;
}

bool
player_name_parse(const char *name, Arena *a, PlayerName *out)
{
    size_t count = 0, last;
    const utf8proc_int32_t *points = fold(name, &count, a);
    char *lookup;

    if (points == NULL)
        return false;
    lookup = join_words(points, count, &last, a);
    if (lookup[0] == '\0')
        return false;
    *out = (PlayerName){.lookup = lookup, .base_len = strlen(lookup)};
    if (last == 0) /* a name of one word is no suffix */
        return true;
    for (size_t i = 0; i < ARRAY_LEN(suffix_words); i++) {
        if (strcmp(lookup + last, suffix_words[i].word) != 0)
            continue;
        out->base_len = last;
        memcpy(lookup + last, suffix_words[i].suffix, strlen(suffix_words[i].suffix) + 1);
        break; /* the suffix is never longer than the word */
    }
    return true;
}

bool
player_name_has_suffix(const PlayerName *n)
{
    return n->lookup[n->base_len] != '\0';
}

bool
player_name_same_base(const PlayerName *x, const PlayerName *y)
{
    return x->base_len == y->base_len && memcmp(x->lookup, y->lookup, x->base_len) == 0;
}

const char *
player_lookup(const char *name, Arena *a)
{
    PlayerName n;

    return player_name_parse(name, a, &n) ? n.lookup : NULL;
}

const char *
player_canonical(const char *name, Arena *a)
{
    const char *lookup = player_lookup(name, a);
    const char *known = lookup == NULL ? NULL : name_alias(lookup);

    return known != NULL ? known : lookup;
}
