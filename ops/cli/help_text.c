/*
 * ops/cli/help_text.c
 *    The examples, and three ways to write a table.
 */
#include "ops/cli/help_text.h"
#include <string.h>

enum { EXAMPLES_MAX = 6 };

static const struct {
    const char *command, *examples[EXAMPLES_MAX + 1];
} table[] = {
    {"up", {"up", "up --feeds-subscribed shots,props,injuries", "up --kafka --from 2025-10-21 --to 2025-11-30"}},
    {"down", {"down"}},
    {"status", {"status", "status --from 2025-11-01 --to today", "status --watch 5"}},
    {"pause", {"pause", "pause raw --reason \"box scores are being mended\"", "pause feed.props.backfill"}},
    {"resume", {"resume raw --reason \"they are mended\""}},
    {"collect", {"collect --data DIR", "collect --data DIR --from 2025-11-20 --to 2025-11-20 --again"}},
    {"simulate", {"simulate --season 2025-26 --seed 7 --out DIR"}},
    {"report", {"report --wait --progress", "report --hashes hashes.txt"}},
    {"picks", {"picks today"}},
    {"quality", {"quality 2025-11-26", "quality 2025-11-26 --category matchup --players", "quality bad yesterday"}},
    {"contamination", {"contamination --recent"}},
    {"features", {"features export 2025-11-01..2025-11-30 --format csv --output rows.csv"}},
    {"explain", {"explain \"A.J. Ashgrove\" 2025-11-26", "explain ajashgrove 2025-11-26 --feature fatigue_score"}},
    {"export", {"export today", "export check --dir s3://BUCKET/PREFIX"}},
    {"gaps", {"gaps", "gaps 2025-11-01..2025-11-30 --rows"}},
    {"grid", {"grid", "grid 2025-11-01..2025-11-30"}},
    {"validate", {"validate", "validate features 2025-11-26", "validate reconcile yesterday --bad"}},
    {"backfill",
     {"backfill 2025-11-01..2025-11-30 --dry-run",
      "backfill 2025-11-01..2025-11-30 --only missing --reason \"a lost table\"", "backfill status"}},
    {"run", {"run feature_store 2025-11-12", "run precompute 2025-11-01..2025-11-07 --dry-run"}},
    {"event",
     {"event emit cell.request --from request.json --reason \"the night was missed\"",
      "event emit cell.request --from - --lane backfill --dry-run"}},
    {"retry", {"retry 1042", "retry 1042 --dry-run"}},
    {"grade", {"grade yesterday", "grade 2025-11-12 --reason \"a corrected box score\""}},
    {"replay",
     {"replay --topic raw.completed --date 2025-11-12 --dry-run",
      "replay --topic feed.props --from-time 2h --rate 100"}},
    {"why", {"why 2025-11-30", "why today predictions", "why yesterday publish_picks"}},
    {"runs", {"runs today", "runs 2025-11-01..2025-11-07 --failed", "runs yesterday --of features"}},
    {"stuck", {"stuck", "stuck --json"}},
    {"timers", {"timers"}},
    {"lag", {"lag", "lag raw", "lag skip raw feed.props --to 2h --reason \"lines of a feed that went mad\""}},
    {"logs", {"logs raw --level warn", "logs --date 2025-11-20 --lines 50", "logs --grep \"cell completed\""}},
    {"health", {"health", "health --deep --json"}},
    {"schema", {"schema check"}},
    {"drift", {"drift"}},
    {"sql", {"sql list", "sql counts 2025-11-01..2025-11-30", "sql audit --json"}},
    {"repair",
     {"repair list", "repair open_transactions 10m --dry-run",
      "repair read_from_start raw --reason \"the broker's disk was lost\""}},
    {"gc", {"gc --dry-run", "gc --keep 90d --reason \"the disk fills\""}},
    {"alerts", {"alerts", "alerts --all", "alerts ack 17 --reason \"the feed is late today\"", "alerts test"}},
    {"gate",
     {"gate show 2025-11-12 feature_store",
      "gate override 2025-11-12 feature_store --reason \"the cache cannot be had\" --expires 90m",
      "gate revoke 2025-11-12 feature_store"}},
    {"predict", {"predict today", "predict 2025-11-01..2025-11-07 --mode REGENERATE --reason \"a new model\""}},
    {"batch", {"batch show 2025-11-19", "batch list --open", "batch reset 2025-11-19 --reason \"nobody answers\""}},
    {"dlq",
     {"dlq groups", "dlq show 17", "dlq retry --fingerprint 5b0d --dry-run",
      "dlq skip 17 --reason \"the feed has withdrawn it\"", "dlq skip --mended --reason \"the backfill of Tuesday\""}},
    {"breaker", {"breaker list", "breaker reset catboost_v9 --reason \"another model\""}},
    {"worker", {"worker list", "worker raw"}},
    {"broker", {"broker --port 29592"}},
    {"topics", {"topics list", "topics apply"}},
    {"graph", {"graph", "graph --mermaid"}},
    {"model", {"model list", "model promote MODEL --champion --reason \"better in November\"", "model show FILE"}},
    {"train", {"train --to 2025-11-30 --eval-from 2025-12-01 --eval-to 2025-12-14"}},
    {"backtest", {"backtest --from 2025-11-01 --to 2025-11-30 --retrain weekly"}},
    {"migrate", {"migrate"}},
    {"config",
     {"config", "config show batch.linger_ms", "config set batch.linger_ms 50 --reason \"fewer, larger batches\"",
      "config --sample"}},
    {"version", {"version", "version --json"}},
    {"help", {"help", "help dlq", "help --json"}},
    {"completion", {"completion bash > /etc/bash_completion.d/tipoff", "completion zsh", "completion fish"}},
    {"man", {"man > tipoff.1"}},
};

const char *const *
help_examples(const char *command)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (strcmp(table[i].command, command) == 0)
            return table[i].examples;
    return NULL;
}

/* ---- words of a usage ---- */

static size_t
option_len(const char *at)
{
    return 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz-");
}

static bool
stands_before(const char *usage, const char *at, size_t len)
{
    for (const char *p = strstr(usage, "--"); p != NULL && p < at; p = strstr(p + 2, "--"))
        if (option_len(p) == len && memcmp(p, at, len) == 0)
            return true;
    return false;
}

void
help_options(const char *usage, HelpWord each, void *ctx)
{
    for (const char *p = strstr(usage, "--"); p != NULL; p = strstr(p + option_len(p), "--"))
        if (option_len(p) > 2 && !stands_before(usage, p, option_len(p)))
            each(ctx, p, option_len(p));
}

static void
put_word(void *ctx, const char *word, size_t len)
{
    buf_put_u8(ctx, ' ');
    buf_put(ctx, word, len);
}

/* ---- help ---- */

void
help_put_command(Buf *out, const Command *c)
{
    const char *const *e = help_examples(c->name);

    buf_printf(out, "usage: tipoff %s%s%s\n\n%s\n", c->name, c->usage[0] ? " " : "", c->usage, c->help);
    if (e != NULL)
        buf_put_str(out, "\nexamples:\n");
    for (; e != NULL && *e != NULL; e++)
        buf_printf(out, "  tipoff %s\n", *e);
}

/* ---- completion ---- */

static void
put_names(Buf *out, const Command *commands)
{
    for (const Command *c = commands; c->name != NULL; c++)
        buf_printf(out, "%s%s", c == commands ? "" : " ", c->name);
}

/* What may follow the name: verbs, options, and what every command takes. */
static void
put_words_of(Buf *out, const Command *c)
{
    buf_put_str(out, "--help --json");
    for (const char *const *v = c->verbs; v != NULL && *v != NULL; v++)
        buf_printf(out, " %s", *v);
    help_options(c->usage, put_word, out);
}

static void
put_cases(Buf *out, const Command *commands)
{
    for (const Command *c = commands; c->name != NULL; c++) {
        buf_printf(out, "    %s) offered=\"", c->name);
        put_words_of(out, c);
        buf_put_str(out, "\" ;;\n");
    }
}

static void
put_bash(Buf *out, const Command *commands)
{
    buf_put_str(
        out, "_tipoff() {\n  local offered=\"\"\n  COMPREPLY=()\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    offered=\"");
    put_names(out, commands);
    buf_put_str(out, "\"\n  else\n    case \"${COMP_WORDS[1]}\" in\n");
    put_cases(out, commands);
    buf_put_str(out, "    esac\n  fi\n"
                     "  COMPREPLY=($(compgen -W \"$offered\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
                     "complete -o default -F _tipoff tipoff\n");
}

static void
put_zsh(Buf *out, const Command *commands)
{
    buf_put_str(out,
                "#compdef tipoff\n_tipoff() {\n  local offered=\"\"\n  if (( CURRENT == 2 )); then\n    offered=\"");
    put_names(out, commands);
    buf_put_str(out, "\"\n  else\n    case \"${words[2]}\" in\n");
    put_cases(out, commands);
    buf_put_str(out, "    esac\n  fi\n  compadd -- ${=offered}\n}\ncompdef _tipoff tipoff\n");
}

static void
put_fish(Buf *out, const Command *commands)
{
    for (const Command *c = commands; c->name != NULL; c++) {
        buf_printf(out, "complete -c tipoff -n __fish_use_subcommand -f -a %s\n", c->name);
        buf_printf(out, "complete -c tipoff -n '__fish_seen_subcommand_from %s' -a '", c->name);
        put_words_of(out, c);
        buf_put_str(out, "'\n");
    }
}

bool
help_put_completion(Buf *out, const char *shell, const Command *commands)
{
    static const struct {
        const char *name;
        void (*put)(Buf *out, const Command *commands);
    } shells[] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}};

    for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
        if (strcmp(shells[i].name, shell) != 0)
            continue;
        shells[i].put(out, commands);
        return true;
    }
    return false;
}

/* ---- the manual page ---- */

/* A line may begin with what roff takes for a request, and any backslash or hyphen be one. */
static void
put_roff(Buf *out, const char *s)
{
    buf_put_str(out, "\\&");
    for (; *s != '\0'; s++) {
        if (*s == '\\')
            buf_put_str(out, "\\e");
        else if (*s == '-')
            buf_put_str(out, "\\-");
        else if (*s == '\n')
            buf_put_str(out, "\n.br\n\\&");
        else
            buf_put_u8(out, (uint8_t)*s);
    }
    buf_put_u8(out, '\n');
}

void
help_put_man(Buf *out, const Command *commands, const char *build)
{
    buf_printf(out, ".TH TIPOFF 1 \"\" \"tipoff %s\"\n.SH NAME\ntipoff \\- run a pipeline of predictions\n", build);
    buf_put_str(out, ".SH SYNOPSIS\n.B tipoff\n.I COMMAND\n[\\-\\-json] [\\-\\-OPTION VALUE]...\n.SH COMMANDS\n");
    for (const Command *c = commands; c->name != NULL; c++) {
        const char *const *e = help_examples(c->name);

        buf_printf(out, ".SS %s\n", c->name);
        put_roff(out, c->usage[0] ? c->usage : "(takes nothing)");
        buf_put_str(out, ".PP\n");
        put_roff(out, c->help);
        buf_put_str(out, e != NULL ? ".PP\n.nf\n" : "");
        for (const char *const *line = e; line != NULL && *line != NULL; line++) {
            buf_put_str(out, "tipoff ");
            put_roff(out, *line);
        }
        buf_put_str(out, e != NULL ? ".fi\n" : "");
    }
    buf_put_str(out, ".SH EXIT STATUS\n.TP\n0\nit did what was asked\n.TP\n1\nwhat was asked about is bad, or failed\n"
                     ".TP\n2\nit was asked wrongly, or the operator must act first\n.TP\n70\na broken invariant, or a"
                     " newer process has taken over\n");
}
