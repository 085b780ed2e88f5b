/* The guest's HTTP server. */
#ifndef GUEST_HTTP_H
#define GUEST_HTTP_H

#include <stddef.h>

struct content {
    const char *data;
    size_t size;
};

/* Serves on TCP port `port` of all addresses until the machine ends; returns only if it can't listen. */
void serve(int port, struct content user_data);

#endif
