/* The screw bag: its rule, what each kind breaks, and how a bag is put together. */
#include "scene/screw_bag.h"

/* Mean areas of bodies at the full size, measured: tests/unit/scene_screw_bag_test.c holds them to that. */
#define NUT_AREA 1330.0
#define WASHER_AREA 1000.0
#define LONG_AREA 3600.0
#define SHORT_AREA 2500.0

#define COUNTS "The bag holds exactly two washers, two nuts, one long and one short screw."
#define LENGTHS "The long screw is of one length, and the short one of another."
#define SOUND "Screws, nuts and washers are whole, straight and of bare metal."
#define CLEAN "Nothing else is in the bag."
#define BAG "The bag is whole, closed and printed."

#define COUNT(index, name, description, value, area)                                                                   \
    [index] = {name, LAD_SCENE_LOGICAL, COUNTS, description, value, false, area}
#define LENGTH(index, name, description, value)                                                                        \
    [index] = {name, LAD_SCENE_LOGICAL, LENGTHS, description, value, true, 1.0}
#define STRUCTURAL(index, name, rule, description, value)                                                              \
    [index] = {name, LAD_SCENE_STRUCTURAL, rule, description, value, true, 1.0}

static const lad_scene_kind kinds[SCREW_BAG_KINDS] = {
    COUNT(SCREW_BAG_MISSING_NUT, "missing_1_nut", "There is only one nut.", 255, NUT_AREA),
    COUNT(SCREW_BAG_MISSING_WASHER, "missing_1_washer", "There is only one washer.", 254, WASHER_AREA),
    COUNT(SCREW_BAG_MISSING_LONG, "missing_1_long_screw", "The long screw is missing.", 253, LONG_AREA),
    COUNT(SCREW_BAG_MISSING_SHORT, "missing_1_short_screw", "The short screw is missing.", 252, SHORT_AREA),
    COUNT(SCREW_BAG_MORE_NUT, "additional_1_nut", "There are three nuts.", 251, NUT_AREA),
    COUNT(SCREW_BAG_MORE_WASHER, "additional_1_washer", "There are three washers.", 250, WASHER_AREA),
    COUNT(SCREW_BAG_MORE_LONG, "additional_1_long_screw", "There are two long screws and a short one.", 249, LONG_AREA),
    COUNT(SCREW_BAG_MORE_SHORT, "additional_1_short_screw", "There are two short screws and a long one.", 248,
          SHORT_AREA),
    COUNT(SCREW_BAG_TWO_LONG, "two_long_screws", "Both screws are long.", 247, LONG_AREA),
    COUNT(SCREW_BAG_TWO_SHORT, "two_short_screws", "Both screws are short.", 246, SHORT_AREA),
    LENGTH(SCREW_BAG_TOO_LONG, "screw_too_long", "One of the screws is too long.", 245),
    LENGTH(SCREW_BAG_TOO_SHORT, "screw_too_short", "One of the screws is too short.", 244),
    COUNT(SCREW_BAG_NUT_FOR_WASHER, "nut_for_washer", "There are three nuts and one washer.", 243, NUT_AREA),
    COUNT(SCREW_BAG_WASHER_FOR_NUT, "washer_for_nut", "There are three washers and one nut.", 242, WASHER_AREA),
    STRUCTURAL(SCREW_BAG_BENT, "bent_screw", SOUND, "A screw is bent.", 241),
    STRUCTURAL(SCREW_BAG_HEAD_BROKEN, "broken_head", SOUND, "A piece of a screw's head is broken off.", 240),
    STRUCTURAL(SCREW_BAG_THREAD_DAMAGED, "damaged_thread", SOUND, "A piece of a thread is crushed.", 239),
    STRUCTURAL(SCREW_BAG_WASHER_WARPED, "deformed_washer", SOUND, "A washer is bent or squashed.", 238),
    STRUCTURAL(SCREW_BAG_CRACKED, "cracked", SOUND, "A nut or washer is cracked, or a piece of it is off.", 237),
    STRUCTURAL(SCREW_BAG_RUST, "rust", SOUND, "A screw, nut or washer is rusty.", 236),
    STRUCTURAL(SCREW_BAG_COLOR, "color", SOUND, "There is paint on a screw, nut or washer.", 235),
    STRUCTURAL(SCREW_BAG_CONTAMINATION, "contamination", CLEAN, "A fibre or a foreign body is in the bag.", 234),
    STRUCTURAL(SCREW_BAG_TORN, "bag_torn", BAG, "The film is torn.", 233),
    STRUCTURAL(SCREW_BAG_OPEN, "bag_open", BAG, "The zip has come open.", 232),
    STRUCTURAL(SCREW_BAG_PRINT, "print_scratched", BAG, "The print is scratched off in places.", 231)};

static const lad_scene_category category = {
    .name = "screw_bag",
    .rule = "A closed transparent bag holds exactly two washers, two nuts, one long and one short screw.",
    .width = 640,
    .height = 440,
    .kinds = kinds,
    .kind_count = SCREW_BAG_KINDS};

static const lad_camera_range camera_range = {
    .distance = 1300.0f, .shift = 7.0f, .scale = 0.01f, .roll = 0.03f, .tilt = 0.012f};
static const lad_light_range light_range = {.key = {-0.22f, -0.5f, 1.0f},
                                            .angle = 0.08f,
                                            .brightness = 0.04f,
                                            .kelvin = 6000.0f,
                                            .kelvin_range = 120.0f,
                                            .fill = 0.4f,
                                            .surround = 0.26f,
                                            .variety = 0.3f};

static void build(lad_frame *frame, void *out)
{
    screw_bag_graph *g = out;
    screw_bag_studio_sample(frame, &g->studio);
    screw_bag_film_sample(frame, g);
    screw_bag_fill(frame, g);
    bool missing = frame->kind && frame->kind_index <= SCREW_BAG_MISSING_SHORT;
    if (missing) screw_bag_break(frame, g);
    for (int i = 0; i < g->body_count; i++) screw_bag_look_at(frame, &g->bodies[i]);
    /* A body more, or another one, does not change the film: only what is marked as ground truth differs. */
    for (int i = 0; i < g->body_count; i++) g->under[g->under_count++] = g->bodies[i];
    if (frame->kind && !missing) screw_bag_break(frame, g);
    for (int i = 0; i < g->body_count; i++) screw_bag_look_at(frame, &g->bodies[i]);
    for (int i = 0; i < g->replaced_count; i++) screw_bag_look_at(frame, &g->replaced[i]);
    screw_bag_film_lay(frame, g);
}

typedef struct paint_context {
    const lad_frame *frame;
    const screw_bag_graph *graph;
} paint_context;

static void paint_row(const void *context, lad_film *film, size_t y)
{
    const paint_context *c = context;
    screw_bag_paint_lower(c->frame, c->graph, film, y);
    screw_bag_paint_bodies(c->frame, c->graph, film, y);
    screw_bag_paint_fibres(c->frame, c->graph, film, y);
    screw_bag_paint_upper(c->frame, c->graph, film, y);
}

static void paint(const lad_frame *frame, const void *graph, lad_film *film)
{
    paint_context context = {frame, graph};
    lad_film_paint(film, frame->pool, paint_row, &context);
}

static void describe(const lad_frame *frame, const void *graph, lad_json *parameters)
{
    (void)frame;
    const screw_bag_graph *g = graph;
    static const char *const names[] = {"screw", "nut", "washer", "debris"};
    int harmed = 0, debris = 0;
    lad_json *bodies = lad_json_add_array(parameters, "bodies");
    for (int i = 0; i < g->body_count; i++) {
        const screw_body *b = &g->bodies[i];
        bool sound = b->harm == HARM_NONE && !b->stained;
        harmed += !sound;
        debris += b->part == PART_DEBRIS;
        lad_json *entry = lad_json_add_object(bodies, NULL);
        lad_json_add_string(entry, "part", names[b->part]);
        lad_vec3 middle = screw_bag_middle(b);
        lad_json_add_number(entry, "x", (double)middle.x);
        lad_json_add_number(entry, "y", (double)middle.y);
        if (b->part == PART_SCREW) lad_json_add_number(entry, "length", (double)b->length);
        lad_json_add_number(entry, "size", (double)b->size);
        lad_json_add_bool(entry, "sound", sound);
    }
    for (int i = 0; i < g->mark_count; i++) debris += g->marks[i].kind == MARK_FIBRE;
    int tears = 0, scratches = 0;
    for (int i = 0; i < g->mark_count; i++) tears += g->marks[i].kind == MARK_TEAR;
    for (int i = 0; i < g->mark_count; i++) scratches += g->marks[i].kind == MARK_SCRATCH;
    lad_json_add_number(parameters, "damaged", harmed);
    lad_json_add_number(parameters, "foreign", debris);
    lad_json_add_number(parameters, "tears", tears);
    lad_json_add_number(parameters, "scratches", scratches);
    lad_json_add_number(parameters, "zip_gap", (double)g->zip_gap);
}

const lad_scene_program lad_screw_bag_program = {.category = &category,
                                                 .graph_bytes = sizeof(screw_bag_graph),
                                                 .camera = &camera_range,
                                                 .light = &light_range,
                                                 .build = build,
                                                 .paint = paint,
                                                 .differ = screw_bag_differ,
                                                 .annotate = screw_bag_annotate,
                                                 .describe = describe,
                                                 .editor = &screw_bag_editor};
