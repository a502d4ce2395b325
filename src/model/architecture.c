#include "model/architecture.h"

#include <assert.h>
#include <string.h>

/* Widths of a patch description network: the size's only parameters. */
typedef struct pdn_widths {
    const char *name;
    size_t conv1, conv2, channels;
    bool deep; /* PDN-M's two extra 1x1 convolutions */
} pdn_widths;

static const pdn_widths PDN[] = {
    [LAD_PDN_XS] = {"pdn-xs", 64, 128, 192, false},
    [LAD_PDN_S] = {"pdn-s", 128, 256, 384, false},
    [LAD_PDN_M] = {"pdn-m", 256, 512, 384, true},
};

const char *lad_pdn_name(lad_pdn_size size)
{
    return PDN[size].name;
}

bool lad_pdn_from_name(const char *name, lad_pdn_size *out)
{
    for (size_t i = 0; i < sizeof PDN / sizeof *PDN; i++) {
        if (strcmp(name, PDN[i].name) != 0) continue;
        *out = (lad_pdn_size)i;
        return true;
    }
    return false;
}

size_t lad_pdn_channels(lad_pdn_size size)
{
    return PDN[size].channels;
}

/* What the dense decoder makes of the latent vector at first. */
enum { DENSE_SIDE = 14, DENSE_CHANNELS = 32 };

/* A list of layers being written. */
typedef struct layer_list {
    lad_layer_spec *specs;
    size_t count;
} layer_list;

static lad_layer_spec *append(layer_list *list, lad_layer_kind kind)
{
    assert(list->count < LAD_ARCHITECTURE_MAX_LAYERS);
    lad_layer_spec *spec = &list->specs[list->count++];
    *spec = (lad_layer_spec){.kind = kind};
    return spec;
}

static void conv(layer_list *list, const char *name, size_t oc, size_t kernel, size_t stride, size_t pad, bool relu)
{
    lad_layer_spec *spec = append(list, LAD_LAYER_CONV);
    spec->name = name;
    spec->oc = oc;
    spec->kernel = kernel;
    spec->stride = stride;
    spec->pad = pad;
    spec->relu = relu;
}

static size_t pdn(lad_pdn_size size, size_t out, lad_layer_spec *specs)
{
    const pdn_widths *width = &PDN[size];
    layer_list list = {.specs = specs};
    conv(&list, "conv1", width->conv1, 4, 1, 0, true);
    append(&list, LAD_LAYER_AVGPOOL2);
    conv(&list, "conv2", width->conv2, 4, 1, 0, true);
    append(&list, LAD_LAYER_AVGPOOL2);
    if (width->deep) {
        conv(&list, "conv3", width->conv2, 1, 1, 0, true);
        conv(&list, "conv4", width->conv2, 3, 1, 0, true);
        conv(&list, "conv5", out, 4, 1, 0, true);
        conv(&list, "conv6", out, 1, 1, 0, false);
    } else {
        conv(&list, "conv3", width->conv2, 3, 1, 0, true);
        conv(&list, "conv4", out, 4, 1, 0, false);
    }
    return list.count;
}

size_t lad_architecture_teacher(lad_pdn_size size, lad_layer_spec *specs)
{
    return pdn(size, PDN[size].channels, specs);
}

size_t lad_architecture_student(lad_pdn_size size, lad_layer_spec *specs)
{
    return pdn(size, 2 * PDN[size].channels, specs);
}

static void bilinear(layer_list *list, size_t to)
{
    append(list, LAD_LAYER_BILINEAR)->out = to;
}

/* One step of the paper's decoder: enlarge, then a convolution that makes an even size odd or the reverse. */
static void enlarge(layer_list *list, const char *name, size_t to)
{
    bilinear(list, to);
    conv(list, name, 64, 4, 1, 2, true);
    append(list, LAD_LAYER_DROPOUT)->drop = 0.2f;
}

/* Batzner et al. */
static void decoder(layer_list *list, size_t channels)
{
    enlarge(list, "decoder.deconv1", 3);
    enlarge(list, "decoder.deconv2", 8);
    enlarge(list, "decoder.deconv3", 15);
    enlarge(list, "decoder.deconv4", 32);
    enlarge(list, "decoder.deconv5", 63);
    enlarge(list, "decoder.deconv6", 127);
    bilinear(list, 56);
    conv(list, "decoder.deconv7", 64, 3, 1, 1, true);
    conv(list, "decoder.deconv8", channels, 3, 1, 1, false);
}

/* A dense layer first: it learns within hundreds of steps what the paper's decoder needs tens of thousands for. */
static void dense_decoder(layer_list *list, size_t channels)
{
    conv(list, "decoder.dense", DENSE_SIDE * DENSE_SIDE * DENSE_CHANNELS, 1, 1, 0, true);
    append(list, LAD_LAYER_UNFOLD)->out = DENSE_SIDE;
    bilinear(list, 28);
    conv(list, "decoder.deconv1", 64, 3, 1, 1, true);
    bilinear(list, 56);
    conv(list, "decoder.deconv2", 64, 3, 1, 1, true);
    conv(list, "decoder.deconv3", channels, 3, 1, 1, false);
}

size_t lad_architecture_autoencoder(lad_pdn_size size, lad_layer_spec *specs)
{
    layer_list list = {.specs = specs};
    conv(&list, "encoder.enconv1", 32, 4, 2, 1, true);
    conv(&list, "encoder.enconv2", 32, 4, 2, 1, true);
    conv(&list, "encoder.enconv3", 64, 4, 2, 1, true);
    conv(&list, "encoder.enconv4", 64, 4, 2, 1, true);
    conv(&list, "encoder.enconv5", 64, 4, 2, 1, true);
    conv(&list, "encoder.enconv6", 64, 8, 1, 0, false); /* 8x8 -> the latent vector of 64 */
    (size == LAD_PDN_XS ? dense_decoder : decoder)(&list, PDN[size].channels);
    return list.count;
}
