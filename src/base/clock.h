/* Monotonic time, for progress and timings only: no result depends on it. */
#ifndef LAD_BASE_CLOCK_H
#define LAD_BASE_CLOCK_H

/* Milliseconds since an arbitrary start, never going back. */
double lad_clock_ms(void);

#endif
