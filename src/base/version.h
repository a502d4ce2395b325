/* The version of the program, in one place: printed by --version, written into reports and models. */
#ifndef LAD_BASE_VERSION_H
#define LAD_BASE_VERSION_H

#define LAD_VERSION "0.1.0"

#endif
