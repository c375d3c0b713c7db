/* Asks an HTTP/1.1 server for many addresses over keep-alive connections, one thread, and tells how long it took.

   tile_client HOST PORT CONNECTIONS < requests
   A line of requests is a path, or a path, a tab and the value of If-None-Match. Each connection takes the next line
   as soon as its answer is whole. Printed: JSON with seconds, p50_ms, p95_ms, bytes, reconnects, statuses. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 32 << 20, MOST_CONNECTIONS = 256 };

struct connection {
    int socket, request; /* request: index of the one under way, -1: none */
    double asked_at;
    char *answer; /* ROOM bytes of address space, touched only as far as answers reach */
    size_t have, head, length, chunk; /* head: length of status line and headers, 0 while unknown */
    int status, is_chunked, is_closing;
};

static struct sockaddr_in server;
static const char *host;
static char **requests;
static int count, next_request, done, reconnects, statuses[600];
static double *taken_ms;
static unsigned long long bytes;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static void join(struct connection *c) {
    int on = 1;
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (c->socket < 0 || connect(c->socket, (struct sockaddr *)&server, sizeof server)) fail("connect");
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void ask(struct connection *c) {
    char words[8192];
    char *path = requests[c->request], *tag = strchr(path, '\t');
    int path_length = tag ? (int)(tag - path) : (int)strlen(path);
    int length = snprintf(words, sizeof words, "GET %.*s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\n%s%s%s\r\n", path_length, path,
                          host, tag ? "If-None-Match: " : "", tag ? tag + 1 : "", tag ? "\r\n" : "");
    if (length >= (int)sizeof words) { errno = EMSGSIZE; fail("address"); }
    c->have = c->head = 0;
    for (int at = 0; at < length;) {
        ssize_t sent = send(c->socket, words + at, length - at, MSG_NOSIGNAL);
        if (sent < 0) fail("send");
        at += sent;
    }
}

static char *header(struct connection *c, const char *name) {
    char *found = strcasestr(c->answer, name);
    return found ? found + strlen(name) : NULL;
}

/* 1 when the answer is whole. */
static int is_whole(struct connection *c) {
    if (!c->head) {
        c->answer[c->have] = 0;
        char *end = strstr(c->answer, "\r\n\r\n");
        if (!end) return 0;
        c->head = end + 4 - c->answer;
        c->answer[c->head - 1] = 0; /* headers are searched up to here, not the picture */
        c->status = atoi(c->answer + 9);
        char *length = header(c, "\r\ncontent-length:"), *coding = header(c, "\r\ntransfer-encoding: chunked");
        char *closing = header(c, "\r\nconnection: close");
        c->is_closing = closing != NULL;
        c->is_chunked = coding != NULL;
        c->length = length ? strtoul(length, NULL, 10) : 0;
        if (!length && !coding && c->status != 304 && c->status != 204) c->length = ROOM; /* until it is closed */
        if (c->status == 304) c->length = 0;
        c->chunk = c->head;
    }
    if (!c->is_chunked) return c->have >= c->head + c->length;
    for (;;) {
        char *line = c->answer + c->chunk;
        c->answer[c->have] = 0;
        char *end = c->chunk < c->have ? strstr(line, "\r\n") : NULL;
        if (!end) return 0;
        size_t size = strtoul(line, NULL, 16), past = end + 2 - c->answer + size + 2;
        if (past > c->have) return 0;
        c->chunk = past;
        if (!size) return 1;
    }
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void watch(int poll, struct connection *c) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, c->socket, &event)) fail("epoll_ctl");
}

static void again(int poll, struct connection *c) {
    close(c->socket); /* which takes it out of the poll too */
    join(c);
    watch(poll, c);
    reconnects++;
}

static void take(int poll, struct connection *c) {
    if (c->have + 1 >= ROOM) { errno = EMSGSIZE; fail("answer"); }
    ssize_t got = recv(c->socket, c->answer + c->have, ROOM - 1 - c->have, 0);
    int is_over = got <= 0;
    if (is_over && !c->have) { /* closed between two answers: keep-alive allows it */
        if (reconnects > 2 * count) fail("the server closes each connection unanswered");
        again(poll, c);
        ask(c);
        return;
    }
    if (!is_over) c->have += got;
    int whole = is_whole(c);
    if (!whole && is_over && !(c->head && c->length == ROOM)) fail("cut off");
    if (!whole && !is_over) return;
    taken_ms[c->request] = (now() - c->asked_at) * 1e3;
    bytes += c->have;
    statuses[c->status > 0 && c->status < 600 ? c->status : 0]++;
    done++;
    if (next_request == count) {
        epoll_ctl(poll, EPOLL_CTL_DEL, c->socket, NULL);
        return;
    }
    if (is_over || c->is_closing) again(poll, c);
    c->request = next_request++;
    c->asked_at = now();
    ask(c);
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    static struct connection all[MOST_CONNECTIONS];
    int connections = atoi(argv[3]), poll = epoll_create1(0), room = 1 << 16;
    host = argv[1];
    server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
    if (inet_pton(AF_INET, host, &server.sin_addr) != 1 || connections < 1 || connections > MOST_CONNECTIONS) return 2;
    requests = malloc(room * sizeof *requests);
    char *line = NULL;
    size_t line_room = 0;
    for (ssize_t length; (length = getline(&line, &line_room, stdin)) > 0;) {
        if (line[length - 1] == '\n') line[length - 1] = 0;
        if (count == room) requests = realloc(requests, (room *= 2) * sizeof *requests);
        requests[count++] = strdup(line);
    }
    taken_ms = calloc(count, sizeof *taken_ms);
    if (connections > count) connections = count;
    for (int i = 0; i < connections; i++) {
        all[i].answer = malloc(ROOM);
        join(&all[i]);
        watch(poll, &all[i]);
    }
    double began = now();
    for (int i = 0; i < connections; i++) {
        all[i].request = next_request++;
        all[i].asked_at = now();
        ask(&all[i]);
    }
    while (done < count) {
        struct epoll_event events[MOST_CONNECTIONS];
        int ready = epoll_wait(poll, events, MOST_CONNECTIONS, 30000);
        if (ready <= 0) { errno = ETIMEDOUT; fail("no answer within 30 s"); }
        for (int i = 0; i < ready; i++) take(poll, events[i].data.ptr);
    }
    double seconds = now() - began;
    qsort(taken_ms, count, sizeof *taken_ms, by_size);
    printf("{\"seconds\": %.6f, \"p50_ms\": %.4f, \"p95_ms\": %.4f, \"bytes\": %llu, \"reconnects\": %d, \"statuses\": {",
           seconds, taken_ms[count / 2], taken_ms[(int)(count * 0.95)], bytes, reconnects);
    const char *comma = "";
    for (int i = 0; i < 600; i++)
        if (statuses[i]) { printf("%s\"%d\": %d", comma, i, statuses[i]); comma = ", "; }
    puts("}}");
    return 0;
}
