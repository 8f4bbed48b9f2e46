/* Roles, scopes and source classes as words and bits. */
#include "access_int.h"

#define PW_SCOPE(name_, roles_, open_, any_)                                                                 \
    const struct pw_scope pw_scope_##name_ = {.name = #name_, .roles = roles_, .open = open_, .any = any_};
#include <pandwacht/defs/scopes.def>
#undef PW_SCOPE

static const char *const role_words[] = {
#define PW_ROLE(name, word) [PW_ROLE_##name] = word,
#include <pandwacht/defs/roles.def>
#undef PW_ROLE
};

/* In the order of enum pw_source_class of the facts room, which lies on the other side of the
 * house; a test of the desk compares the two. */
static const char *const class_words[] = {"lease-admin", "citizen-tip", "field-inspection", "base-register",
    "utility-safety", "enforcement", "fin-gatekeeper"};

const char *pw_role_word(enum pw_role role)
{
    return role_words[role];
}

enum pw_role pw_role_of(struct pw_str word)
{
    for (int i = 0; i < PW_ROLE_COUNT; i++)
        if (pw_str_is(word, role_words[i]))
            return (enum pw_role)i;
    return PW_ROLE_COUNT;
}

const char *pw_roles_apart(uint32_t roles)
{
    static const struct {
        uint32_t role, others;
        const char *why;
    } apart[] = {
#define PW_APART(name, others_, why_) {PW_ROLE_BIT(name), (others_) & ~PW_ROLE_BIT(name), why_},
#include <pandwacht/defs/duties.def>
#undef PW_APART
    };

    for (size_t i = 0; i < PW_COUNT(apart); i++)
        if ((roles & apart[i].role) != 0 && (roles & apart[i].others) != 0)
            return apart[i].why;
    return NULL;
}

uint32_t access_role_bits(const struct pw_str *words, size_t count)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < count; i++) {
        enum pw_role role = pw_role_of(words[i]);

        if (role != PW_ROLE_COUNT)
            bits |= UINT32_C(1) << role;
    }
    return bits;
}

static int class_of(struct pw_str word)
{
    for (size_t i = 0; i < PW_COUNT(class_words); i++)
        if (pw_str_is(word, class_words[i]))
            return (int)i;
    return -1;
}

bool access_is_class(struct pw_str word)
{
    return class_of(word) >= 0;
}

uint32_t access_class_bits(const struct pw_str *words, size_t count)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < count; i++)
        if (class_of(words[i]) >= 0)
            bits |= UINT32_C(1) << class_of(words[i]);
    return bits;
}
