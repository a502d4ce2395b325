/* The grammar of JSON (RFC 8259), strictly: what base/json.c checks before cJSON, which is lenient, sees a byte.
 *
 * Accepts exactly: white space, one value, white space.  Rejects bytes that are not UTF-8, control characters
 * in strings, lone surrogates, \u0000 (strings are NUL-terminated here), numbers that are not JSON's, and
 * nesting deeper than a limit.  Thread rule: no shared state. */
#ifndef LAD_BASE_JSON_GRAMMAR_H
#define LAD_BASE_JSON_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL when the bytes are well formed; else what is wrong, as the end of a sentence ("a string does not end"),
 * and its position in *offset. */
const char *lad_json_grammar_check(const uint8_t *bytes, size_t size_bytes, size_t max_depth, size_t *offset);

/* Steps through the numbers of well-formed text, in the order in which they are written: *cursor starts at 0,
 * *plain tells whether the number is digits only, without leading zero.  False when there is none left. */
bool lad_json_grammar_next_number(const uint8_t *bytes, size_t size_bytes, size_t *cursor, bool *plain);

/* Length in bytes of the UTF-8 sequence that starts at bytes[0]; 0 when it is not valid (Unicode, table 3-7). */
size_t lad_utf8_length(const uint8_t *bytes, size_t size_bytes);

#endif
