/* Writes a small model file into the folder given: where fuzzing starts from. */
#include "base/alloc.h"
#include "base/file.h"
#include "model/safetensors.h"

int main(int argc, char **argv)
{
    lad_st_writer *writer = NULL;
    uint8_t *bytes = NULL;
    char *path = NULL;
    size_t size_bytes;
    const float values[3] = {1.0f, -2.0f, 0.5f};
    bool done = argc == 2 && (path = lad_path_join(argv[1], "small.safetensors")) != NULL &&
                lad_st_writer_create(&writer) == LAD_OK && lad_st_writer_meta(writer, "key", "value") == LAD_OK &&
                lad_st_writer_tensor(writer, "a", false, 1, (size_t[]){3}, values) == LAD_OK &&
                lad_st_writer_tensor(writer, "b", true, 2, (size_t[]){1, 2}, values) == LAD_OK &&
                lad_st_writer_finish(writer, &bytes, &size_bytes, NULL) == LAD_OK &&
                lad_file_write(path, bytes, size_bytes, NULL) == LAD_OK;
    lad_st_writer_destroy(&writer);
    lad_free(bytes);
    lad_free(path);
    return !done;
}
