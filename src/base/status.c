#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *lad_status_name(lad_status status)
{
    switch (status) {
    case LAD_OK: return "ok";
    case LAD_ERR_ARG: return "bad argument";
    case LAD_ERR_NOMEM: return "out of memory";
    case LAD_ERR_IO: return "input/output";
    case LAD_ERR_FORMAT: return "bad format";
    case LAD_ERR_UNSUPPORTED: return "unsupported";
    case LAD_ERR_CANCELLED: return "cancelled";
    }
    return "unknown";
}

lad_status lad_fail(lad_error *err, lad_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return status;
}
