/* JSON, the only user of cJSON.
 *
 * Reading: a strict parse of a byte range (nesting and size limits, no duplicate keys, nothing but white space
 * behind the value), then typed look-ups that give a sentence when a member is missing or of the wrong type.
 * Writing: a builder whose output has a fixed member order and prints doubles so that they read back exactly.
 * Thread rule: a document belongs to one thread. */
#ifndef LAD_BASE_JSON_H
#define LAD_BASE_JSON_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cJSON lad_json; /* opaque to everyone else */

/* Parses exactly size_bytes (no NUL needed).  max_depth counts nested objects and arrays.  Rejects invalid
 * UTF-8, the character NUL, duplicate keys (compared after unescaping) and trailing bytes; max_depth <= 500.  *out is
 * the caller's (lad_json_destroy). `what` names the document in sentences, e.g. "defects_config.json". */
LAD_MUST_CHECK lad_status lad_json_parse(const void *bytes, size_t size_bytes, size_t max_depth, const char *what,
                                         lad_json **out, lad_error *err);
void lad_json_destroy(lad_json **json);

/* Look-ups; json may be NULL (then: not found).  Returned pointers live as long as the document. */
const lad_json *lad_json_get(const lad_json *object, const char *key);        /* NULL: no such member */
size_t lad_json_length(const lad_json *array_or_object);                      /* 0 for anything else */
const lad_json *lad_json_item(const lad_json *array_or_object, size_t index); /* walks: use for the first one */
const lad_json *lad_json_next(const lad_json *item);                          /* what follows an item; NULL: none */
const char *lad_json_key(const lad_json *member);                             /* name of an object's member */
bool lad_json_is_object(const lad_json *json);
bool lad_json_is_array(const lad_json *json);
const char *lad_json_string(const lad_json *json);       /* NULL: not a string */
bool lad_json_number(const lad_json *json, double *out); /* false: not a finite number */
bool lad_json_bool(const lad_json *json, bool *out);
/* A whole number in [0, 2^48), written without sign, fraction, exponent or leading zeros: false otherwise. */
bool lad_json_size(const lad_json *json, uint64_t *out);

/* Builders.  Each returns the new value or NULL when memory ran out; adding NULL is remembered, so that only
 * lad_json_print needs to be checked.  The parent owns what is added; destroy the root. */
lad_json *lad_json_new_object(void);
lad_json *lad_json_new_array(void);
lad_json *lad_json_add_object(lad_json *parent, const char *key); /* key NULL: append to an array */
lad_json *lad_json_add_array(lad_json *parent, const char *key);
void lad_json_add_string(lad_json *parent, const char *key, const char *value); /* bytes not UTF-8 become '?' */
void lad_json_add_number(lad_json *parent, const char *key, double value);      /* NaN and infinity become null */
void lad_json_add_bool(lad_json *parent, const char *key, bool value);
void lad_json_add_null(lad_json *parent, const char *key);

/* Text with a final newline, indented or in one line; caller frees with lad_free.  LAD_ERR_NOMEM when this or
 * an earlier addition ran out of memory. */
LAD_MUST_CHECK lad_status lad_json_print(const lad_json *json, bool indented, char **text);

#endif
