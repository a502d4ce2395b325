#include "base/json.h"

#include "base/alloc.h"
#include "base/json_grammar.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cJSON reads only the low byte of an item's type and its two flag bits (256, 512); the bits above are ours. */
enum {
    FLAG_PLAIN = 1 << 16,     /* a number written with digits only */
    FLAG_INCOMPLETE = 1 << 17 /* something could not be added below this value: memory ran out */
};

/* ---- reading ---------------------------------------------------------------------------------------------- */

/* Marks plain numbers.  cJSON keeps no text of a number, but the tree holds them in the order of the text. */
static void mark_plain(cJSON *item, const uint8_t *bytes, size_t size_bytes, size_t *cursor)
{
    for (; item; item = item->next) {
        bool plain;
        if (cJSON_IsNumber(item) && lad_json_grammar_next_number(bytes, size_bytes, cursor, &plain) && plain) {
            item->type |= FLAG_PLAIN;
        }
        mark_plain(item->child, bytes, size_bytes, cursor);
    }
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorting keeps an object of 100 000 members from costing 10^10 comparisons. */
static lad_status check_members(const cJSON *object, const char *what, lad_error *err)
{
    size_t count = lad_json_length(object), i = 0;
    const char **keys = lad_alloc(count, sizeof *keys);
    if (!keys) return lad_fail(err, LAD_ERR_NOMEM, "%s cannot be parsed: out of memory.", what);
    for (const cJSON *member = object->child; member; member = member->next) keys[i++] = member->string;
    if (count > 1) qsort(keys, count, sizeof *keys, compare_keys);
    lad_status status = LAD_OK;
    for (i = 1; i < count && status == LAD_OK; i++) {
        if (strcmp(keys[i - 1], keys[i]) == 0) {
            status = lad_fail(err, LAD_ERR_FORMAT, "%s has the key \"%.64s\" twice in one object.", what, keys[i]);
        }
    }
    lad_free(keys);
    return status;
}

static lad_status check_unique(const cJSON *item, const char *what, lad_error *err)
{
    for (; item; item = item->next) {
        if (cJSON_IsObject(item)) LAD_TRY(check_members(item, what, err));
        LAD_TRY(check_unique(item->child, what, err));
    }
    return LAD_OK;
}

lad_status lad_json_parse(const void *bytes, size_t size_bytes, size_t max_depth, const char *what, lad_json **out,
                          lad_error *err)
{
    size_t offset;
    const char *problem = lad_json_grammar_check(bytes, size_bytes, max_depth, &offset);
    if (problem) {
        return lad_fail(err, LAD_ERR_FORMAT, "%s is not valid JSON: %s at byte %zu.", what, problem, offset);
    }
    cJSON *json = cJSON_ParseWithLength(bytes, size_bytes);
    /* The grammar is stricter than cJSON's, so only memory (or cJSON's own depth of 1000) can stop it here. */
    if (!json) return lad_fail(err, LAD_ERR_NOMEM, "%s cannot be parsed: out of memory.", what);
    lad_status status = check_unique(json, what, err);
    if (status != LAD_OK) {
        cJSON_Delete(json);
        return status;
    }
    size_t cursor = 0;
    mark_plain(json, bytes, size_bytes, &cursor);
    *out = json;
    return LAD_OK;
}

void lad_json_destroy(lad_json **json)
{
    cJSON_Delete(*json);
    *json = NULL;
}

const lad_json *lad_json_get(const lad_json *object, const char *key)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

size_t lad_json_length(const lad_json *array_or_object)
{
    if (!cJSON_IsArray(array_or_object) && !cJSON_IsObject(array_or_object)) return 0;
    size_t count = 0;
    for (const cJSON *item = array_or_object->child; item; item = item->next) count++;
    return count;
}

const lad_json *lad_json_item(const lad_json *array_or_object, size_t index)
{
    if (!cJSON_IsArray(array_or_object) && !cJSON_IsObject(array_or_object)) return NULL;
    const cJSON *item = array_or_object->child;
    while (item && index-- > 0) item = item->next;
    return item;
}

const lad_json *lad_json_next(const lad_json *item)
{
    return item ? item->next : NULL;
}

const char *lad_json_key(const lad_json *member)
{
    return member ? member->string : NULL;
}

bool lad_json_is_object(const lad_json *json)
{
    return cJSON_IsObject(json);
}

bool lad_json_is_array(const lad_json *json)
{
    return cJSON_IsArray(json);
}

const char *lad_json_string(const lad_json *json)
{
    return cJSON_IsString(json) ? json->valuestring : NULL;
}

bool lad_json_number(const lad_json *json, double *out)
{
    if (!cJSON_IsNumber(json) && !cJSON_IsRaw(json)) return false; /* raw: see lad_json_add_number */
    if (!isfinite(json->valuedouble)) return false;
    *out = json->valuedouble;
    return true;
}

bool lad_json_bool(const lad_json *json, bool *out)
{
    if (!cJSON_IsBool(json)) return false;
    *out = cJSON_IsTrue(json);
    return true;
}

bool lad_json_size(const lad_json *json, uint64_t *out)
{
    if (!cJSON_IsNumber(json) || !(json->type & FLAG_PLAIN) || !(json->valuedouble < 0x1p48)) return false;
    *out = (uint64_t)json->valuedouble; /* exact: below 2^53 */
    return true;
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

/* Adds item to parent and returns it; on failure marks the parent, frees item and returns NULL. */
static cJSON *add(cJSON *parent, const char *key, cJSON *item)
{
    if (!parent) {
        cJSON_Delete(item);
        return NULL;
    }
    if (item && (key ? cJSON_AddItemToObject(parent, key, item) : cJSON_AddItemToArray(parent, item))) return item;
    cJSON_Delete(item);
    parent->type |= FLAG_INCOMPLETE;
    return NULL;
}

lad_json *lad_json_new_object(void)
{
    return cJSON_CreateObject();
}

lad_json *lad_json_new_array(void)
{
    return cJSON_CreateArray();
}

lad_json *lad_json_add_object(lad_json *parent, const char *key)
{
    return add(parent, key, cJSON_CreateObject());
}

lad_json *lad_json_add_array(lad_json *parent, const char *key)
{
    return add(parent, key, cJSON_CreateArray());
}

void lad_json_add_string(lad_json *parent, const char *key, const char *value)
{
    cJSON *item = cJSON_CreateString(value);
    if (item) {
        /* File names may be any bytes; what is written must read back. */
        uint8_t *text = (uint8_t *)item->valuestring;
        for (size_t left = strlen(value), step; left > 0; text += step, left -= step) {
            step = lad_utf8_length(text, left);
            if (step == 0) *text = '?', step = 1;
        }
    }
    add(parent, key, item);
}

void lad_json_add_number(lad_json *parent, const char *key, double value)
{
    if (!isfinite(value)) {
        lad_json_add_null(parent, key);
        return;
    }
    /* The shortest of 15 to 17 digits that reads back exactly; cJSON's own printing compares with a tolerance. */
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    cJSON *item = add(parent, key, cJSON_CreateRaw(text));
    if (item) item->valuedouble = value;
}

void lad_json_add_bool(lad_json *parent, const char *key, bool value)
{
    add(parent, key, cJSON_CreateBool(value));
}

void lad_json_add_null(lad_json *parent, const char *key)
{
    add(parent, key, cJSON_CreateNull());
}

static bool is_complete(const cJSON *item)
{
    for (; item; item = item->next) {
        if ((item->type & FLAG_INCOMPLETE) || !is_complete(item->child)) return false;
    }
    return true;
}

lad_status lad_json_print(const lad_json *json, bool indented, char **text)
{
    if (!json || !is_complete(json)) return LAD_ERR_NOMEM;
    char *printed = indented ? cJSON_Print(json) : cJSON_PrintUnformatted(json);
    if (!printed) return LAD_ERR_NOMEM;
    size_t length = strlen(printed);
    char *copy = lad_alloc(length + 2, 1);
    if (copy) {
        memcpy(copy, printed, length);
        memcpy(copy + length, "\n", 2);
        *text = copy;
    }
    cJSON_free(printed);
    return copy ? LAD_OK : LAD_ERR_NOMEM;
}
