#include "base/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The examples of FIPS 180-4 and of NIST's test vectors. */
static void test_sha256_known_messages(void **state)
{
    (void)state;
    static const struct {
        const char *message, *digest;
    } known[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqr"
         "stu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char hex[65];
        lad_sha256_hex(known[i].message, strlen(known[i].message), hex);
        assert_string_equal(hex, known[i].digest);
    }
}

static void test_sha256_a_million_letters(void **state)
{
    (void)state;
    char *message = malloc(1000000), hex[65];
    assert_non_null(message);
    memset(message, 'a', 1000000);
    lad_sha256_hex(message, 1000000, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(message);
}

static void test_sha256_any_division_into_pieces_gives_the_same(void **state)
{
    (void)state;
    uint8_t message[200];
    for (size_t i = 0; i < sizeof message; i++) message[i] = (uint8_t)(i * 37);
    for (size_t size = 0; size <= sizeof message; size++) {
        char whole[65], pieces[65];
        lad_sha256_hex(message, size, whole);
        for (size_t step = 1; step < 140; step += 9) {
            lad_sha256 hash;
            lad_sha256_init(&hash);
            for (size_t at = 0; at < size; at += step) {
                lad_sha256_update(&hash, message + at, size - at < step ? size - at : step);
            }
            lad_sha256_final(&hash, pieces);
            assert_string_equal(pieces, whole);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256_known_messages),
        cmocka_unit_test(test_sha256_a_million_letters),
        cmocka_unit_test(test_sha256_any_division_into_pieces_gives_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
