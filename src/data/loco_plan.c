#include "data/loco_plan.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *folder, *type;
    lad_scene_split split;
    lad_scene_class class_;
} sections[LAD_LOCO_SECTIONS] = {
    {"train/good", "good", LAD_SPLIT_TRAIN, LAD_SCENE_GOOD},
    {"validation/good", "good", LAD_SPLIT_VALIDATION, LAD_SCENE_GOOD},
    {"test/good", "good", LAD_SPLIT_TEST, LAD_SCENE_GOOD},
    {"test/logical_anomalies", "logical_anomalies", LAD_SPLIT_TEST, LAD_SCENE_LOGICAL},
    {"test/structural_anomalies", "structural_anomalies", LAD_SPLIT_TEST, LAD_SCENE_STRUCTURAL},
};

const char *lad_loco_section(const lad_loco_options *options, size_t section, size_t *count)
{
    if (options->only >= 0) {
        bool chosen = sections[section].class_ == options->category->kinds[options->only].class_;
        *count = chosen ? options->test : 0;
    } else {
        *count = section == 0 ? options->train : section == 1 ? options->validation : options->test;
    }
    return sections[section].folder;
}

size_t lad_loco_plan_count(const lad_loco_options *options)
{
    size_t total = 0, count;
    for (size_t s = 0; s < LAD_LOCO_SECTIONS; s++) {
        lad_loco_section(options, s, &count);
        total += count;
    }
    return total;
}

void lad_loco_plan_item(const lad_loco_options *options, size_t index, lad_loco_item *item)
{
    size_t section = 0, count;
    lad_loco_section(options, section, &count);
    while (index >= count) {
        index -= count;
        lad_loco_section(options, ++section, &count);
    }
    lad_scene_class class_ = sections[section].class_;
    int kind = -1;
    if (options->only >= 0)
        kind = options->only;
    else if (class_ != LAD_SCENE_GOOD)
        kind = lad_scene_kind_for(options->category, class_, options->seed, index);
    *item = (lad_loco_item){.class_ = class_, .type = sections[section].type};
    /* Images of different classes show different scenes: good ones are no twins of anomalous ones. */
    uint64_t scene = lad_scene_index(class_, index);
    item->spec = (lad_scene_spec){options->category, sections[section].split, options->seed, scene, kind};
    snprintf(item->folder, sizeof item->folder, "%s", sections[section].folder);
    snprintf(item->name, sizeof item->name, "%03zu", index);
}

const char *lad_loco_class_name(lad_scene_class class_)
{
    return class_ == LAD_SCENE_GOOD ? "good" : class_ == LAD_SCENE_LOGICAL ? "logical" : "structural";
}
