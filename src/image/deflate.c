#include "image/deflate.h"

#include "base/alloc.h"

#include <stdbool.h>
#include <string.h>

enum {
    BLOCK_BYTES = 1 << 16, /* input of one block: one set of codes */
    END = 256,             /* symbol: the block ends */
    SYMBOLS = 286,         /* literals, END, lengths of matches */
    LENGTH_SYMBOLS = 19,   /* how long the codes are, in a code of their own */
    MIN_RUN = 4,           /* shorter ones cost more than their literals */
    MAX_RUN = 258,
    MAX_CODE_BITS = 15
};

lad_status lad_bytes_reserve(lad_bytes *bytes, size_t more_bytes)
{
    size_t needed;
    if (!lad_size_add(bytes->used_bytes, more_bytes, &needed)) return LAD_ERR_NOMEM;
    if (needed <= bytes->room_bytes) return LAD_OK;
    size_t room = needed > SIZE_MAX / 2 ? needed : 2 * needed;
    uint8_t *at = lad_alloc(room, 1);
    if (!at) return LAD_ERR_NOMEM;
    if (bytes->at) memcpy(at, bytes->at, bytes->used_bytes);
    lad_free(bytes->at);
    bytes->at = at;
    bytes->room_bytes = room;
    return LAD_OK;
}

/* A prefix code; symbols of length 0 have none. */
typedef struct code {
    uint8_t length[SYMBOLS];
    uint16_t bits[SYMBOLS]; /* first bit lowest, as they are sent */
} code;

/* Bits that are not whole bytes yet; there is room for what a block can take, and eight bytes more. */
typedef struct bit_writer {
    uint8_t *at;
    uint64_t bits;
    unsigned count;
} bit_writer;

/* At most 56 bits. */
static inline void put(bit_writer *w, uint64_t bits, unsigned count)
{
    w->bits |= bits << w->count;
    w->count += count;
    /* All eight bytes, of which the whole ones count: a branch would be mispredicted more often than not. */
    for (int i = 0; i < 8; i++) w->at[i] = (uint8_t)(w->bits >> (8 * i));
    w->at += w->count / 8;
    w->bits >>= w->count / 8 * 8;
    w->count %= 8;
}

/* --- making a code --- */

/* Huffman's (1952) lengths: symbols in the order of their counts, and the queue of the nodes made of them, which
 * grows in that order too.  Returns the largest. */
static int huffman_lengths(const uint32_t *counts, int symbols, uint8_t *lengths)
{
    int order[SYMBOLS], used = 0;
    for (int s = 0; s < symbols; s++) {
        lengths[s] = 0;
        if (!counts[s]) continue;
        int i = used++;
        for (; i > 0 && counts[order[i - 1]] > counts[s]; i--) order[i] = order[i - 1];
        order[i] = s;
    }
    if (used == 1) {
        lengths[order[0]] = 1;
        return 1;
    }
    /* Nodes 0..used-1 are the symbols, the rest their joins; the last one is the root. */
    uint32_t weight[2 * SYMBOLS];
    int parent[2 * SYMBOLS], leaf = 0, join = used, nodes = used;
    for (int i = 0; i < used; i++) weight[i] = counts[order[i]];
    while (nodes < 2 * used - 1) {
        weight[nodes] = 0;
        for (int child = 0; child < 2; child++) {
            bool from_leaves = leaf < used && (join == nodes || weight[leaf] <= weight[join]);
            int node = from_leaves ? leaf++ : join++;
            parent[node] = nodes;
            weight[nodes] += weight[node];
        }
        nodes++;
    }
    int depth[2 * SYMBOLS], deepest = 0;
    depth[nodes - 1] = 0;
    for (int i = nodes - 2; i >= 0; i--) {
        depth[i] = depth[parent[i]] + 1;
        if (i >= used) continue;
        lengths[order[i]] = (uint8_t)depth[i];
        if (depth[i] > deepest) deepest = depth[i];
    }
    return deepest;
}

/* Counts become flatter until no code is longer than limit.  Then bits are dealt out by length (RFC 1951, 3.2.2). */
static void make_code(uint32_t *counts, int symbols, int limit, code *c)
{
    while (huffman_lengths(counts, symbols, c->length) > limit) {
        for (int s = 0; s < symbols; s++) counts[s] = (counts[s] + 1) / 2;
    }
    uint32_t next = 0;
    for (int length = 1; length <= limit; length++) {
        for (int s = 0; s < symbols; s++) {
            if (c->length[s] != length) continue;
            uint32_t forward = next++, reversed = 0;
            for (int i = 0; i < length; i++) reversed |= (forward >> i & 1) << (length - 1 - i);
            c->bits[s] = (uint16_t)reversed;
        }
        next <<= 1;
    }
}

/* --- what is sent --- */

/* Length of a match: its symbol, and extra bits. */
typedef struct run_length {
    int symbol;
    uint32_t extra;
    unsigned extra_bits;
} run_length;

static run_length run_symbol(size_t length)
{
    if (length == MAX_RUN) return (run_length){285, 0, 0};
    uint32_t rest = (uint32_t)length - 3;
    if (rest < 8) return (run_length){257 + (int)rest, 0, 0};
    unsigned extra_bits = 1;
    while (rest >> (extra_bits + 3)) extra_bits++; /* rest has extra_bits + 3 digits, the first is 1 */
    uint32_t group = rest >> extra_bits;           /* 4..7 */
    return (run_length){257 + (int)(4 * extra_bits + group), rest & ((1u << extra_bits) - 1), extra_bits};
}

static size_t measure_run(const uint8_t *src, size_t i, size_t end)
{
    size_t limit = end - i < MAX_RUN ? end - i : MAX_RUN, length = MIN_RUN;
    while (length < limit && src[i + length] == src[i]) length++;
    return length;
}

/* How often src[i - 1] follows from i on, if that is often enough to be sent as a match; else 0.  In noise a byte
 * often equals the last one by chance: the first question is about all bytes of a match, which is easy to predict. */
static inline size_t run_at(const uint8_t *src, size_t i, size_t end)
{
    if (i == 0 || end - i < MIN_RUN || memcmp(src + i, src + i - 1, MIN_RUN) != 0) return 0;
    return measure_run(src, i, end);
}

/* Whether src[i..i + 2] are literals for sure: a match from any of them on has src[i + 1..i + 3],
 * all equal, in it. */
static inline bool three_literals(const uint8_t *src, size_t i, size_t end)
{
    return end - i > 3 && memcmp(src + i + 1, src + i + 2, 2) != 0;
}

static void count_symbols(const uint8_t *src, size_t begin, size_t end, uint32_t counts[SYMBOLS])
{
    memset(counts, 0, SYMBOLS * sizeof *counts);
    counts[END] = 1;
    for (size_t i = begin; i < end;) {
        if (three_literals(src, i, end)) {
            for (int k = 0; k < 3; k++) counts[src[i++]]++;
            continue;
        }
        size_t run = run_at(src, i, end);
        counts[run ? run_symbol(run).symbol : src[i]]++;
        i += run ? run : 1;
    }
}

/* The lengths of a code, one after the other; zeros in runs.  Puts symbols of the code of lengths into out. */
static int pack_lengths(const uint8_t *lengths, int count, uint8_t symbols[SYMBOLS], uint8_t zeros[SYMBOLS])
{
    int n = 0;
    for (int i = 0; i < count; n++) {
        int run = 0;
        while (i + run < count && run < 138 && lengths[i + run] == 0) run++;
        symbols[n] = run < 3 ? lengths[i] : run < 11 ? 17 : 18;
        zeros[n] = (uint8_t)run;
        i += run < 3 ? 1 : run;
    }
    return n;
}

/* The head of a block: how long each symbol's code is. */
static void put_codes(bit_writer *w, const code *c)
{
    static const uint8_t order[LENGTH_SYMBOLS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[SYMBOLS + 1], symbols[SYMBOLS + 1], zeros[SYMBOLS + 1];
    uint32_t counts[LENGTH_SYMBOLS] = {0};
    code of_lengths;
    memcpy(lengths, c->length, SYMBOLS);
    lengths[SYMBOLS] = 1; /* the only distance, 1, has a code of one bit */
    int count = pack_lengths(lengths, SYMBOLS + 1, symbols, zeros);
    for (int i = 0; i < count; i++) counts[symbols[i]]++;
    make_code(counts, LENGTH_SYMBOLS, 7, &of_lengths);
    put(w, SYMBOLS - 257, 5);
    put(w, 0, 5);
    put(w, LENGTH_SYMBOLS - 4, 4);
    for (int i = 0; i < LENGTH_SYMBOLS; i++) put(w, of_lengths.length[order[i]], 3);
    for (int i = 0; i < count; i++) {
        put(w, of_lengths.bits[symbols[i]], of_lengths.length[symbols[i]]);
        if (symbols[i] == 17) put(w, zeros[i] - 3u, 3);
        if (symbols[i] == 18) put(w, zeros[i] - 11u, 7);
    }
}

static void put_run(bit_writer *w, const code *c, size_t run)
{
    run_length length = run_symbol(run);
    put(w, c->bits[length.symbol], c->length[length.symbol]);
    put(w, length.extra, length.extra_bits);
    put(w, 0, 1); /* the distance */
}

static void put_block(bit_writer *out, const uint8_t *src, size_t begin, size_t end, bool last)
{
    uint32_t counts[SYMBOLS];
    code c;
    count_symbols(src, begin, end, counts);
    make_code(counts, SYMBOLS, MAX_CODE_BITS, &c);
    put(out, last, 1);
    put(out, 2, 2); /* with codes of its own */
    put_codes(out, &c);
    bit_writer w = *out; /* which the compiler may keep in registers */
    for (size_t i = begin; i < end;) {
        if (three_literals(src, i, end)) { /* one store for all */
            uint64_t bits = 0;
            unsigned count = 0;
            for (int k = 0; k < 3; k++, i++) {
                bits |= (uint64_t)c.bits[src[i]] << count;
                count += c.length[src[i]];
            }
            put(&w, bits, count);
            continue;
        }
        size_t run = run_at(src, i, end);
        if (run) {
            put_run(&w, &c, run);
            i += run;
        } else {
            put(&w, c.bits[src[i]], c.length[src[i]]);
            i++;
        }
    }
    put(&w, c.bits[END], c.length[END]);
    *out = w;
}

static uint32_t adler32(const uint8_t *src, size_t size_bytes)
{
    enum { MODULUS = 65521, STEPS = 5552 }; /* so many additions cannot overflow */
    uint32_t a = 1, b = 0;
    while (size_bytes > 0) {
        size_t steps = size_bytes < STEPS ? size_bytes : STEPS;
        for (size_t i = 0; i < steps; i++) {
            a += src[i];
            b += a;
        }
        a %= MODULUS;
        b %= MODULUS;
        src += steps;
        size_bytes -= steps;
    }
    return b << 16 | a;
}

lad_status lad_deflate(const uint8_t *src, size_t size_bytes, lad_bytes *out)
{
    bit_writer w = {.bits = 0x0178, .count = 16}; /* zlib: deflate, a window of 32 KB, fastest */
    size_t begin = 0;
    do {
        size_t end = size_bytes - begin < BLOCK_BYTES ? size_bytes : begin + BLOCK_BYTES;
        /* A code has no more than 15 bits; the head of a block, and the end of the stream. */
        LAD_TRY(lad_bytes_reserve(out, 2 * (end - begin) + 1024));
        w.at = out->at + out->used_bytes;
        put_block(&w, src, begin, end, end == size_bytes);
        if (end == size_bytes) put(&w, 0, (8 - w.count) % 8);
        out->used_bytes = (size_t)(w.at - out->at);
        begin = end;
    } while (begin < size_bytes);
    uint32_t sum = adler32(src, size_bytes);
    for (int i = 24; i >= 0; i -= 8) out->at[out->used_bytes++] = (uint8_t)(sum >> i);
    return LAD_OK;
}
