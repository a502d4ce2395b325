#include "scene/glyphs.h"

#include "scene/sdf.h"

#include <stddef.h>

/* Each glyph: its width in grid units, then strokes as "xy" pairs of digits, strokes apart by a blank.  The grid is
 * 6 units from baseline (y = 6) to the height of capitals (y = 0); y = 2 is the height of small letters. */
typedef struct glyph {
    char character, width;
    const char *strokes;
} glyph;

static const glyph glyphs[] = {{'0', 4, "103041453616050110"},
                               {'1', 3, "012026 0636"},
                               {'2', 4, "01103041420646"},
                               {'3', 4, "01103041423323 3344453616 1605"},
                               {'4', 4, "36300444"},
                               {'5', 4, "400003334445361605"},
                               {'6', 4, "413010010516364544331304"},
                               {'7', 4, "0040413516"},
                               {'8', 4, "1030414233130201 10 1304051636454433"},
                               {'9', 4, "0516364541301001021343"},
                               {'%', 5, "5006 1021120110 4455544544"},
                               {'.', 1, "0505"},
                               {'-', 3, "0333"},
                               {'A', 4, "061320263646 1434"},
                               {'B', 4, "06003041423303 3344453606"},
                               {'C', 4, "41301001051636 3645"},
                               {'D', 4, "060030414536 06"},
                               {'E', 4, "40000646 0333"},
                               {'F', 4, "400006 0333"},
                               {'G', 4, "4130100105163645433323"},
                               {'H', 4, "0006 4046 0343"},
                               {'I', 2, "0020 1016 0626"},
                               {'J', 4, "404536160504"},
                               {'K', 4, "0006 400346"},
                               {'L', 4, "000646"},
                               {'M', 5, "0600245056"},
                               {'N', 4, "06004640"},
                               {'O', 4, "103041453616050110"},
                               {'P', 4, "06003041423303"},
                               {'Q', 4, "103041453616050110 3446"},
                               {'R', 4, "06003041423303 2346"},
                               {'S', 4, "413010010213334445361605"},
                               {'T', 4, "0040 2026"},
                               {'U', 4, "000516364540"},
                               {'V', 4, "002640"},
                               {'W', 6, "0016335660"},
                               {'X', 4, "0046 4006"},
                               {'Y', 4, "002340 2326"},
                               {'Z', 4, "00400646"},
                               {'a', 3, "122233361605041434"},
                               {'b', 3, "0006263533221203"},
                               {'c', 3, "3322120305162635"},
                               {'d', 3, "3036160503122233"},
                               {'e', 3, "04343322120305162635"},
                               {'f', 3, "30201116 0222"},
                               {'g', 3, "33221203051626353237281807"},
                               {'h', 3, "0006 0312223336"},
                               {'i', 1, "0206 0000"},
                               {'j', 2, "12171808 1010"},
                               {'k', 3, "0006 320436"},
                               {'l', 1, "0006"},
                               {'m', 5, "0602 0312222326 2332425356"},
                               {'n', 3, "0602 0312223336"},
                               {'o', 3, "122233352616050312"},
                               {'p', 3, "0802 03122233352616 05"},
                               {'q', 3, "3832 3322120305162635"},
                               {'r', 3, "0602 03122233"},
                               {'s', 3, "3322120334352616 05"},
                               {'t', 3, "10151626 0222"},
                               {'u', 3, "0205162636 3236"},
                               {'v', 3, "021632"},
                               {'w', 5, "0216233652"},
                               {'x', 3, "0236 3206"},
                               {'y', 3, "0215 321708"},
                               {'z', 3, "02320636"}};

static const glyph *find(char character)
{
    for (size_t i = 0; i < sizeof glyphs / sizeof *glyphs; i++) {
        if (glyphs[i].character == character) return &glyphs[i];
    }
    return NULL;
}

static float advance(const glyph *g)
{
    return ((g ? (float)g->width : 2.0f) + 1.6f) * (1.0f / 6.0f);
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static float glyph_distance(const glyph *g, lad_vec2 p)
{
    float best = 1e30f;
    lad_vec2 last = {0, 0};
    int drawing = 0;
    for (const char *s = g->strokes; *s;) {
        if (!is_digit(s[0]) || !is_digit(s[1])) {
            drawing = 0;
            s++;
            continue;
        }
        lad_vec2 next = {(float)(s[0] - '0') * (1.0f / 6.0f), (float)(s[1] - '6') * (1.0f / 6.0f)};
        best = lad_minf(best, lad_sd_segment(p, drawing ? last : next, next, NULL));
        last = next;
        drawing = 1;
        s += 2;
    }
    return best;
}

float lad_text_width(const char *text)
{
    float width = 0.0f;
    for (; *text; text++) width += advance(find(*text));
    return lad_maxf(width - 1.6f / 6.0f, 0.0f);
}

float lad_text_distance(const char *text, lad_vec2 p)
{
    float best = 1e30f, left = 0.0f;
    for (; *text; text++) {
        const glyph *g = find(*text);
        float right = left + advance(g);
        /* Only glyphs near p matter: the others cannot be nearer than their box. */
        if (g && p.x > left - best && p.x < right + best) {
            best = lad_minf(best, glyph_distance(g, lad_v2(p.x - left, p.y)));
        }
        left = right;
    }
    return best;
}
