/* The scene graph as JSON: enough to check the rule without looking at a pixel. */
#include "scene/juice_bottle_model.h"

static void describe_label(lad_json *parent, const char *key, const lad_juice_label *label)
{
    lad_json *json = lad_json_add_object(parent, key);
    lad_json_add_bool(json, "present", label->present);
    lad_json_add_string(json, "content", label->has_text ? "text" : "fruit");
    lad_json_add_number(json, "u", (double)label->u);
    lad_json_add_number(json, "h", (double)label->h);
    lad_json_add_number(json, "rotation", (double)label->rotation);
    lad_json_add_bool(json, "torn", label->torn);
    if (label->has_text) {
        uint32_t missing = 0;
        for (uint32_t i = 0; i < 10; i++) missing += label->glyphs_missing >> i & 1u;
        lad_json_add_number(json, "characters_missing", missing);
        return;
    }
    lad_json_add_string(json, "fruit", label->icon_present ? lad_juice_fruit_name(label->fruit) : "none");
    lad_json_add_bool(json, "fruit_complete", label->icon_cut > 2.0f);
    lad_json_add_number(json, "fruit_u", (double)label->icon_u);
    lad_json_add_number(json, "fruit_h", (double)label->icon_h);
}

void lad_juice_scene_describe(const lad_juice_scene *scene, lad_json *json)
{
    lad_json_add_number(json, "x", (double)scene->place_x);
    lad_json_add_number(json, "y", (double)scene->place_y);
    lad_json_add_number(json, "scale", (double)scene->scale);
    lad_json_add_number(json, "tilt", (double)scene->tilt);
    lad_json_add_number(json, "turn", (double)scene->turn);
    lad_json_add_string(json, "juice", scene->filled ? lad_juice_fruit_name(scene->juice) : "none");
    lad_json_add_number(json, "fill", scene->filled ? (double)scene->fill : 0.0);
    lad_json *color = lad_json_add_array(json, "juice_color");
    lad_json_add_number(color, NULL, (double)scene->juice_color.x);
    lad_json_add_number(color, NULL, (double)scene->juice_color.y);
    lad_json_add_number(color, NULL, (double)scene->juice_color.z);
    lad_json_add_number(json, "foreign_bodies", (double)scene->speck_count);
    lad_json_add_number(json, "cracks", (double)scene->crack_count);
    describe_label(json, "fruit_label", &scene->labels[0]);
    describe_label(json, "text_label", &scene->labels[1]);
}
