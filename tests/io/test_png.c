/* Pictures: what libpng reads back is what was given. */
#include "io/png_image.h"
#include "tests/check.h"
#include "tests/io/scratch.h"

#include <png.h>

static td_error err = TD_ERROR_INIT;

static void check_picture(const uint8_t *data, size_t bytes, const uint8_t *pixels, uint32_t width,
                          uint32_t height, uint32_t channels)
{
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    CHECK(png_image_begin_read_from_memory(&image, data, bytes));
    CHECK_INT(width, image.width);
    CHECK_INT(height, image.height);
    CHECK_INT(channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB, image.format);
    uint8_t *back = malloc((size_t)width * height * channels);
    CHECK(back != NULL);
    CHECK(png_image_finish_read(&image, NULL, back, 0, NULL));
    CHECK(memcmp(back, pixels, (size_t)width * height * channels) == 0);
    free(back);
}

TEST(encodes_grey_and_colour)
{
    for (int round = 0; round < 40; ++round) {
        const uint32_t width = 1 + (uint32_t)(check_random() % 90);
        const uint32_t height = 1 + (uint32_t)(check_random() % 90);
        const uint32_t channels = round % 2 ? 3 : 1;
        const size_t count = (size_t)width * height * channels;
        uint8_t *pixels = malloc(count), *data = NULL;
        size_t bytes = 0;
        CHECK(pixels != NULL);
        for (size_t i = 0; i < count; ++i)
            pixels[i] = (uint8_t)check_random();
        CHECK_STATUS(TD_OK, png_encode(pixels, width, height, channels, &data, &bytes, &err), &err);
        check_picture(data, bytes, pixels, width, height, channels);
        free(data);
        free(pixels);
    }
}

TEST(encodes_large_pictures_and_the_same_way)
{
    const uint32_t side = 3000;
    uint8_t *pixels = malloc((size_t)side * side), *data = NULL, *again = NULL;
    size_t bytes = 0, same = 0;
    CHECK(pixels != NULL);
    for (size_t i = 0; i < (size_t)side * side; ++i)
        pixels[i] = check_random() % 8 ? 255 : 0;
    CHECK_STATUS(TD_OK, png_encode(pixels, side, side, 1, &data, &bytes, &err), &err);
    CHECK_STATUS(TD_OK, png_encode(pixels, side, side, 1, &again, &same, &err), &err);
    check_picture(data, bytes, pixels, side, side, 1);
    CHECK(bytes == same && memcmp(data, again, bytes) == 0);
    free(again);
    free(data);
    free(pixels);
}

TEST(writes_files)
{
    static const uint8_t pixels[2 * 3 * 3] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3};
    size_t bytes = 0;
    CHECK_STATUS(TD_OK, png_write(scratch("a.png"), pixels, 2, 3, 3, &err), &err);
    uint8_t *data = (uint8_t *)scratch_get(scratch("a.png"), &bytes);
    check_picture(data, bytes, pixels, 2, 3, 3);
    free(data);
    CHECK_STATUS(TD_E_IO, png_write(scratch("none/a.png"), pixels, 2, 3, 3, &err), &err);
    CHECK_HAS("none/a.png", err.message);
}

TEST(refuses_what_is_no_picture)
{
    const uint8_t pixel[3] = {0};
    uint8_t *data = NULL;
    size_t bytes = 0;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, png_encode(NULL, 1, 1, 1, &data, &bytes, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, png_encode(pixel, 0, 1, 1, &data, &bytes, &err), &err);
    CHECK_TEXT("png: width is 0, allowed 1 to 1000000", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, png_encode(pixel, 1, 1000001, 1, &data, &bytes, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, png_encode(pixel, 1, 1, 2, &data, &bytes, &err), &err);
    CHECK_TEXT("png: channels is 2, allowed 1 or 3", err.message);
    CHECK(data == NULL);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(encodes_grey_and_colour),
                                     RUN(encodes_large_pictures_and_the_same_way),
                                     RUN(writes_files),
                                     RUN(refuses_what_is_no_picture),
                                     {0}});
}
