/* The chain over the records: what is hashed, and in which form. Changing either ends every chain there is.
 */
#include <string.h>

#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/db.h>

/* The prefix keeps a digest of one kind from passing for one of another. */
#define RECORD_FORM "pandwacht audit record 1\n"
#define LINK_FORM   "pandwacht audit link 1\n"

static void put_u64(uint8_t out[8], uint64_t v)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(v >> (56 - 8 * i));
}

static void hash_number(struct pw_sha256 *ctx, uint64_t v)
{
    uint8_t octets[8];

    put_u64(octets, v);
    pw_sha256_update(ctx, octets, sizeof octets);
}

static void hash_part(struct pw_sha256 *ctx, const void *data, size_t len)
{
    hash_number(ctx, len);
    pw_sha256_update(ctx, data, len);
}

/* No id and the nil id are the same thing here. */
static void hash_id(struct pw_sha256 *ctx, const struct pw_uuid *id)
{
    hash_part(ctx, id->b, sizeof id->b);
}

static void hash_text(struct pw_sha256 *ctx, struct pw_str text)
{
    hash_part(ctx, text.data, text.len);
}

struct pw_audit_row pw_audit_row(const struct pw_rows *rows, size_t row)
{
    return (struct pw_audit_row){
        .id = pw_cell_uuid(rows, row, 0),
        .at = pw_cell_time(rows, row, 1),
        .actor_kind = pw_cell_text(rows, row, 2),
        .actor = pw_cell_uuid(rows, row, 3),
        .action = pw_cell_text(rows, row, 4),
        .object_kind = pw_cell_text(rows, row, 5),
        .object = pw_cell_uuid(rows, row, 6),
        .premises = pw_cell_uuid(rows, row, 7),
        .detail_hash = pw_cell_bytea(rows, row, 8),
        .generation = (int32_t)pw_cell_i64(rows, row, 9),
        .xact = pw_cell_xid(rows, row, 10),
    };
}

void pw_audit_digest(const struct pw_audit_row *row, uint8_t ret[PW_SHA256_SIZE])
{
    struct pw_sha256 ctx;

    pw_sha256_init(&ctx);
    hash_text(&ctx, PW_STR(RECORD_FORM));
    hash_id(&ctx, &row->id);
    hash_number(&ctx, (uint64_t)row->at);
    hash_text(&ctx, row->actor_kind);
    hash_id(&ctx, &row->actor);
    hash_text(&ctx, row->action);
    hash_text(&ctx, row->object_kind);
    hash_id(&ctx, &row->object);
    hash_id(&ctx, &row->premises);
    hash_text(&ctx, row->detail_hash);
    hash_number(&ctx, (uint64_t)row->generation);
    hash_number(&ctx, row->xact);
    pw_sha256_final(&ctx, ret);
}

void pw_audit_link(const uint8_t before[PW_SHA256_SIZE], int64_t n, const uint8_t digest[PW_SHA256_SIZE],
    uint8_t ret[PW_SHA256_SIZE])
{
    struct pw_sha256 ctx;

    pw_sha256_init(&ctx);
    hash_text(&ctx, PW_STR(LINK_FORM));
    pw_sha256_update(&ctx, before, PW_SHA256_SIZE);
    hash_number(&ctx, (uint64_t)n);
    pw_sha256_update(&ctx, digest, PW_SHA256_SIZE);
    pw_sha256_final(&ctx, ret);
}
