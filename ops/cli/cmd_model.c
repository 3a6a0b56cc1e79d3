/*
 * ops/cli/cmd_model.c
 *    Look at a model's file, and predict with it from CSV, without a deployment.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ops/cli/model_commands.h"
#include "ops/cli/print.h"
#include "workers/models/feature_csv.h"
#include "workers/models/model_file.h"

/* ---- show ---- */

/* A line for people, a member for programs. NULL is an absent value. */
static void
say_text(const Cli *cli, const char *name, const char *text)
{
    if (!cli->json)
        (void)printf("%-10s %s\n", name, text != NULL ? text : "-");
    print_member(cli, name, text != NULL ? json_string(text) : json_null());
}

static void
say_count(const Cli *cli, const char *name, size_t count)
{
    if (!cli->json)
        (void)printf("%-10s %zu\n", name, count);
    print_count(cli, name, count);
}

static void
say_number(const Cli *cli, const char *name, double v)
{
    if (!cli->json)
        (void)printf("%-10s %.15g\n", name, v);
    print_member(cli, name, json_real(v));
}

static void
show_depths(const Cli *cli, const ModelInfo *info, Arena *a)
{
    static const char *const headers[] = {"#depth", "#trees", NULL};
    const TableHead head = {"depths", headers};
    const char **cells = arena_array(a, ARRAY_LEN(info->trees_of_depth) * 2, sizeof *cells);
    size_t n = 0;

    for (size_t d = 0; d < ARRAY_LEN(info->trees_of_depth); d++) {
        if (info->trees_of_depth[d] == 0)
            continue;
        cells[n++] = arena_printf(a, d == MODEL_MOST_DEPTHS ? "%zu+" : "%zu", d);
        cells[n++] = arena_printf(a, "%zu", info->trees_of_depth[d]);
    }
    print_cells(cli, &head, cells, n / 2);
}

static void
show_features(const Cli *cli, const ModelInfo *info, Arena *a)
{
    static const char *const headers[] = {"#index", "feature", "#borders", "#splits", "missing", NULL};
    enum { COLUMNS = ARRAY_LEN(headers) - 1 };
    const TableHead head = {"features", headers};
    const char **cells = arena_array(a, info->feature_count * COLUMNS + 1, sizeof *cells);

    for (size_t i = 0; i < info->feature_count; i++) {
        const ModelFeature *f = &info->features[i];
        const char **row = cells + i * COLUMNS;

        row[0] = arena_printf(a, "%zu", i);
        row[1] = f->name;
        row[2] = arena_printf(a, "%zu", f->borders);
        row[3] = arena_printf(a, "%zu", f->splits);
        row[4] = missing_mode_name(f->missing);
    }
    print_cells(cli, &head, cells, info->feature_count);
}

static int
show(Cli *cli)
{
    const char *path = cli_take_word(cli);
    const ModelInfo *info;
    ModelFile file;
    Err err = {0};
    Arena *a;

    if (path == NULL)
        return cli_usage("model");
    if (!cli_no_more(cli, "model"))
        return 2;
    if (!model_file_read(path, &file, &err))
        return cli_fail(&err);
    info = model_info(file.model);
    a = arena_new(0);
    say_text(cli, "kind", info->kind);
    say_text(cli, "format", info->format);
    say_text(cli, "made_by", info->made_by);
    say_text(cli, "made_at", info->made_at);
    say_text(cli, "objective", info->objective);
    say_count(cli, "trees", info->tree_count);
    say_number(cli, "scale", info->scale);
    say_number(cli, "bias", info->bias);
    say_text(cli, "sha256", file.sha256);
    say_count(cli, "bytes", file.bytes);
    show_depths(cli, info, a);
    show_features(cli, info, a);
    arena_free(a);
    model_free(file.model);
    return 0;
}

/* ---- predict ---- */

enum { MOST_VALUES = 256 * 1024, MOST_ROWS = 4096, CHUNK_BYTES = 8 * 1024, NUMBER_LEN = 32 };

/* Rows gather until there are enough for a batch. */
typedef struct {
    const Model *model;
    size_t width, room, count;
    float *rows;
    double *predictions;
    FILE *out;
    bool as_json;
    size_t written;
} Batch;

/* The shortest decimal that is read back as the same double. */
static const char *
shortest(double v, char out[NUMBER_LEN])
{
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(out, NUMBER_LEN, "%.*g", digits, v);
        if (!islessgreater(strtod(out, NULL), v))
            break;
    }
    return out;
}

static bool
write_batch(Batch *b, Err *err)
{
    char text[NUMBER_LEN];

    model_predict(b->model, b->rows, b->count, b->width, b->predictions);
    for (size_t i = 0; i < b->count; i++) {
        (void)fprintf(b->out, b->as_json ? "%s%s" : "%s%s\n", b->as_json && b->written + i > 0 ? "," : "",
                      shortest(b->predictions[i], text));
    }
    b->written += b->count;
    b->count = 0;
    return !ferror(b->out) || ERR_FAIL(err, ERR_TRANSIENT, "cannot write: %s", strerror(errno));
}

static bool
take_row(void *user, const float *values, Err *err)
{
    Batch *b = user;

    memcpy(b->rows + b->count * b->width, values, b->width * sizeof *values);
    return ++b->count < b->room || write_batch(b, err);
}

static bool
read_rows(FILE *in, const char *name, Batch *b, size_t *ignored, Err *err)
{
    FeatureCsv *csv = feature_csv_new(model_info(b->model), name, take_row, b);
    char chunk[CHUNK_BYTES];
    bool ok = true;
    size_t len;

    while (ok && (len = fread(chunk, 1, sizeof chunk, in)) > 0)
        ok = feature_csv_feed(csv, bytes_of(chunk, len), err);
    if (ok && ferror(in))
        ok = ERR_FAIL(err, ERR_CONFIG, "cannot read %s: %s", name, strerror(errno));
    ok = ok && feature_csv_end(csv, err) && write_batch(b, err);
    *ignored = feature_csv_ignored(csv);
    feature_csv_free(csv);
    return ok;
}

static bool
predict_rows(const Model *model, FILE *in, const char *name, FILE *out, bool as_json, size_t *rows, size_t *ignored,
             Err *err)
{
    const size_t width = model_info(model)->feature_count;
    const size_t some = width == 0 ? MOST_ROWS : MOST_VALUES / width;
    Arena *a = arena_new(0);
    Batch b = {.model = model, .width = width, .out = out, .as_json = as_json};
    bool ok;

    b.room = some > MOST_ROWS ? MOST_ROWS : some < 1 ? 1 : some;
    b.rows = arena_array(a, b.room * width + 1, sizeof *b.rows);
    b.predictions = arena_array(a, b.room, sizeof *b.predictions);
    (void)fputs(as_json ? "{\"predictions\":[" : "prediction\n", out);
    ok = read_rows(in, name, &b, ignored, err);
    *rows = b.written;
    if (ok && as_json)
        (void)fprintf(out, "],\"rows\":%zu,\"ignored_columns\":%zu}\n", *rows, *ignored);
    arena_free(a);
    return ok;
}

/* A file appears whole or not at all; what is there and is no file, as a pipe, is written to as it is. */
typedef struct {
    FILE *f;
    const char *path, *beside; /* NULL: stdout; NULL: straight into path */
} Output;

static bool
open_output(const char *path, Arena *a, Output *out, Err *err)
{
    struct stat st;

    *out = (Output){.f = stdout, .path = path};
    if (path == NULL)
        return true;
    if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
        out->beside = arena_printf(a, "%s.new-%d", path, (int)getpid());
    out->f = fopen(out->beside != NULL ? out->beside : path, "we");
    return out->f != NULL || ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
}

static bool
close_output(const Output *out, bool ok, Err *err)
{
    bool is_written;

    if (out->f == NULL)
        return false;
    is_written = out->path == NULL ? fflush(out->f) == 0 : fclose(out->f) == 0;
    if (out->beside != NULL && !(ok && is_written)) {
        (void)unlink(out->beside);
    } else if (out->beside != NULL && rename(out->beside, out->path) != 0) {
        is_written = false;
    }
    return ok
           && (is_written
               || ERR_FAIL(err, ERR_TRANSIENT, "cannot write %s: %s", out->path ? out->path : "stdout",
                           strerror(errno)));
}

static bool
predict_file(Cli *cli, const Model *model, const char *input, const char *output, Err *err)
{
    const bool is_stdin = strcmp(input, "-") == 0;
    FILE *in = is_stdin ? stdin : fopen(input, "rbe");
    Arena *a = arena_new(0);
    size_t rows = 0, ignored = 0;
    Output out = {0};
    bool ok;

    ok = (in != NULL || ERR_FAIL(err, ERR_CONFIG, "cannot open %s: %s", input, strerror(errno)))
         && open_output(output, a, &out, err)
         && predict_rows(model, in, is_stdin ? "stdin" : input, out.f, cli->json && output == NULL, &rows, &ignored,
                         err);
    ok = close_output(&out, ok, err);
    if (in != NULL && !is_stdin)
        (void)fclose(in);
    arena_free(a);
    if (ok && output != NULL) {
        print_count(cli, "rows", rows);
        print_count(cli, "ignored_columns", ignored);
        print_member(cli, "output", json_string(output));
        if (!cli->json)
            (void)printf("%zu predictions in %s\n", rows, output);
    }
    return ok;
}

static int
predict(Cli *cli)
{
    bool ok = true;
    const char *model_path = cli_take_option(cli, "--model", &ok), *input = cli_take_option(cli, "--input", &ok);
    const char *output = cli_take_option(cli, "--output", &ok);
    ModelFile file;
    Err err = {0};

    if (!ok || !cli_no_more(cli, "model"))
        return 2;
    if (model_path == NULL || input == NULL)
        return cli_usage("model");
    if (!model_file_read(model_path, &file, &err))
        return cli_fail(&err);
    ok = predict_file(cli, file.model, input, output, &err);
    model_free(file.model);
    return ok ? 0 : cli_fail(&err);
}

int
cmd_model(Cli *cli)
{
    const char *verb = cli_take_word(cli);

    if (verb != NULL && strcmp(verb, "show") == 0)
        return show(cli);
    if (verb != NULL && strcmp(verb, "predict") == 0)
        return predict(cli);
    return verb != NULL ? model_registry_command(cli, verb) : cli_usage("model");
}
