#include "cli/model.h"

#include "base/alloc.h"
#include "base/file.h"
#include "image/image.h"

#include <string.h>

error_t lad_cli_model_option(int key, char *argument, const struct argp_state *state, lad_cli_model *model)
{
    switch (key) {
    case 'm': model->path = argument; return 0;
    case 't': model->threads = lad_cli_size(state, "--threads", argument, 1, 64); return 0;
    case LAD_CLI_KEY_ISA: model->isa = argument; return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

lad_status lad_cli_model_open(lad_cli_model *model, lad_error *err)
{
    uint8_t *bytes;
    size_t size_bytes;
    lad_status status = lad_context_create(model->threads, model->isa, &model->context);
    if (status == LAD_ERR_UNSUPPORTED)
        return lad_fail(err, status, "The kernels '%s' do not exist in this build or on this processor.", model->isa);
    if (status != LAD_OK) return lad_fail(err, status, "Threads and memory could not be set up.");
    LAD_TRY(lad_file_read(model->path, LAD_CLI_MAX_MODEL_BYTES, &bytes, &size_bytes, err));
    status = lad_open_detector(model->context, bytes, size_bytes, model->path, &model->detector);
    lad_free(bytes);
    if (status == LAD_OK) status = lad_result_create(model->context, model->detector, &model->result);
    if (status != LAD_OK) lad_fail(err, status, "%s", lad_context_error(model->context));
    return status;
}

void lad_cli_model_close(lad_cli_model *model)
{
    lad_result_destroy(&model->result);
    lad_detector_destroy(&model->detector);
    lad_context_destroy(&model->context);
}

lad_status lad_cli_model_run(lad_cli_model *model, const char *image_path, lad_error *err)
{
    uint8_t *bytes;
    size_t size_bytes;
    LAD_TRY(lad_file_read(image_path, LAD_IMAGE_MAX_FILE_BYTES, &bytes, &size_bytes, err));
    lad_status status =
        lad_infer_encoded(model->context, model->detector, bytes, size_bytes, image_path, model->result);
    lad_free(bytes);
    if (status != LAD_OK) lad_fail(err, status, "%s", lad_context_error(model->context));
    return status;
}

void lad_cli_base_name(const char *path, char *name, size_t size_bytes)
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/') end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/') begin--;
    size_t length = end - begin < size_bytes ? end - begin : size_bytes - 1;
    memcpy(name, path + begin, length);
    name[length] = '\0';
}
