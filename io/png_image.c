/* png_image.c - libpng into memory. libpng reports errors by longjmp, so what must survive one
 * lives in a struct outside the function that calls setjmp. */
#include "io/png_image.h"

#include "io/file.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#define PNG_FIRST_BYTES ((size_t)1 << 16)
#define PNG_SIDE_MAX    1000000u /* libpng's own limit of width and height */
#define PNG_LEVEL       6

typedef struct image {
    const uint8_t *pixels;
    uint32_t width, height, channels;
    uint8_t *data; /* room bytes, of which bytes are filled */
    size_t bytes, room;
    bool no_memory;
    png_structp png;
    png_infop info;
    char why[96];
} image;

static void on_error(png_structp png, png_const_charp message)
{
    image *m = png_get_error_ptr(png);
    strncpy(m->why, message, sizeof m->why - 1);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void on_data(png_structp png, png_bytep data, size_t bytes)
{
    image *m = png_get_io_ptr(png);
    if (bytes > m->room - m->bytes) {
        size_t room = m->room ? m->room : PNG_FIRST_BYTES;
        while (room - m->bytes < bytes)
            room *= 2;
        uint8_t *grown = realloc(m->data, room);
        if (!grown) {
            m->no_memory = true;
            png_error(png, "no memory");
        }
        m->data = grown;
        m->room = room;
    }
    memcpy(m->data + m->bytes, data, bytes);
    m->bytes += bytes;
}

static void on_flush(png_structp png)
{
    (void)png;
}

/* False after an error: then why says what. Everything libpng made is in m. */
static bool image_write(image *m)
{
    const int color = m->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB;
    const size_t stride = (size_t)m->width * m->channels;
    if (setjmp(png_jmpbuf(m->png))) return false;
    png_set_write_fn(m->png, m, on_data, on_flush);
    png_set_compression_level(m->png, PNG_LEVEL);
    png_set_IHDR(m->png, m->info, m->width, m->height, 8, color, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(m->png, m->info);
    for (uint32_t y = 0; y < m->height; ++y)
        png_write_row(m->png, m->pixels + y * stride);
    png_write_end(m->png, NULL);
    return true;
}

static td_status image_check(const image *m, td_error *err)
{
    if (!m->pixels) return td_fail(err, TD_E_BAD_ARGUMENT, "png: pixels are missing");
    if (m->width < 1 || m->width > PNG_SIDE_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "png: width is %u, allowed 1 to %u", m->width,
                       PNG_SIDE_MAX);
    if (m->height < 1 || m->height > PNG_SIDE_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "png: height is %u, allowed 1 to %u", m->height,
                       PNG_SIDE_MAX);
    if (m->channels != 1 && m->channels != 3)
        return td_fail(err, TD_E_OUT_OF_RANGE, "png: channels is %u, allowed 1 or 3", m->channels);
    return TD_OK;
}

td_status png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels,
                     uint8_t **out, size_t *bytes, td_error *err)
{
    image m;
    memset(&m, 0, sizeof m);
    m.pixels = pixels;
    m.width = width;
    m.height = height;
    m.channels = channels;
    td_status status = image_check(&m, err);
    if (status) return status;
    m.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &m, on_error, on_warning);
    if (m.png) m.info = png_create_info_struct(m.png);
    if (!m.png || !m.info) {
        status = td_fail(err, TD_E_NO_MEMORY, "png: no memory for the encoder");
    } else if (!image_write(&m)) {
        status = td_fail(err, m.no_memory ? TD_E_NO_MEMORY : TD_E_INTERNAL,
                         "png: %u x %u pixels: %s", width, height, m.why);
    } else {
        *out = m.data;
        *bytes = m.bytes;
        m.data = NULL;
    }
    png_destroy_write_struct(&m.png, &m.info);
    free(m.data);
    return status;
}

td_status png_write(const char *path, const uint8_t *pixels, uint32_t width, uint32_t height,
                    uint32_t channels, td_error *err)
{
    uint8_t *data = NULL;
    size_t bytes = 0;
    td_status status = png_encode(pixels, width, height, channels, &data, &bytes, err);
    if (!status) status = file_write(path, data, bytes, err);
    free(data);
    return status;
}
