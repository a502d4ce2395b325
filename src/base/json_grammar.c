#include "base/json_grammar.h"

#include <string.h>

/* A position in the text.  Every rule moves `at` past what it accepts, or sets `problem` and returns false. */
typedef struct scanner {
    const uint8_t *bytes;
    size_t size, at, max_depth;
    const char *problem;
} scanner;

static bool fail(scanner *s, const char *problem)
{
    s->problem = problem;
    return false;
}

/* The byte at the position; -1 at the end. */
static int peek(const scanner *s)
{
    return s->at < s->size ? s->bytes[s->at] : -1;
}

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static void skip_space(scanner *s)
{
    for (int c = peek(s); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(s)) s->at++;
}

size_t lad_utf8_length(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes == 0) return 0;
    uint8_t first = bytes[0];
    if (first < 0x80) return 1;
    size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                    : (first & 0xf0) == 0xe0         ? 3
                    : first >= 0xf0 && first <= 0xf4 ? 4
                                                     : 0;
    if (length == 0 || length > size_bytes) return 0;
    /* The second byte's range excludes overlong forms, surrogates and values above U+10FFFF. */
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (bytes[1] < low || bytes[1] > high) return 0;
    for (size_t i = 2; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) return 0;
    }
    return length;
}

/* Four hexadecimal digits, -1 when they are not. */
static int32_t hex4(scanner *s)
{
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(s);
        int digit = is_digit(c)            ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        value = value * 16 + digit;
        s->at++;
    }
    return value;
}

static bool scan_escape(scanner *s)
{
    s->at++; /* the backslash */
    int c = peek(s);
    if (c < 0 || c == 0) return fail(s, "a string does not end");
    if (c != 'u') {
        if (!strchr("\"\\/bfnrt", c)) return fail(s, "a string has an unknown escape");
        s->at++;
        return true;
    }
    s->at++;
    int32_t unit = hex4(s);
    if (unit < 0) return fail(s, "\\u is not followed by four hexadecimal digits");
    if (unit == 0) return fail(s, "a string contains the character NUL");
    if (unit >= 0xdc00 && unit <= 0xdfff) return fail(s, "a string has half a surrogate pair");
    if (unit < 0xd800 || unit > 0xdbff) return true;
    if (peek(s) != '\\') return fail(s, "a string has half a surrogate pair");
    s->at++;
    if (peek(s) != 'u') return fail(s, "a string has half a surrogate pair");
    s->at++;
    unit = hex4(s);
    return (unit >= 0xdc00 && unit <= 0xdfff) || fail(s, "a string has half a surrogate pair");
}

static bool scan_string(scanner *s)
{
    if (peek(s) != '"') return fail(s, "a string is expected");
    s->at++;
    for (;;) {
        int c = peek(s);
        if (c < 0) return fail(s, "a string does not end");
        if (c < 0x20) return fail(s, "a string contains a control character");
        if (c == '"') {
            s->at++;
            return true;
        }
        if (c == '\\') {
            if (!scan_escape(s)) return false;
            continue;
        }
        size_t length = lad_utf8_length(s->bytes + s->at, s->size - s->at);
        if (length == 0) return fail(s, "a byte is not UTF-8");
        s->at += length;
    }
}

static bool scan_digits(scanner *s)
{
    if (!is_digit(peek(s))) return fail(s, "a digit is missing in a number");
    while (is_digit(peek(s))) s->at++;
    return true;
}

static bool scan_number_parts(scanner *s)
{
    if (peek(s) == '-') s->at++;
    if (peek(s) == '0') {
        s->at++;
        if (is_digit(peek(s))) return fail(s, "a number starts with a superfluous zero");
    } else if (!scan_digits(s)) {
        return false;
    }
    if (peek(s) == '.') {
        s->at++;
        if (!scan_digits(s)) return false;
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        if (peek(s) == '+' || peek(s) == '-') s->at++;
        if (!scan_digits(s)) return false;
    }
    return true;
}

/* cJSON reads numbers through a buffer of 64 bytes, and would misread longer ones. */
static bool scan_number(scanner *s)
{
    size_t start = s->at;
    if (!scan_number_parts(s)) return false;
    return s->at - start <= 60 || fail(s, "a number has more than 60 characters");
}

static bool scan_word(scanner *s, const char *word)
{
    size_t length = strlen(word);
    if (s->size - s->at < length || memcmp(s->bytes + s->at, word, length) != 0) return fail(s, "a value is expected");
    s->at += length;
    return true;
}

static bool scan_value(scanner *s, size_t depth);

/* An object or an array; they differ in the bracket and in the key before each value. */
static bool scan_container(scanner *s, size_t depth, bool object)
{
    int close = object ? '}' : ']';
    if (depth > s->max_depth) return fail(s, "values are nested too deeply");
    s->at++;
    skip_space(s);
    if (peek(s) == close) {
        s->at++;
        return true;
    }
    for (;;) {
        skip_space(s);
        if (object) {
            if (!scan_string(s)) return false;
            skip_space(s);
            if (peek(s) != ':') return fail(s, "a colon is expected");
            s->at++;
            skip_space(s);
        }
        if (!scan_value(s, depth)) return false;
        skip_space(s);
        int c = peek(s);
        if (c != ',' && c != close) return fail(s, object ? "a comma or } is expected" : "a comma or ] is expected");
        s->at++;
        if (c == close) return true;
    }
}

/* depth: containers around this value. */
static bool scan_value(scanner *s, size_t depth)
{
    switch (peek(s)) {
    case '{': return scan_container(s, depth + 1, true);
    case '[': return scan_container(s, depth + 1, false);
    case '"': return scan_string(s);
    case 't': return scan_word(s, "true");
    case 'f': return scan_word(s, "false");
    case 'n': return scan_word(s, "null");
    default: break;
    }
    if (peek(s) == '-' || is_digit(peek(s))) return scan_number(s);
    return fail(s, "a value is expected");
}

const char *lad_json_grammar_check(const uint8_t *bytes, size_t size_bytes, size_t max_depth, size_t *offset)
{
    scanner s = {.bytes = bytes, .size = size_bytes, .max_depth = max_depth};
    skip_space(&s);
    if (scan_value(&s, 0)) {
        skip_space(&s);
        if (s.at < s.size) fail(&s, "there are bytes behind the value");
    }
    *offset = s.at;
    return s.problem;
}

bool lad_json_grammar_next_number(const uint8_t *bytes, size_t size_bytes, size_t *cursor, bool *plain)
{
    size_t at = *cursor;
    while (at < size_bytes && bytes[at] != '-' && !is_digit(bytes[at])) {
        if (bytes[at++] != '"') continue;
        while (bytes[at] != '"') at += bytes[at] == '\\' ? 2 : 1;
        at++;
    }
    if (at >= size_bytes) return false;
    *plain = true; /* the grammar has no leading zeros, so a number of digits alone is plain */
    for (; at < size_bytes && (is_digit(bytes[at]) || (bytes[at] != 0 && strchr("+-.eE", bytes[at]))); at++) {
        if (!is_digit(bytes[at])) *plain = false;
    }
    *cursor = at;
    return true;
}
