/*
 * ops/cli/cmd_help.c
 *    help, completion, man: what help_text makes of the table of commands.
 */
#include <string.h>
#include "ops/cli/help_text.h"
#include "ops/cli/print.h"

static int
print_text(const Cli *cli, Buf *text, const char *member)
{
    print_member(cli, member, json_string(buf_cstr(text)));
    if (!cli->json)
        (void)fputs(buf_cstr(text), stdout);
    buf_free(text);
    return 0;
}

int
cli_help(const Command *c)
{
    Buf out = {0};

    help_put_command(&out, c);
    (void)fputs(buf_cstr(&out), stdout);
    buf_free(&out);
    return 0;
}

static json_t *
texts(const char *const *list)
{
    json_t *out = json_array();

    for (; list != NULL && *list != NULL; list++)
        (void)json_array_append_new(out, json_string(*list));
    return out;
}

/* The whole table, for programs. */
static int
help_json(const Cli *cli)
{
    json_t *list = json_array();

    for (const Command *c = cli_commands; c->name != NULL; c++)
        (void)json_array_append_new(list,
                                    json_pack("{ss ss ss so so}", "name", c->name, "usage", c->usage, "help", c->help,
                                              "verbs", texts(c->verbs), "examples", texts(help_examples(c->name))));
    print_member(cli, "commands", list);
    return 0;
}

int
cmd_help(Cli *cli)
{
    enum { COMMANDS_MAX = 128 };
    const char *name = cli_take_word(cli), *names[COMMANDS_MAX];
    size_t count = 0;

    if (!cli_no_more(cli, "help"))
        return 2;
    if (name == NULL)
        return cli->json ? help_json(cli) : cli_help_all(stdout);
    for (const Command *c = cli_commands; c->name != NULL; c++) {
        Buf out = {0};

        if (count < COMMANDS_MAX)
            names[count++] = c->name;
        if (strcmp(c->name, name) != 0)
            continue;
        help_put_command(&out, c);
        return print_text(cli, &out, "help");
    }
    return cli_unknown("command", name, names, count);
}

int
cmd_completion(Cli *cli)
{
    const char *shell = cli_take_word(cli);
    Buf out = {0};

    if (shell == NULL || !cli_no_more(cli, "completion") || !help_put_completion(&out, shell, cli_commands))
        return cli_usage("completion");
    return print_text(cli, &out, "script");
}

int
cmd_man(Cli *cli)
{
    Buf out = {0};

    if (!cli_no_more(cli, "man"))
        return 2;
    help_put_man(&out, cli_commands, cli->build);
    return print_text(cli, &out, "page");
}
