/*
 * console: the files of the analysts' console, as the build left them in one directory: index.html
 * and assets/, each text beside its .br and .gz form. Read once at the start and served from memory;
 * nothing of a request ever becomes a file name.
 *
 * Names under assets/ carry a hash of their content, so they may be kept for ever; the page itself is
 * asked for anew each time (ETag). The page's policy is default-src 'self': no inline script or style
 * runs. A directory without index.html is no fault: the page then says plainly that the console is not
 * built, and the API works as ever.
 */
#ifndef PANDWACHT_CONSOLE_H
#define PANDWACHT_CONSOLE_H

#include <stdbool.h>

#include <pandwacht/base/cdefs.h>
#include <pandwacht/base/err.h>

struct pw_console;
struct pw_request;

/* Reads `dir`; a NULL or empty name is a console that is not built. Fails when a file cannot be read or
 * the directory is larger than a console can be. */
bool pw_console_load(const char *dir, struct pw_console **ret, struct pw_err *err) PW_MUST_CHECK;
/* After the http server. NULL is accepted. */
void pw_console_free(struct pw_console *console);

/* Handlers; `stage` is a struct pw_console. Each names its route. */
void pw_console_page(struct pw_request *req, void *stage);  /* GET / */
void pw_console_asset(struct pw_request *req, void *stage); /* GET /assets/{name} */

#endif
