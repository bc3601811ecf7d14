/* driver.c - runs a fuzz target without libFuzzer: first over the files of a folder as they are,
 * then over random changes of them. "DRIVER FOLDER [COUNT]"; TANDEM_SEED sets the seed, which is
 * printed. The target traps when something is wrong, and then the input stands in the file that
 * is named at the start. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX 512
#define BYTES_MAX ((size_t)1 << 18)
#define COUNT     3000

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

typedef struct input {
    unsigned char *data;
    size_t bytes;
} input;

static input inputs[FILES_MAX];
static size_t input_count;
static uint64_t state;
static char last_path[64];
static int last_fd = -1;
static unsigned char *last;

static uint64_t random_bits(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static size_t below(size_t bound)
{
    return bound ? (size_t)(random_bits() % bound) : 0;
}

/* The input is put into a mapped file, which outlives a crash and costs no call to the disk. */
static int keep_open(void)
{
    snprintf(last_path, sizeof last_path, "/tmp/tandem-fuzz-%ld", (long)getpid());
    last_fd = open(last_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (last_fd < 0) return -1;
    last = mmap(NULL, BYTES_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, last_fd, 0);
    return last == MAP_FAILED ? -1 : 0;
}

static void run(const unsigned char *data, size_t bytes)
{
    if (ftruncate(last_fd, (off_t)bytes) == 0) memcpy(last, data, bytes);
    LLVMFuzzerTestOneInput(data, bytes);
}

static int read_folder(const char *folder)
{
    char path[1024];
    DIR *entries = opendir(folder);
    if (!entries) return -1;
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        struct stat info;
        snprintf(path, sizeof path, "%.700s/%.255s", folder, entry->d_name);
        if (input_count == FILES_MAX || stat(path, &info) != 0 || !S_ISREG(info.st_mode)) continue;
        FILE *file = fopen(path, "rb");
        input one = {malloc(BYTES_MAX), 0};
        if (!file || !one.data) return -1;
        one.bytes = fread(one.data, 1, BYTES_MAX, file);
        fclose(file);
        inputs[input_count++] = one;
    }
    closedir(entries);
    return 0;
}

static int by_content(const void *a, const void *b)
{
    const input *x = a, *y = b;
    const size_t bytes = x->bytes < y->bytes ? x->bytes : y->bytes;
    const int order = memcmp(x->data, y->data, bytes);
    return order ? order : (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

/* Puts bytes of one input, or the same bytes again, over or into another place. */
static size_t graft(unsigned char *data, size_t bytes)
{
    const input *other = &inputs[below(input_count)];
    const size_t from = below(other->bytes), to = below(bytes + 1);
    size_t count = below(other->bytes - from < 64 ? other->bytes - from + 1 : 64);
    if (random_bits() % 2) {
        if (bytes + count > BYTES_MAX) return bytes;
        memmove(data + to + count, data + to, bytes - to);
        bytes += count;
    } else if (count > bytes - to) {
        count = bytes - to;
    }
    memcpy(data + to, other->data + from, count);
    return bytes;
}

static size_t cut(unsigned char *data, size_t bytes)
{
    const size_t from = below(bytes), count = below(bytes - from < 64 ? bytes - from + 1 : 64);
    memmove(data + from, data + from + count, bytes - from - count);
    return bytes - count;
}

static size_t change(unsigned char *data, size_t bytes)
{
    static const unsigned char odd[] = {0,   0xff, 0x7f, 0x80, '"', ',', '\n', '\r', '-',  '.',
                                        'e', ':',  ';',  '\t', ' ', '9', 1,    2,    0xfe, 0x40};
    if (bytes == 0) return graft(data, bytes);
    switch (random_bits() % 6) {
    case 0: data[below(bytes)] ^= (unsigned char)(1u << random_bits() % 8); break;
    case 1: data[below(bytes)] = odd[below(sizeof odd)]; break;
    case 2: data[below(bytes)] = (unsigned char)random_bits(); break;
    case 3: return cut(data, bytes);
    case 4: return graft(data, bytes);
    default: data[below(bytes < 100 ? bytes : 100)] = (unsigned char)random_bits(); break;
    }
    return bytes;
}

int main(int argc, char **argv)
{
    if (LLVMFuzzerInitialize) LLVMFuzzerInitialize(&argc, &argv);
    const char *seed = getenv("TANDEM_SEED");
    unsigned char *data = malloc(BYTES_MAX);
    const long count = argc > 2 ? strtol(argv[2], NULL, 10) : COUNT;
    state = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
    if (argc < 2 || !data || read_folder(argv[1]) != 0 || input_count == 0) {
        fprintf(stderr, "%s: no inputs in %s\n", argv[0], argc > 1 ? argv[1] : "(no folder)");
        return 1;
    }
    if (keep_open() != 0) {
        perror(last_path);
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("seed TANDEM_SEED=%" PRIu64 "\nthe input of a crash stays in %s\n", state, last_path);
    qsort(inputs, input_count, sizeof inputs[0], by_content);
    for (size_t i = 0; i < input_count; ++i)
        run(inputs[i].data, inputs[i].bytes);
    for (long i = 0; i < count; ++i) {
        const input *base = &inputs[below(input_count)];
        size_t bytes = base->bytes;
        memcpy(data, base->data, bytes);
        for (size_t k = 1 + below(8); k > 0; --k)
            bytes = change(data, bytes);
        run(data, bytes);
    }
    unlink(last_path);
    printf("%zu inputs and %ld changes of them\n", input_count, count);
    for (size_t i = 0; i < input_count; ++i)
        free(inputs[i].data);
    free(data);
    return 0;
}
