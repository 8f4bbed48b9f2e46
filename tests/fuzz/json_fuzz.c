/*
 * Any octets as a JSON text: what is accepted must survive being written and read again, and its
 * canonical form must be a fixed point. Files: src/formats/json.
 */
#include <stdint.h>
#include <stdlib.h>

#include <pandwacht/json.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void round_trip(struct pw_arena *arena, const struct pw_json *node)
{
    struct pw_buf first, second;
    pw_buf_init(&first, 1 << 24);
    pw_buf_init(&second, 1 << 24);
    pw_json_canonical(node, &first);
    const struct pw_json *again = NULL;
    require(pw_json_parse(arena, pw_buf_str(&first), NULL, &again, NULL));
    pw_json_canonical(again, &second);
    require(pw_str_eq(pw_buf_str(&first), pw_buf_str(&second)));

    struct pw_jsonw w;
    pw_buf_clear(&second);
    pw_jsonw_init(&w, &second);
    pw_jsonw_node(&w, node);
    require(pw_json_parse(arena, pw_buf_str(&second), NULL, &again, NULL));
    pw_buf_release(&first);
    pw_buf_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_str text = {(const char *)data, size};
    const struct pw_json *node = NULL;
    struct pw_json_error error = {0};
    if (pw_json_parse(arena, text, NULL, &node, &error))
        round_trip(arena, node);
    else
        require(pw_fault_word(error.code) && error.pointer.data && error.byte <= size);
    pw_arena_free(arena);
    return 0;
}
