#include "cli/wish.h"

#include "cli/cli.h"

enum {
    KEY_GLOBAL_WEIGHT = 0x3000,
    KEY_BORDER,
    KEY_MAP_DISTANCE,
    KEY_MAP_NORM,
    KEY_MAP_SMOOTHING,
    KEY_COMBINE,
    KEY_FALSE_ALARM
};

static const struct argp_option options[] = {
    {"global-weight", KEY_GLOBAL_WEIGHT, "W", 0,
     "Add to the image score how unusual the picture is as a whole (after PUAD), W times as much as the maps (0)", 0},
    {"border", KEY_BORDER, "N", 0, "Cells at each edge of the map that the image score ignores (4)", 0},
    {"map-distance", KEY_MAP_DISTANCE, "mean|novelty", 0,
     "Measure differences by their mean square over channels, or by how much likelier something novel makes them "
     "(mean)",
     0},
    {"map-norm", KEY_MAP_NORM, "quantile|position", 0,
     "Normalise the maps as a whole, or each position first by its own mean and deviation (quantile)", 0},
    {"map-smoothing", KEY_MAP_SMOOTHING, "S", 0,
     "Smooth the maps first, by a Gaussian of this standard deviation in cells, 0 to 4 (0)", 0},
    {"combine", KEY_COMBINE, "mean|max", 0, "What of the two maps is the combined one (mean)", 0},
    {"false-alarm-rate", KEY_FALSE_ALARM, "R", 0, "Wanted, for the threshold (0.05)", 0},
    {NULL, 0, NULL, 0, NULL, 0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    lad_cli_wish *w = state->input;
    switch (key) {
    case KEY_GLOBAL_WEIGHT: w->wish.global_weight = lad_cli_real(state, "global-weight", argument, 0.0, 1000.0); break;
    case KEY_BORDER:
        w->wish.score_border = lad_cli_size(state, "border", argument, 0, 20);
        w->border_given = true;
        break;
    case KEY_MAP_DISTANCE:
        if (!lad_map_distance_from_name(argument, &w->wish.distance))
            argp_error(state, "--map-distance is mean or novelty, not '%s'", argument);
        w->distance_given = true;
        break;
    case KEY_MAP_NORM:
        if (!lad_map_norm_from_name(argument, &w->wish.map_norm))
            argp_error(state, "--map-norm is quantile or position, not '%s'", argument);
        w->norm_given = true;
        break;
    case KEY_MAP_SMOOTHING:
        w->wish.map_smoothing = lad_cli_real(state, "map-smoothing", argument, 0.0, LAD_MAP_MAX_SMOOTHING);
        w->smoothing_given = true;
        break;
    case KEY_COMBINE:
        if (!lad_map_combine_from_name(argument, &w->wish.combine))
            argp_error(state, "--combine is mean or max, not '%s'", argument);
        w->combine_given = true;
        break;
    case KEY_FALSE_ALARM:
        w->wish.false_alarm_rate = lad_cli_real(state, "false-alarm-rate", argument, 1e-6, 0.999);
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp lad_cli_wish_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};
