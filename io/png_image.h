/* png_image.h - PNG pictures from memory. */
#ifndef TANDEM_IO_PNG_IMAGE_H
#define TANDEM_IO_PNG_IMAGE_H
#include "tandem/module.h"

/* channels: 1 (grey) or 3 (RGB), 8 bits; rows from the top. Written atomically. */
TD_MUST_USE td_status png_write(const char *path, const uint8_t *pixels, uint32_t width,
                                uint32_t height, uint32_t channels, td_error *err);
/* The same into memory, for pictures inside a page; free(*out). */
TD_MUST_USE td_status png_encode(const uint8_t *pixels, uint32_t width, uint32_t height,
                                 uint32_t channels, uint8_t **out, size_t *bytes, td_error *err);

#endif
