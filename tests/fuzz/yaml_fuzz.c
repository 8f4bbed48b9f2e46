/* Any octets as YAML: no crash, no leak; an accepted tree can be walked and every error has a text.
 * Files: src/formats/yaml. */
#include <stdint.h>
#include <stdlib.h>

#include <pandwacht/yaml.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const struct pw_yaml *node)
{
    size_t sum = node->line + node->text.len;
    double number;
    int64_t milli;
    pw_day day;
    struct pw_err err;
    if (pw_yaml_double(node, &number, &err) && pw_yaml_milli(node, -40000, 40000, &milli, &err))
        sum++;
    sum += pw_yaml_day(node, &day, &err);
    for (size_t i = 0; node->kind == PW_YAML_LIST && i < node->count; i++)
        sum += walk(node->items[i]);
    for (size_t i = 0; node->kind == PW_YAML_MAP && i < node->count; i++)
        sum += walk(node->pairs[i].key) + walk(node->pairs[i].value);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const words[] = {"half-life", "where", "within", NULL};
    struct pw_arena *arena = pw_arena_new();
    const struct pw_yaml *root = NULL;
    struct pw_err err = {0};
    if (pw_yaml_parse(arena, (struct pw_str){(const char *)data, size}, "fuzz", NULL, &root, &err)) {
        walk(root);
        if (root->kind == PW_YAML_MAP && !pw_yaml_known(root, words, &err) && !err.text[0])
            abort();
    } else if (!err.text[0]) {
        abort();
    }
    pw_arena_free(arena);
    return 0;
}
