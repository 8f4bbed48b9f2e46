/* tool.h: what the parts of the `cel` command share. */
#ifndef CEL_TOOL_H
#define CEL_TOOL_H

#include <cel/cel.h>

#include <jansson.h>

/* Memory of one line or one call; released at once. */
struct pool {
    struct block *head;
};
void *pool_get(struct pool *pool, size_t size);
void pool_release(struct pool *pool);

/* JSON as it stands: 1 is an int, 1.0 a double, objects are maps with string keys. */
struct cel_value value_plain(struct pool *pool, const json_t *json);
/* The tagged form: {"int": "1"} {"map": [[k, v]]} ...; kind CEL_ERROR: not of that form. */
struct cel_value value_tagged(struct pool *pool, const json_t *json);
/* The text of a member; "" if it has none. */
const char *member_text(const json_t *object, const char *key);

/* Declares what one entry of an "env" says: {"name", "type"} a variable in slot *slot, which is counted on;
 * {"function": signature}, without a body; {"abstract": name} a type. False: cel_env_error() tells why not.
 */
bool declare_entry(struct cel_env *env, const json_t *entry, uint32_t *slot);
/* Declares every member of an object as a variable of type dyn, in slots from 0 on. */
union cel_slot *bind_members(struct cel_env *env, struct pool *pool, const json_t *object,
    struct cel_value (*convert)(struct pool *, const json_t *));
void print_findings(const struct cel_diags *diags);

int run_eval(int argc, char **argv);
int run_check(int argc, char **argv);
int run_conformance(int argc, char **argv);
int run_bench(int argc, char **argv);

#endif
