/* libFuzzer target: parsing any bytes touches nothing outside them, and what is accepted prints as something
 * that is accepted again.  `make fuzz T=json TIME=60` runs it. */
#include "base/alloc.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lad_json *json = NULL, *again = NULL;
    char *text = NULL;
    if (lad_json_parse(data, size, 32, "fuzz", &json, NULL) != LAD_OK) return 0;
    if (lad_json_print(json, false, &text) != LAD_OK) abort();
    if (lad_json_parse(text, strlen(text), 32, "fuzz", &again, NULL) != LAD_OK) abort();
    lad_free(text);
    lad_json_destroy(&again);
    lad_json_destroy(&json);
    return 0;
}
