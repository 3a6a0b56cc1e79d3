/*
 * libcore/io/versions.c
 *    What the loaded libraries say of themselves. avro-c says nothing, so its version is the one that
 *    was built against.
 */
#include "libcore/io/versions.h"
#include <curl/curl.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <librdkafka/rdkafka.h>
#include <microhttpd.h>
#include <openssl/crypto.h>

const LibraryVersion *
library_versions(Arena *a, size_t *count)
{
    LibraryVersion *list = arena_array(a, 7, sizeof *list);

    list[0] = (LibraryVersion){"avro-c", TIPOFF_AVRO_VERSION};
    list[1] = (LibraryVersion){"jansson", jansson_version_str()};
    list[2] = (LibraryVersion){"libcurl", curl_version_info(CURLVERSION_NOW)->version};
    list[3] = (LibraryVersion){"libmicrohttpd", MHD_get_version()};
    list[4] = (LibraryVersion){"libpq", arena_printf(a, "%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000)};
    list[5] = (LibraryVersion){"librdkafka", rd_kafka_version_str()};
    list[6] = (LibraryVersion){"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)};
    *count = 7;
    return list;
}
