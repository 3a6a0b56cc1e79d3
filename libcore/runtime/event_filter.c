/*
 * libcore/runtime/event_filter.c
 *    Parse by descent, evaluate by a walk.
 */
#include "libcore/runtime/event_filter.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_TEXT = 4096, MAX_DEPTH = 64 };

typedef enum { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_HAS, OP_COUNT } Op;
typedef enum { NODE_COMPARE, NODE_NOT, NODE_AND, NODE_OR } NodeKind;

struct EventFilter {
    NodeKind kind;
    const EventFilter *left, *right; /* right is NULL of NODE_NOT */
    const char *field;
    Op op;
    FilterValue value;
};

/* ---- reading ---- */

typedef struct {
    const char *text, *at;
    Arena *a;
    Err *err;
    int depth;
} Parser;

static const EventFilter *
complain(Parser *p, const char *what)
{
    (void)ERR_FAIL(p->err, ERR_CONFIG, "the filter is not understood at character %zu ('%.20s'): %s",
                   (size_t)(p->at - p->text) + 1, p->at, what);
    return NULL;
}

static void
skip_space(Parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static bool
is_word_char(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("_.:+/-", c) != NULL) || (unsigned char)c >= 0x80;
}

static size_t
word_len(const char *at)
{
    size_t n = 0;

    while (is_word_char(at[n]))
        n++;
    return n;
}

/* Takes the word if it comes next, whole. */
static bool
take_word(Parser *p, const char *word)
{
    skip_space(p);
    if (word_len(p->at) != strlen(word) || strncasecmp(p->at, word, strlen(word)) != 0)
        return false;
    p->at += strlen(word);
    return true;
}

static bool
take_op(Parser *p, Op *out)
{
    static const struct {
        const char *sign;
        Op op;
    } ops[] = {{"!=", OP_NE}, {"<=", OP_LE}, {">=", OP_GE}, {"=", OP_EQ}, {"<", OP_LT}, {">", OP_GT}, {"~", OP_HAS}};

    skip_space(p);
    for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
        if (strncmp(p->at, ops[i].sign, strlen(ops[i].sign)) != 0)
            continue;
        *out = ops[i].op;
        p->at += strlen(ops[i].sign);
        return true;
    }
    return false;
}

/* A text in quotes; false when it does not end. */
static bool
take_quoted(Parser *p, const char **out)
{
    const char quote = *p->at;
    char *text = arena_array(p->a, strlen(p->at) + 1, 1);
    size_t n = 0;

    for (p->at++; *p->at != '\0'; p->at++) {
        if (*p->at == quote && p->at[1] != quote) {
            p->at++;
            text[n] = '\0';
            *out = text;
            return true;
        }
        p->at += *p->at == quote;
        text[n++] = *p->at;
    }
    return false;
}

static FilterValue
value_of_word(const char *word)
{
    char *end;
    const double n = strtod(word, &end);

    if (strcasecmp(word, "null") == 0)
        return (FilterValue){.kind = FILTER_NULL, .text = word};
    if (strcasecmp(word, "true") == 0 || strcasecmp(word, "false") == 0)
        return (FilterValue){.kind = FILTER_BOOL, .truth = strcasecmp(word, "true") == 0, .text = word};
    if (*end == '\0' && isfinite(n) && strpbrk(word, "xX") == NULL)
        return (FilterValue){.kind = FILTER_NUMBER, .number = n, .text = word};
    return (FilterValue){.kind = FILTER_TEXT, .text = word};
}

static bool
take_value(Parser *p, FilterValue *out)
{
    size_t n;

    skip_space(p);
    if (*p->at == '\'' || *p->at == '"') {
        *out = (FilterValue){.kind = FILTER_TEXT};
        return take_quoted(p, &out->text);
    }
    n = word_len(p->at);
    if (n == 0)
        return false;
    *out = value_of_word(arena_strndup(p->a, p->at, n));
    p->at += n;
    return true;
}

static EventFilter *
node(Parser *p, NodeKind kind, const EventFilter *left, const EventFilter *right)
{
    EventFilter *f = arena_alloc(p->a, sizeof *f);

    *f = (EventFilter){.kind = kind, .left = left, .right = right};
    return f;
}

static const EventFilter *
parse_comparison(Parser *p)
{
    EventFilter *f = node(p, NODE_COMPARE, NULL, NULL);
    size_t n;

    skip_space(p);
    n = word_len(p->at);
    if (n == 0)
        return complain(p, "a field should stand here");
    f->field = arena_strndup(p->a, p->at, n);
    p->at += n;
    if (!take_op(p, &f->op))
        return complain(p, "one of = != < <= > >= ~ should stand here");
    if (!take_value(p, &f->value))
        return complain(p, "a value should stand here; a text in quotes ends with one");
    return f;
}

static const EventFilter *parse_or(Parser *p);

/* Any number of 'not', then a group or a comparison. */
static const EventFilter *
parse_unary(Parser *p)
{
    const EventFilter *f;
    bool is_negated = false;

    while (take_word(p, "not"))
        is_negated = !is_negated;
    skip_space(p);
    if (*p->at != '(') {
        f = parse_comparison(p);
    } else {
        if (++p->depth > MAX_DEPTH)
            return complain(p, "parentheses are nested too deeply");
        p->at++;
        f = parse_or(p);
        skip_space(p);
        if (f != NULL && *p->at != ')')
            return complain(p, "')' should stand here");
        p->at += f != NULL;
        p->depth--;
    }
    return f == NULL || !is_negated ? f : node(p, NODE_NOT, f, NULL);
}

static const EventFilter *
parse_and(Parser *p)
{
    const EventFilter *f = parse_unary(p);

    while (f != NULL && take_word(p, "and")) {
        const EventFilter *right = parse_unary(p);

        f = right == NULL ? NULL : node(p, NODE_AND, f, right);
    }
    return f;
}

static const EventFilter *
parse_or(Parser *p)
{
    const EventFilter *f = parse_and(p);

    while (f != NULL && take_word(p, "or")) {
        const EventFilter *right = parse_and(p);

        f = right == NULL ? NULL : node(p, NODE_OR, f, right);
    }
    return f;
}

const EventFilter *
event_filter_parse(const char *text, Arena *a, Err *err)
{
    Parser p = {.text = text, .at = text, .a = a, .err = err};
    const EventFilter *f;

    if (strlen(text) > MAX_TEXT) {
        (void)ERR_FAIL(err, ERR_CONFIG, "the filter is longer than %d characters", MAX_TEXT);
        return NULL;
    }
    f = parse_or(&p);
    skip_space(&p);
    return f == NULL || *p.at == '\0' ? f : complain(&p, "'and', 'or' or the end should stand here");
}

/* ---- evaluation ---- */

static bool
contains(const char *text, const char *part)
{
    const size_t n = strlen(part);

    for (; strlen(text) >= n; text++) {
        if (strncasecmp(text, part, n) == 0)
            return true;
        if (*text == '\0')
            return false;
    }
    return false;
}

/* Below, equal or above in *order; false when the two cannot be compared. A text beside a number is compared
 * with the number as it was typed. */
static bool
compare_values(const FilterValue *x, const FilterValue *value, int *order)
{
    if (x->kind == FILTER_NULL || value->kind == FILTER_NULL) {
        *order = 0;
        return x->kind == value->kind;
    }
    if (x->kind == FILTER_TEXT && value->text != NULL) {
        *order = strcmp(x->text, value->text);
        return true;
    }
    if (x->kind != value->kind)
        return false;
    *order = x->kind == FILTER_NUMBER ? (x->number > value->number) - (x->number < value->number)
                                      : x->truth - value->truth;
    return true;
}

static bool
is_so(const FilterValue *x, Op op, const FilterValue *value)
{
    const bool has_order = x->kind != FILTER_NULL && value->kind != FILTER_NULL;
    int order;

    if (op == OP_HAS)
        return x->kind == FILTER_TEXT && value->text != NULL && contains(x->text, value->text);
    if (!compare_values(x, value, &order))
        return false;
    switch (op) {
    case OP_LT:
        return has_order && order < 0;
    case OP_LE:
        return has_order && order <= 0;
    case OP_GT:
        return has_order && order > 0;
    case OP_GE:
        return has_order && order >= 0;
    default:
        return order == 0;
    }
}

static bool
comparison_holds(const EventFilter *f, FilterLookup lookup, void *ctx)
{
    static const FilterValue nothing = {.kind = FILTER_NULL};
    const Op op = f->op == OP_NE ? OP_EQ : f->op;
    size_t count = 0;
    const FilterValue *values = lookup(ctx, f->field, &count);
    bool holds = count == 0 && is_so(&nothing, op, &f->value);

    for (size_t i = 0; i < count && !holds; i++)
        holds = is_so(&values[i], op, &f->value);
    return holds != (f->op == OP_NE);
}

bool
event_filter_holds(const EventFilter *f, FilterLookup lookup, void *ctx)
{
    switch (f->kind) {
    case NODE_NOT:
        return !event_filter_holds(f->left, lookup, ctx);
    case NODE_AND:
        return event_filter_holds(f->left, lookup, ctx) && event_filter_holds(f->right, lookup, ctx);
    case NODE_OR:
        return event_filter_holds(f->left, lookup, ctx) || event_filter_holds(f->right, lookup, ctx);
    default:
        return comparison_holds(f, lookup, ctx);
    }
}

void
event_filter_fields(const EventFilter *f, void (*each)(void *ctx, const char *field), void *ctx)
{
    if (f->kind == NODE_COMPARE)
        each(ctx, f->field);
    if (f->left != NULL)
        event_filter_fields(f->left, each, ctx);
    if (f->right != NULL)
        event_filter_fields(f->right, each, ctx);
}
