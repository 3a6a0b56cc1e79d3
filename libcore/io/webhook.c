/*
 * libcore/io/webhook.c
 *    One POST through libcurl.
 */
#include "libcore/io/webhook.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

enum { CONNECT_MS = 3000, ANSWER_MS = 5000 };

/* Nobody reads the answer. */
static size_t
pass_over(char *data, size_t size, size_t count, void *ctx) /* NOLINT(readability-non-const-parameter): libcurl's */
{
    (void)data;
    (void)ctx;
    return size * count;
}

static struct curl_slist *
headers_of(const char *idempotency_key)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    char line[200];

    (void)snprintf(line, sizeof line, "Idempotency-Key: %s", idempotency_key);
    return curl_slist_append(headers, line);
}

bool
webhook_post(const char *url, const char *json, const char *idempotency_key, Err *err)
{
    struct curl_slist *headers;
    CURLcode code;
    CURL *curl;
    long status = 0;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (curl = curl_easy_init()) == NULL)
        abort();
    headers = headers_of(idempotency_key);
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, pass_over);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, json);
    code = curl_easy_perform(curl);
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    if (code != CURLE_OK)
        return ERR_FAIL(err, ERR_TRANSIENT, "not delivered: %s", curl_easy_strerror(code));
    return (status >= 200 && status < 300) || ERR_FAIL(err, ERR_TRANSIENT, "not delivered: status %ld", status);
}
