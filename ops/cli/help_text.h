/*
 * ops/cli/help_text.h
 *    Help, completion and the manual page, all made from the table of commands and the examples of each.
 */
#ifndef TIPOFF_OPS_HELP_TEXT_H
#define TIPOFF_OPS_HELP_TEXT_H

#include "ops/cli/cli.h"

/* Examples of a command as they are typed, without "tipoff"; NULL-terminated; NULL when it has none. */
const char *const *help_examples(const char *command);

typedef void (*HelpWord)(void *ctx, const char *word, size_t len);
/* Each "--option" that the usage names, once. */
void help_options(const char *usage, HelpWord each, void *ctx);

/* Usage, sentence, examples. */
void help_put_command(Buf *out, const Command *c);
/* A script for the shell; false when it is none of bash, zsh and fish. */
NODISCARD bool help_put_completion(Buf *out, const char *shell, const Command *commands);
/* tipoff(1) in roff. */
void help_put_man(Buf *out, const Command *commands, const char *build);

#endif
