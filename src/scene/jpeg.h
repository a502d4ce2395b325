/* The loss of a baseline JPEG encoder, without the file: colour transform, 8x8 DCT, quantisation and back. */
#ifndef LAD_SCENE_JPEG_H
#define LAD_SCENE_JPEG_H

#include "scene/film.h"

/* film: sRGB levels 0..255; quality 1..100 scales the tables of ITU-T T.81 annex K as libjpeg does.  Chroma keeps
 * its full resolution (4:4:4). */
void lad_jpeg_loss(lad_film *film, float quality, lad_pool *pool);

#endif
