/*
 * ops/cli/suggest.c
 *    Distances between words, and the nearest few.
 */
#include "ops/cli/suggest.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { MAX_LETTERS = 64, MIN_PART = 3 };

static int
letter(const char *word, size_t i)
{
    return tolower((unsigned char)word[i]);
}

static size_t
smaller(size_t x, size_t y)
{
    return x < y ? x : y;
}

/* Optimal string alignment over three rows of its table: no letter is touched twice. */
size_t
word_distance(const char *x, const char *y)
{
    size_t rows[3][MAX_LETTERS + 1];
    size_t *above = rows[0], *row = rows[1], *before = rows[2];
    size_t x_len = strnlen(x, MAX_LETTERS), y_len = strnlen(y, MAX_LETTERS);

    for (size_t j = 0; j <= y_len; j++)
        above[j] = j;
    for (size_t i = 1; i <= x_len; i++) {
        size_t *oldest = before;

        row[0] = i;
        for (size_t j = 1; j <= y_len; j++) {
            size_t replaced = above[j - 1] + (letter(x, i - 1) != letter(y, j - 1));

            row[j] = smaller(replaced, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && letter(x, i - 1) == letter(y, j - 2) && letter(x, i - 2) == letter(y, j - 1))
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
        before = above;
        above = row;
        row = oldest;
    }
    return above[y_len];
}

static size_t
lenient(size_t letters)
{
    return letters < 3 ? 1 : (letters + 2) / 3;
}

static int
holds(const char *word, const char *part)
{
    size_t len = strlen(part);

    for (; strlen(word) >= len; word++)
        if (strncasecmp(word, part, len) == 0)
            return 1;
    return 0;
}

static int
is_near(const char *typed, const char *word, size_t distance)
{
    return distance <= lenient(strlen(typed)) || (strlen(typed) >= MIN_PART && holds(word, typed));
}

size_t
suggest_words(const char *typed, const char *const *words, size_t count, const char **out, size_t max)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        size_t distance = word_distance(typed, words[i]), at;

        if (!is_near(typed, words[i], distance))
            continue;
        for (at = found; at > 0 && word_distance(typed, out[at - 1]) > distance; at--)
            if (at < max)
                out[at] = out[at - 1];
        if (at < max)
            out[at] = words[i];
        found += found < max;
    }
    return found;
}

const char *
suggest_word(const char *typed, const char *const *words, size_t count)
{
    const char *nearest;

    return suggest_words(typed, words, count, &nearest, 1) > 0 ? nearest : NULL;
}
