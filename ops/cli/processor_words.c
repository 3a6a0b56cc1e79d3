/*
 * ops/cli/processor_words.c
 *    Look names up, and follow needs.
 */
#include "ops/cli/processor_words.h"
#include <string.h>
#include "ops/cli/cli.h"

ProcessorSet
processors_all(void)
{
    ProcessorSet set = {{false}};

    for (size_t i = 0; i < PROC_COUNT; i++)
        set.has[i] = true;
    return set;
}

bool
processors_of_word(const char *word, ProcessorSet *out)
{
    const char *known[2 * PROC_COUNT];
    size_t count = 0;
    bool any = false;

    *out = (ProcessorSet){{false}};
    for (size_t i = 0; i < PROC_COUNT; i++) {
        out->has[i] = strcmp(processor_table[i].phase, word) == 0 || strcmp(processor_table[i].name, word) == 0;
        any = any || out->has[i];
        known[count++] = processor_table[i].name;
        known[count++] = processor_table[i].phase;
    }
    if (!any)
        (void)cli_unknown("phase or processor", word, known, count);
    return any;
}

void
processors_add_needs(ProcessorSet *set)
{
    for (size_t i = PROC_COUNT; i-- > 0;)
        for (size_t n = 0; set->has[i] && n < processor_table[i].need_count; n++)
            if (processor_table[i].needs[n].scope == NEED_SAME_DATE)
                set->has[processor_table[i].needs[n].processor] = true;
}

size_t
processors_names(const ProcessorSet *set, const char *names[PROC_COUNT])
{
    size_t count = 0;

    for (size_t i = 0; i < PROC_COUNT; i++)
        if (set->has[i])
            names[count++] = processor_table[i].name;
    return count;
}
