/*
 * libcore/io/webhook.h
 *    Posts a JSON text to an address, with one deadline.
 */
#ifndef TIPOFF_IO_WEBHOOK_H
#define TIPOFF_IO_WEBHOOK_H

#include "libcore/base/err.h"

/* Any answer of 2xx is a yes. ERR_TRANSIENT for everything else, in words without the address, which may be
 * a secret. idempotency_key goes along as a header, so that a receiver can tell a repetition. */
NODISCARD bool webhook_post(const char *url, const char *json, const char *idempotency_key, Err *err);

#endif
