/* opencl_cache.c - built programs on disk, in $XDG_CACHE_HOME/tandem/opencl or
 * ~/.cache/tandem/opencl.
 *
 * A file: magic, bytes of the key, bytes of the binary (both 64 bits), key, binary, and two sums
 * over all that. It is named by the hash of its key. What is in it is code, so it is believed only
 * if it is a plain file of ours that nobody else may write, whole, and of exactly this key.
 * Files are written beside their place and renamed into it; the oldest go when all of them
 * together are too large. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backends/opencl/opencl_internal.h"

#define CACHE_MAGIC       "tandem-opencl-1" /* 16 bytes with its 0 */
#define CACHE_SUFFIX      ".clbin"
#define CACHE_PATH_MAX    4096
#define CACHE_BYTES_MAX   (256u << 20) /* of all files */
#define CACHE_FILE_MAX    (64u << 20)
#define CACHE_FILES_MAX   10000 /* looked at in the folder */
#define CACHE_DROPS_MAX   1000  /* in one go */
#define CACHE_TEMP_PREFIX "new-"
#define CACHE_TEMP_AGE    86400 /* seconds; what is older was left by a process that died */

typedef struct cache_header {
    char magic[16];
    uint64_t key_bytes, binary_bytes;
} cache_header;

void ocl_hash(const void *data, size_t bytes, uint64_t out[2])
{
    const unsigned char *const at = data;
    const uint64_t prime = 0x100000001b3u;
    uint64_t a = 0xcbf29ce484222325u, b = 0x6c62272e07bb0142u;
    for (size_t i = 0; i < bytes; ++i) {
        a = (a ^ at[i]) * prime;
        b = (b * prime) ^ at[i];
        b ^= b >> 29;
    }
    out[0] = (a ^ (a >> 32)) * 0x9e3779b97f4a7c15u;
    out[1] = (b ^ (b >> 32) ^ bytes) * 0xbf58476d1ce4e5b9u;
    out[0] ^= out[0] >> 29;
    out[1] ^= out[1] >> 31;
}

/* ---- The folder -------------------------------------------------------------------------------
 */

/* Made if it is not there. False: there is no place for it, or it is not ours alone. */
static bool cache_folder(char *path, size_t size)
{
    const char *const cache = getenv("XDG_CACHE_HOME"), *const home = getenv("HOME");
    struct stat told;
    int length = -1;
    /* The standard has relative paths ignored. */
    if (cache && cache[0] == '/') length = snprintf(path, size, "%s/tandem/opencl", cache);
    else if (home && home[0] == '/') length = snprintf(path, size, "%s/.cache/tandem/opencl", home);
    if (length < 0 || (size_t)length >= size) return false;
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        (void)mkdir(path, 0700);
        *slash = '/';
    }
    (void)mkdir(path, 0700);
    return stat(path, &told) == 0 && S_ISDIR(told.st_mode) && told.st_uid == geteuid() &&
           (told.st_mode & 022) == 0;
}

static bool cache_file(const char *key, char *path, size_t size)
{
    char folder[CACHE_PATH_MAX];
    uint64_t name[2];
    if (!cache_folder(folder, sizeof folder)) return false;
    ocl_hash(key, strlen(key), name);
    const int length =
        snprintf(path, size, "%s/%016llx%016llx%s", folder, (unsigned long long)name[0],
                 (unsigned long long)name[1], CACHE_SUFFIX);
    return length > 0 && (size_t)length < size;
}

/* ---- Reading ----------------------------------------------------------------------------------
 */

static bool read_all(int file, unsigned char *data, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        const ssize_t got = read(file, data + done, bytes - done);
        if (got <= 0) return false;
        done += (size_t)got;
    }
    return true;
}

/* Whether the file's bytes are whole and of this key; then where the binary is in them. */
static bool cache_verify(const unsigned char *data, size_t bytes, const char *key, size_t *first,
                         size_t *count)
{
    cache_header header;
    uint64_t wanted[2], found[2];
    if (bytes < sizeof header + sizeof found) return false;
    memcpy(&header, data, sizeof header);
    const size_t body = bytes - sizeof header - sizeof found;
    if (memcmp(header.magic, CACHE_MAGIC, sizeof header.magic) != 0) return false;
    if (header.key_bytes != strlen(key) || header.key_bytes > body) return false;
    if (header.binary_bytes != body - header.key_bytes || header.binary_bytes == 0) return false;
    if (memcmp(data + sizeof header, key, header.key_bytes) != 0) return false;
    memcpy(found, data + bytes - sizeof found, sizeof found);
    ocl_hash(data, bytes - sizeof found, wanted);
    if (memcmp(found, wanted, sizeof found) != 0) return false;
    *first = sizeof header + header.key_bytes;
    *count = header.binary_bytes;
    return true;
}

bool ocl_cache_get(const char *key, unsigned char **binary, size_t *bytes)
{
    char path[CACHE_PATH_MAX + 64];
    struct stat told;
    unsigned char *data = NULL;
    size_t first = 0, count = 0;
    bool found = false;
    if (!cache_file(key, path, sizeof path)) return false;
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) return false;
    if (fstat(file, &told) != 0 || !S_ISREG(told.st_mode) || told.st_uid != geteuid() ||
        (told.st_mode & 022) != 0 || told.st_size <= 0 || told.st_size > CACHE_FILE_MAX)
        goto out;
    data = malloc((size_t)told.st_size);
    if (!data || !read_all(file, data, (size_t)told.st_size)) goto out;
    if (!cache_verify(data, (size_t)told.st_size, key, &first, &count)) goto out;
    (void)futimens(file, NULL); /* used: among the last to go */
    memmove(data, data + first, count);
    *binary = data;
    *bytes = count;
    data = NULL;
    found = true;
out:
    free(data);
    close(file);
    return found;
}

/* ---- Writing ----------------------------------------------------------------------------------
 */

static bool write_all(int file, const void *data, size_t bytes)
{
    const unsigned char *const at = data;
    size_t done = 0;
    while (done < bytes) {
        const ssize_t put = write(file, at + done, bytes - done);
        if (put <= 0) return false;
        done += (size_t)put;
    }
    return true;
}

static unsigned char *cache_image(const char *key, const unsigned char *binary, size_t bytes,
                                  size_t *image_bytes)
{
    cache_header header = {.key_bytes = strlen(key), .binary_bytes = bytes};
    uint64_t sum[2];
    const size_t body = sizeof header + header.key_bytes + bytes;
    unsigned char *const image = malloc(body + sizeof sum);
    if (!image) return NULL;
    memcpy(header.magic, CACHE_MAGIC, sizeof header.magic);
    memcpy(image, &header, sizeof header);
    memcpy(image + sizeof header, key, header.key_bytes);
    memcpy(image + sizeof header + header.key_bytes, binary, bytes);
    ocl_hash(image, body, sum);
    memcpy(image + body, sum, sizeof sum);
    *image_bytes = body + sizeof sum;
    return image;
}

/* One look at the folder: bytes of all, and the name of the oldest (256 bytes; empty: none). */
static uint64_t cache_look(const char *folder, char *oldest)
{
    DIR *const stream = opendir(folder);
    struct dirent *entry = NULL;
    struct timespec first = {0};
    uint64_t total = 0;
    oldest[0] = 0;
    for (int i = 0; stream && i < CACHE_FILES_MAX && (entry = readdir(stream)) != NULL; ++i) {
        struct stat told;
        const size_t length = strlen(entry->d_name), suffix = strlen(CACHE_SUFFIX);
        const bool temp = strncmp(entry->d_name, CACHE_TEMP_PREFIX, strlen(CACHE_TEMP_PREFIX)) == 0;
        const bool ours =
            length > suffix && strcmp(entry->d_name + length - suffix, CACHE_SUFFIX) == 0;
        if ((!temp && !ours) || length >= 256) continue;
        if (fstatat(dirfd(stream), entry->d_name, &told, AT_SYMLINK_NOFOLLOW) != 0) continue;
        if (temp) {
            if (told.st_mtime < time(NULL) - CACHE_TEMP_AGE)
                (void)unlinkat(dirfd(stream), entry->d_name, 0);
            continue;
        }
        total += (uint64_t)told.st_size;
        if (oldest[0] &&
            (told.st_mtim.tv_sec > first.tv_sec ||
             (told.st_mtim.tv_sec == first.tv_sec && told.st_mtim.tv_nsec >= first.tv_nsec)))
            continue;
        first = told.st_mtim;
        memcpy(oldest, entry->d_name, length + 1);
    }
    if (stream) closedir(stream);
    return total;
}

static void cache_shrink(const char *folder)
{
    char oldest[256], path[CACHE_PATH_MAX + 300];
    for (int i = 0; i < CACHE_DROPS_MAX; ++i) {
        if (cache_look(folder, oldest) <= CACHE_BYTES_MAX || !oldest[0]) return;
        snprintf(path, sizeof path, "%s/%s", folder, oldest);
        if (unlink(path) != 0) return;
    }
}

void ocl_cache_put(const char *key, const unsigned char *binary, size_t bytes)
{
    char folder[CACHE_PATH_MAX], path[CACHE_PATH_MAX + 64], temp[CACHE_PATH_MAX + 64];
    unsigned char *image = NULL;
    size_t image_bytes = 0;
    int file = -1;
    if (!cache_folder(folder, sizeof folder) || !cache_file(key, path, sizeof path)) return;
    image = cache_image(key, binary, bytes, &image_bytes);
    if (!image || image_bytes > CACHE_FILE_MAX) goto out;
    snprintf(temp, sizeof temp, "%s/%sXXXXXX", folder, CACHE_TEMP_PREFIX);
    file = mkostemp(temp, O_CLOEXEC);
    if (file < 0) goto out;
    bool whole = write_all(file, image, image_bytes);
    whole = close(file) == 0 && whole;
    if (!whole || rename(temp, path) != 0) (void)unlink(temp);
    else cache_shrink(folder);
out:
    free(image);
}
