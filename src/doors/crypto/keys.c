/*
 * The key ring: reading, creating, finding. A directory that holds anything ending in .key that
 * is not understood is refused as a whole: a misspelt name must not pass for a missing key.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto_int.h"

static const char *const use_names[PW_KEY_USES] = {
    [PW_KEY_PSEUDONYM] = "pseudonym",
    [PW_KEY_SEAL] = "seal",
    [PW_KEY_CONTENT] = "content",
    [PW_KEY_SIGNING] = "signing",
};

const uint8_t *crypto_key(const struct pw_keys *keys, enum pw_key_use use, uint32_t version)
{
    for (size_t i = 0; i < keys->count[use]; i++)
        if (keys->ring[use][i].version == version)
            return keys->ring[use][i].octets;
    return NULL;
}

/* "seal-12.key" -> use and version; versions are 1 to 999999 without leading zeros. */
static bool parse_name(struct pw_str name, enum pw_key_use *ret_use, uint32_t *ret_version)
{
    struct pw_str use, version;
    int64_t number;

    name.len -= strlen(".key");
    if (!pw_str_cut(name, '-', &use, &version) || version.len == 0 || version.len > 6)
        return false;
    if (version.data[0] < '1' || version.data[0] > '9' || !pw_str_to_i64(version, &number))
        return false;
    for (int i = 0; i < PW_KEY_USES; i++) {
        if (pw_str_is(use, use_names[i])) {
            *ret_use = (enum pw_key_use)i;
            *ret_version = (uint32_t)number;
            return true;
        }
    }
    return false;
}

static bool insert_key(struct pw_keys *keys, enum pw_key_use use, uint32_t version, const uint8_t *octets)
{
    struct key *ring = keys->ring[use];
    size_t at = keys->count[use];

    if (at == KEY_VERSIONS_MAX)
        return false;
    for (; at > 0 && ring[at - 1].version > version; at--)
        ring[at] = ring[at - 1];
    ring[at].version = version;
    memcpy(ring[at].octets, octets, PW_KEY_SIZE);
    keys->count[use]++;
    return true;
}

/* Exactly PW_KEY_SIZE octets, from a file that only its owner and group can read. */
static bool read_key(int dir, const char *name, uint8_t octets[PW_KEY_SIZE + 1], struct pw_err *err)
{
    struct stat st;
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t got;

    if (fd < 0)
        return pw_fail_at(err, PW_ERR_IO, name, 0, 0, "cannot open this key file: %s", strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & 0007) != 0) {
        close(fd);
        return pw_fail_at(err, PW_ERR_IO, name, 0, 0,
            "this key file must be a plain file that others cannot read: chmod 0600");
    }
    got = read(fd, octets, PW_KEY_SIZE + 1);
    close(fd);
    if (got != PW_KEY_SIZE)
        return pw_fail_at(err, PW_ERR_CRYPTO, name, 0, 0, "a key file holds exactly %d octets", PW_KEY_SIZE);
    return true;
}

static bool load_file(struct pw_keys *keys, int dir, const char *name, struct pw_err *err)
{
    enum pw_key_use use;
    uint32_t version;
    uint8_t octets[PW_KEY_SIZE + 1];
    bool ok;

    if (!parse_name(pw_str_z(name), &use, &version))
        return pw_fail_at(err, PW_ERR_CRYPTO, name, 0, 0,
            "unknown key file; names are pseudonym-1.key, seal-1.key, content-1.key, signing-1.key");
    if (use == PW_KEY_CONTENT && version != 1)
        return pw_fail_at(
            err, PW_ERR_CRYPTO, name, 0, 0, "the content key never rotates: only content-1.key");
    if (!read_key(dir, name, octets, err))
        return false;
    ok = insert_key(keys, use, version, octets);
    pw_crypto_wipe(octets, sizeof octets);
    if (!ok)
        return pw_fail_at(
            err, PW_ERR_CRYPTO, name, 0, 0, "more than %d versions of this key", KEY_VERSIONS_MAX);
    return true;
}

static bool load_all(struct pw_keys *keys, DIR *dir, const char *path, struct pw_err *err)
{
    const struct dirent *entry;

    while ((entry = readdir(dir)) != NULL)
        if (pw_str_has_suffix(pw_str_z(entry->d_name), PW_STR(".key")) &&
            !load_file(keys, dirfd(dir), entry->d_name, err))
            return false;
    for (int use = 0; use < PW_KEY_USES; use++)
        if (keys->count[use] == 0)
            return pw_fail_at(err, PW_ERR_CRYPTO, path, 0, 0,
                "there is no %s-1.key; make 32 random octets of it", use_names[use]);
    return true;
}

bool pw_crypto_keys_load(const char *path, struct pw_keys **ret, struct pw_err *err)
{
    DIR *dir = opendir(path);
    struct pw_keys *keys;

    if (dir == NULL)
        return pw_fail_at(err, PW_ERR_IO, path, 0, 0, "cannot read the key directory: %s", strerror(errno));
    keys = pw_xcalloc(1, sizeof *keys);
    if (!load_all(keys, dir, path, err) || !crypto_signers_prepare(keys, err)) {
        pw_crypto_keys_free(keys);
        closedir(dir);
        return false;
    }
    closedir(dir);
    *ret = keys;
    return true;
}

static bool write_key(const char *path, struct pw_err *err)
{
    uint8_t octets[PW_KEY_SIZE];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok;

    if (fd < 0)
        return pw_fail_at(err, PW_ERR_IO, path, 0, 0, "cannot create this key file: %s", strerror(errno));
    pw_crypto_random(octets, sizeof octets);
    ok = write(fd, octets, sizeof octets) == (ssize_t)sizeof octets && fsync(fd) == 0;
    pw_crypto_wipe(octets, sizeof octets);
    if (close(fd) != 0 || !ok) {
        unlink(path);
        return pw_fail_at(err, PW_ERR_IO, path, 0, 0, "cannot write this key file");
    }
    return true;
}

/* Whether `dir` holds any version of the use. */
static bool has_use(const char *path, const char *use)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    struct pw_str head, tail;
    bool found = false;

    if (dir == NULL)
        return false;
    while (!found && (entry = readdir(dir)) != NULL)
        found = pw_str_has_suffix(pw_str_z(entry->d_name), PW_STR(".key")) &&
                pw_str_cut(pw_str_z(entry->d_name), '-', &head, &tail) && pw_str_is(head, use);
    closedir(dir);
    return found;
}

bool pw_crypto_keys_create(const char *dir, struct pw_err *err)
{
    char path[PW_ERR_FILE_MAX + 4096];

    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return pw_fail_at(err, PW_ERR_IO, dir, 0, 0, "cannot make the key directory: %s", strerror(errno));
    for (int use = 0; use < PW_KEY_USES; use++) {
        if (has_use(dir, use_names[use]))
            continue;
        if (snprintf(path, sizeof path, "%s/%s-1.key", dir, use_names[use]) >= (int)sizeof path)
            return pw_fail(err, PW_ERR_IO, "the name of the key directory is too long");
        if (!write_key(path, err))
            return false;
    }
    return true;
}

struct pw_keys *pw_crypto_keys_for_test(const char *seed)
{
    struct pw_keys *keys = pw_xcalloc(1, sizeof *keys);
    char text[256];
    uint8_t octets[PW_KEY_SIZE];

    for (int use = 0; use < PW_KEY_USES; use++) {
        snprintf(text, sizeof text, "%s/%s", seed, use_names[use]);
        pw_sha256_of(text, strlen(text), octets);
        insert_key(keys, (enum pw_key_use)use, 1, octets);
    }
    if (!crypto_signers_prepare(keys, NULL))
        abort(); /* out of memory */
    return keys;
}

void pw_crypto_keys_free(struct pw_keys *keys)
{
    if (keys == NULL)
        return;
    crypto_signers_free(keys);
    pw_crypto_wipe(keys, sizeof *keys);
    free(keys);
}

size_t pw_crypto_key_count(const struct pw_keys *keys, enum pw_key_use use)
{
    return keys->count[use];
}

uint32_t pw_crypto_key_version(const struct pw_keys *keys, enum pw_key_use use, size_t i)
{
    return keys->ring[use][i].version;
}

uint32_t pw_crypto_key_newest(const struct pw_keys *keys, enum pw_key_use use)
{
    return keys->ring[use][keys->count[use] - 1].version;
}
