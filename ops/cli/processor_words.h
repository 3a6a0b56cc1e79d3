/*
 * ops/cli/processor_words.h
 *    Processors as people name them: by their own name, or by the phase that they are of.
 */
#ifndef TIPOFF_OPS_PROCESSOR_WORDS_H
#define TIPOFF_OPS_PROCESSOR_WORDS_H

#include "libcore/runtime/pipeline.h"

typedef struct {
    bool has[PROC_COUNT];
} ProcessorSet;

ProcessorSet processors_all(void);
/* The processor of that name, or every one of that phase. Complains when it is neither. */
NODISCARD bool processors_of_word(const char *word, ProcessorSet *out);
/* Adds whatever these need of their own date, down to the feeds. */
void processors_add_needs(ProcessorSet *set);
/* The names of those in the set, in an order in which needs come first. Returns how many. */
size_t processors_names(const ProcessorSet *set, const char *names[PROC_COUNT]);

#endif
