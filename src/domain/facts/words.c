/* Words of the domain that are the same in YAML, JSON, CEL and SQL. */
#include "facts_int.h"

#include <ctype.h>

const char *const pw_source_class_words[] = {"lease-admin", "citizen-tip", "field-inspection",
    "base-register", "utility-safety", "enforcement", "fin-gatekeeper", "derived", NULL};

const char *const pw_ground_words[] = {"wgs-1-9", "wet-goed-verhuurderschap", "public-task",
    "legitimate-interest", "consent", "legal-obligation", "utility-safety", NULL};

const char *const pw_relation_words[] = {"unknown", "yes", "no", NULL};

const char *const pw_scheme_words[] = {"iban", "document", "kvk", "email", "phone", "source-local", NULL};

static const char *const bool_words[] = {"false", "true", NULL};

const char *const *pw_facts_words(const struct pw_field *field)
{
    switch (field->type) {
    case PW_TYPE_BOOL:
        return bool_words;
    case PW_TYPE_RELATION:
        return pw_relation_words;
    case PW_TYPE_ENUM:
    case PW_TYPE_ENUM_SET:
        return field->values;
    default:
        return NULL;
    }
}

struct pw_str pw_facts_camel(struct pw_arena *arena, struct pw_str kebab, bool upper_first)
{
    char *out = pw_arena_alloc(arena, kebab.len + 1);
    size_t n = 0;
    bool upper = upper_first;
    for (size_t i = 0; i < kebab.len; i++) {
        char c = kebab.data[i];
        if (c == '-') {
            upper = true;
            continue;
        }
        out[n++] = upper ? (char)toupper((unsigned char)c) : c;
        upper = false;
    }
    return (struct pw_str){out, n};
}

int pw_facts_source_class(const struct pw_kind *kind, unsigned client_classes)
{
    unsigned usable = kind->source_classes & client_classes;
    if (usable & 1u << kind->source_class)
        return (int)kind->source_class;
    for (int class = 0; class < PW_CLASS_DERIVED; class ++)
        if (usable & 1u << class)
            return class;
    return -1;
}
