/* A small HTTP/1.1 server: one process a connection, one request a connection. */
#define _GNU_SOURCE
#include "http.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <unistd.h>

#define HEAD_LIMIT 16384
#define BODY_LIMIT (64u << 20)
#define CLIENT_TIMEOUT_SECONDS 60

static const char *page =
    "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Guest</title>"
    "<h1>Hello from inside the virtual machine</h1>"
    "<p>This page is served by the application that the website's virtual machine runs.</p>"
    "<p><a href=\"/user-data\">The user data it received</a> &middot; <a href=\"/info\">What it sees of its machine</a></p>";

static int send_all(int client, const char *data, size_t size)
{
    while (size) {
        ssize_t sent = write(client, data, size);
        if (sent <= 0)
            return -1;
        data += sent;
        size -= (size_t)sent;
    }
    return 0;
}

static void answer(int client, const char *status, const char *type, const char *data, size_t size)
{
    char head[1024];
    /* Pages of any origin may read the answers, from a public site's page also by the rules of local network access. */
    int length = snprintf(head, sizeof head,
        "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n"
        "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET, HEAD, POST, OPTIONS\r\n"
        "Access-Control-Allow-Headers: *\r\nAccess-Control-Allow-Private-Network: true\r\nConnection: close\r\n\r\n",
        status, type, size);
    if (send_all(client, head, (size_t)length) == 0)
        send_all(client, data, size);
}

static void answer_text(int client, const char *status, const char *type, const char *text)
{
    answer(client, status, type, text, strlen(text));
}

/* The value of a header, cut off at its line's end into `value`; "" when absent. */
static void header(const char *head, const char *name, char *value, size_t room)
{
    size_t length = strlen(name);
    *value = 0;
    for (const char *line = strstr(head, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, length) || line[2 + length] != ':')
            continue;
        const char *start = line + 3 + length;
        start += strspn(start, " \t");
        snprintf(value, room, "%.*s", (int)strcspn(start, "\r"), start);
        return;
    }
}

static void info(int client)
{
    struct sysinfo machine;
    char disks[1024] = "", json[2048];
    sysinfo(&machine);
    DIR *folder = opendir("/sys/block");
    for (struct dirent *each; folder && (each = readdir(folder));) {
        char path[300], sectors[32] = "0";
        if (each->d_name[0] == '.' || !strncmp(each->d_name, "loop", 4) || !strncmp(each->d_name, "ram", 3))
            continue;
        snprintf(path, sizeof path, "/sys/block/%s/size", each->d_name);
        FILE *file = fopen(path, "r");
        if (file) {
            if (!fgets(sectors, sizeof sectors, file))
                strcpy(sectors, "0");
            fclose(file);
        }
        size_t used = strlen(disks);
        snprintf(disks + used, sizeof disks - used, "%s\"%s\": %lld", used ? ", " : "", each->d_name, atoll(sectors) * 512);
    }
    double uptime = 0;
    FILE *file = fopen("/proc/uptime", "r");
    if (!file || fscanf(file, "%lf", &uptime) != 1)
        uptime = (double)machine.uptime;
    snprintf(json, sizeof json, "{\"uptime\": %.2f, \"memory\": %llu, \"cpus\": %ld, \"disks\": {%s}}\n", uptime,
        (unsigned long long)machine.totalram * machine.mem_unit >> 20, sysconf(_SC_NPROCESSORS_ONLN), disks);
    answer_text(client, "200 OK", "application/json", json);
}

/* Takes the whole body before it answers: a client that reads only when it has sent everything would wait for ever. */
static void echo(int client, const char *head, const char *begun, size_t begun_size)
{
    char type[256], expect[32], number[32];
    header(head, "Content-Length", number, sizeof number);
    header(head, "Content-Type", type, sizeof type);
    header(head, "Expect", expect, sizeof expect);
    unsigned long long size = strtoull(number, NULL, 10);
    char *body = size <= BODY_LIMIT ? malloc(size + 1) : NULL;
    if (!body) {
        answer_text(client, "413 Content Too Large", "text/plain", "The body is larger than the guest takes.\n");
        return;
    }
    if (!strcasecmp(expect, "100-continue"))
        send_all(client, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    size_t got = begun_size < size ? begun_size : size;
    memcpy(body, begun, got);
    while (got < size) {
        ssize_t more = read(client, body + got, size - got);
        if (more <= 0)
            return;
        got += (size_t)more;
    }
    answer(client, "200 OK", *type ? type : "application/octet-stream", body, size);
}

static void handle(int client, struct content user_data)
{
    char head[HEAD_LIMIT + 1], method[16], path[256];
    size_t got = 0;
    char *end = NULL;
    while (!end && got < HEAD_LIMIT) {
        ssize_t more = read(client, head + got, HEAD_LIMIT - got);
        if (more <= 0)
            return;
        got += (size_t)more;
        head[got] = 0;
        end = strstr(head, "\r\n\r\n");
    }
    if (!end || sscanf(head, "%15s %255s", method, path) != 2) {
        answer_text(client, "400 Bad Request", "text/plain", "This is not a request that the guest understands.\n");
        return;
    }
    const char *body = end + 4;
    end[2] = 0;
    path[strcspn(path, "?")] = 0;
    if (!strcmp(method, "OPTIONS"))
        answer_text(client, "204 No Content", "text/plain", "");
    else if (!strcmp(path, "/echo") && !strcmp(method, "POST"))
        echo(client, head, body, got - (size_t)(body - head));
    else if (strcmp(method, "GET") && strcmp(method, "HEAD"))
        answer_text(client, "405 Method Not Allowed", "text/plain", "GET, or POST to /echo.\n");
    else if (!strcmp(path, "/"))
        answer_text(client, "200 OK", "text/html; charset=utf-8", page);
    else if (!strcmp(path, "/user-data"))
        answer(client, "200 OK", "text/plain; charset=utf-8", user_data.data, user_data.size);
    else if (!strcmp(path, "/health"))
        answer_text(client, "200 OK", "text/plain", "ok\n");
    else if (!strcmp(path, "/info"))
        info(client);
    else
        answer_text(client, "404 Not Found", "text/plain", "The guest has no such page.\n");
}

void serve(int port, struct content user_data)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval limit = {.tv_sec = CLIENT_TIMEOUT_SECONDS};
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64))
        return;
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0)
            continue;
        if (fork() == 0) {
            close(listener);
            setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
            setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
            handle(client, user_data);
            shutdown(client, SHUT_WR);
            _exit(0);
        }
        close(client);
    }
}
