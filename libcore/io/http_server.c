/*
 * libcore/io/http_server.c
 *    libmicrohttpd behind a table of routes. HEAD is answered as GET without its body; other methods
 *    get 405.
 */
#include "libcore/io/http_server.h"
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

struct HttpServer {
    struct MHD_Daemon *daemon;
    const HttpRoute *routes;
    size_t count;
    void *ctx;
};

struct HttpRequest {
    struct MHD_Connection *connection;
    const char *path;
};

const char *
http_request_path(const HttpRequest *req)
{
    return req->path;
}

const char *
http_request_query(const HttpRequest *req, const char *name)
{
    return MHD_lookup_connection_value(req->connection, MHD_GET_ARGUMENT_KIND, name);
}

static const HttpRoute *
find_route(const HttpServer *s, const char *path)
{
    for (size_t i = 0; i < s->count; i++) {
        const char *want = s->routes[i].path;
        size_t len = strlen(want);

        if (strcmp(path, want) == 0 || (len > 1 && want[len - 1] == '/' && strncmp(path, want, len) == 0))
            return &s->routes[i];
    }
    return NULL;
}

static enum MHD_Result
send_reply(struct MHD_Connection *connection, const HttpReply *reply)
{
    /* the library copies the bytes at once, so its missing const is harmless */
    union {
        const void *in;
        void *out;
    } body = {.in = reply->body.len > 0 ? (const void *)reply->body.data : ""};
    struct MHD_Response *response = MHD_create_response_from_buffer(reply->body.len, body.out, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (response == NULL)
        return MHD_NO;
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->content_type);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    result = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
answer(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
       const char *upload, size_t *upload_size, void **state)
{
    const HttpServer *s = cls;
    const HttpRequest req = {.connection = connection, .path = url};
    const HttpRoute *route = find_route(s, url);
    HttpReply reply = {.status = MHD_HTTP_OK, .content_type = "text/plain; charset=utf-8"};
    enum MHD_Result result;

    (void)version;
    (void)upload;
    (void)state;
    if (*upload_size != 0) { /* bodies are dropped as they come */
        *upload_size = 0;
        return MHD_YES;
    }
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
        reply.status = MHD_HTTP_METHOD_NOT_ALLOWED;
        buf_put_str(&reply.body, "only GET\n");
    } else if (route == NULL) {
        reply.status = MHD_HTTP_NOT_FOUND;
        buf_put_str(&reply.body, "no such page\n");
    } else {
        route->get(s->ctx, &req, &reply);
    }
    result = send_reply(connection, &reply);
    buf_free(&reply.body);
    return result;
}

static struct MHD_Daemon *
start_daemon(HttpServer *s, int port)
{
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, (uint16_t)port, NULL, NULL, answer, s,
                            MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&where, MHD_OPTION_CONNECTION_LIMIT, 32U,
                            MHD_OPTION_CONNECTION_TIMEOUT, 10U, MHD_OPTION_END);
}

HttpServer *
http_server_start(int port, const HttpRoute *routes, size_t count, void *ctx, Err *err)
{
    HttpServer *s;

    if (port < 0 || port > 65535) {
        (void)ERR_FAIL(err, ERR_CONFIG, "%d is no port", port);
        return NULL;
    }
    s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    s->routes = routes;
    s->count = count;
    s->ctx = ctx;
    s->daemon = start_daemon(s, port);
    if (s->daemon == NULL) {
        (void)ERR_FAIL(err, ERR_CONFIG, "cannot listen on 127.0.0.1:%d: errno %d", port, errno);
        free(s);
        return NULL;
    }
    return s;
}

void
http_server_free(HttpServer *s)
{
    if (s == NULL)
        return;
    MHD_stop_daemon(s->daemon);
    free(s);
}

int
http_server_port(const HttpServer *s)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);

    return info != NULL ? info->port : 0;
}
