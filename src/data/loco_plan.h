/* Which images a rendered data set has, and what their files are called (private to data/loco_writer.c). */
#ifndef LAD_DATA_LOCO_PLAN_H
#define LAD_DATA_LOCO_PLAN_H

#include "data/loco_writer.h"

enum { LAD_LOCO_SECTIONS = 5 }; /* train, validation, test good, logical, structural */

typedef struct lad_loco_item {
    lad_scene_spec spec;
    lad_scene_class class_;
    char folder[40];  /* "test/logical_anomalies" */
    char name[24];    /* "003" */
    const char *type; /* "logical_anomalies" */
} lad_loco_item;

size_t lad_loco_plan_count(const lad_loco_options *options);
void lad_loco_plan_item(const lad_loco_options *options, size_t index, lad_loco_item *item);

/* The folder of section 0..4, and how many images it has. */
const char *lad_loco_section(const lad_loco_options *options, size_t section, size_t *count);

/* "good", "logical", "structural". */
const char *lad_loco_class_name(lad_scene_class class_);

#endif
