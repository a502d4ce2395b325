/* Status codes and the sentence that goes with a failure.
 *
 * Everything that can fail returns a lad_status; results leave through trailing out-parameters, which a
 * failure leaves untouched.  A function that can meet bad outside input also takes a lad_error *, which may
 * be NULL, and writes one plain sentence for a person into it.  Thread rule: no shared state. */
#ifndef LAD_BASE_STATUS_H
#define LAD_BASE_STATUS_H

typedef enum lad_status {
    LAD_OK = 0,
    LAD_ERR_ARG,         /* an argument is out of range */
    LAD_ERR_NOMEM,       /* memory ran out, or a size does not fit size_t */
    LAD_ERR_IO,          /* the operating system refused: missing file, full disk, ... */
    LAD_ERR_FORMAT,      /* outside bytes are not what they should be */
    LAD_ERR_UNSUPPORTED, /* well formed, but not something this build handles */
    LAD_ERR_CANCELLED    /* the caller asked to stop */
} lad_status;

typedef struct lad_error {
    char text[320]; /* one sentence, NUL terminated, no trailing newline */
} lad_error;

#if defined(__GNUC__)
#define LAD_MUST_CHECK __attribute__((warn_unused_result))
#define LAD_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define LAD_MUST_CHECK
#define LAD_PRINTF(fmt, args)
#endif

/* Short name of a status, never NULL. */
const char *lad_status_name(lad_status status);

/* Writes the sentence into err (NULL allowed) and returns status, so that callers write
 * `return lad_fail(err, LAD_ERR_FORMAT, "%s is empty.", path);`. */
lad_status lad_fail(lad_error *err, lad_status status, const char *format, ...) LAD_PRINTF(3, 4);

/* Leaves `status` unless it is LAD_OK: `LAD_TRY(lad_file_read(...));` returns from the calling function. */
#define LAD_TRY(expr)                                                                                                  \
    do {                                                                                                               \
        lad_status lad_try_status_ = (expr);                                                                           \
        if (lad_try_status_ != LAD_OK) return lad_try_status_;                                                         \
    } while (0)

#endif
