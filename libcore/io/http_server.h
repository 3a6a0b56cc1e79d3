/*
 * libcore/io/http_server.h
 *    A few GET routes on loopback, answered from buffers by one thread of their own.
 *
 * A handler runs in that thread: it may touch only what is safe from any thread.
 */
#ifndef TIPOFF_IO_HTTP_SERVER_H
#define TIPOFF_IO_HTTP_SERVER_H

#include <stddef.h>
#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

typedef struct HttpServer HttpServer;
typedef struct HttpRequest HttpRequest; /* borrowed for one call of a handler */

typedef struct {
    int status;               /* 200 unless the handler says otherwise */
    const char *content_type; /* static; "text/plain; charset=utf-8" unless it says otherwise */
    Buf body;                 /* freed by the server */
} HttpReply;

typedef struct {
    const char *path; /* the whole path, or a prefix when it ends in a slash */
    const char *help;
    void (*get)(void *ctx, const HttpRequest *req, HttpReply *reply);
} HttpRoute;

/* Listens on 127.0.0.1; port 0 takes a free one. Borrows routes and ctx until the server is freed.
 * NULL on failure: ERR_CONFIG when the port is taken. */
NODISCARD HttpServer *http_server_start(int port, const HttpRoute *routes, size_t count, void *ctx, Err *err);
/* Waits for the answers under way. NULL is fine. */
void http_server_free(HttpServer *s);
int http_server_port(const HttpServer *s);

const char *http_request_path(const HttpRequest *req);
/* The value of ?name=...; NULL when absent. */
const char *http_request_query(const HttpRequest *req, const char *name);

#endif
