/*
 * ops/cli/model_commands.h
 *    The part of 'tipoff model' that needs a deployment.
 */
#ifndef TIPOFF_OPS_MODEL_COMMANDS_H
#define TIPOFF_OPS_MODEL_COMMANDS_H

#include "ops/cli/cli.h"
#include "workers/models/model_store.h"

/* register, list, promote, rollback, retire, champion; an exit status. */
int model_registry_command(Cli *cli, const char *verb);

/* This person, now. */
ModelActor model_actor(const Cli *cli, Arena *a);

/* What a promotion asks for and what the model's evaluation has shown, to be printed. *unmet: what is not met, in one
 * text in s->a; NULL when all is. */
NODISCARD bool model_read_criteria(Session *s, const char *model_id, DbRows **out, const char **unmet, Err *err);
void model_print_criteria(const Cli *cli, const DbRows *criteria);

#endif
