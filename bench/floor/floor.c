/* The floor: what it costs this machine to hand messages to many sockets when nothing else is done.
 *
 *   cc -O2 -o floor floor.c
 *   floor PORT write       each delivery is one write(2)
 *   floor PORT coalesce    what is pending for a room when the tick ends leaves in one write(2) per reader
 *
 * Says "ready PORT" when it accepts; PORT 0 takes a free one. A WebSocket server (RFC 6455) on loopback that knows
 * rooms and nothing else: no users, no log, no limits, no slow readers. It is no product and not to be exposed.
 *
 *   C sub 17           puts this connection into room 17, out of the one it was in     S ok
 *   C pub 17 hello     everybody in room 17 gets                                       S hello
 *
 * One thread, one epoll, level triggered. A tick is: wait, read once from each socket that has something, and, in the
 * mode coalesce, write to the rooms that were spoken in. A reader is in one room only, so one write per room and
 * member is one write per reader.
 *
 * Reading order: main, on_readable, on_unit, publish, give. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  ROOMS = 20000,
  NO_ROOM = -1,
  EVENTS_MAX = 1024,       /* per tick */
  READ_BYTES = 256 * 1024, /* per socket and tick */
  PENDING_MAX = 1 << 20,   /* of a room: beyond it leaves before the tick ends */
  WAITING_MAX = 64 << 20,  /* for a socket that does not take it: beyond, the connection ends */
};

/* Bytes that grow. */
struct bytes {
  uint8_t *data;
  size_t length, capacity;
};

struct connection {
  int fd, room, slot; /* slot: its place among the room's members */
  int upgraded;
  struct bytes unread;  /* the beginning of a frame whose rest has not come */
  struct bytes waiting; /* what the socket did not take; empty nearly always */
  size_t taken;         /* of `waiting` */
};

struct room {
  struct connection **members;
  size_t count, capacity;
  struct bytes pending; /* frames, ready to be written */
  int listed;           /* in `spoken_in` */
};

static int coalesce, loop;
static struct room rooms[ROOMS];
static int spoken_in[ROOMS], spoken_in_count; /* in this tick */
static uint8_t input[READ_BYTES];             /* shared: an idle connection owns no buffer */

static void *must(void *memory) {
  if (!memory) {
    fputs("floor: out of memory\n", stderr);
    exit(1);
  }
  return memory;
}

static uint8_t *grow(struct bytes *to, size_t more) {
  if (to->length + more > to->capacity) {
    to->capacity = (to->length + more) * 2;
    to->data = must(realloc(to->data, to->capacity));
  }
  uint8_t *end = to->data + to->length;
  to->length += more;
  return end;
}

static void release(struct bytes *it) {
  free(it->data);
  *it = (struct bytes){0};
}

/* ---- Writing ---------------------------------------------------------------------------------------------- */

static void watch(struct connection *c, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  epoll_ctl(loop, operation, c->fd, &event);
}

/* The socket's buffer is full: the rest waits until epoll says that there is room. */
static void keep(struct connection *c, const uint8_t *data, size_t length) {
  if (c->waiting.length + length > WAITING_MAX) {
    shutdown(c->fd, SHUT_RDWR); /* epoll will report it; members are not to be moved during a fan-out */
    return;
  }
  if (!c->waiting.length) watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
  memcpy(grow(&c->waiting, length), data, length);
}

/* The one write per delivery. An error is left to epoll, which reports it with the next tick. */
static void give(struct connection *c, const uint8_t *data, size_t length) {
  if (c->waiting.length) {
    keep(c, data, length);
    return;
  }
  ssize_t written = write(c->fd, data, length);
  if (written == (ssize_t)length) return;
  if (written < 0 && errno != EAGAIN) return;
  if (written < 0) written = 0;
  keep(c, data + written, length - written);
}

static void on_writable(struct connection *c) {
  ssize_t written = write(c->fd, c->waiting.data + c->taken, c->waiting.length - c->taken);
  if (written < 0) return;
  c->taken += written;
  if (c->taken < c->waiting.length) return;
  release(&c->waiting);
  c->taken = 0;
  watch(c, EPOLLIN, EPOLL_CTL_MOD);
}

static void to_all(struct room *room) {
  for (size_t i = 0; i < room->count; i++) give(room->members[i], room->pending.data, room->pending.length);
  room->pending.length = 0;
}

static void end_of_tick(void) {
  for (int i = 0; i < spoken_in_count; i++) {
    struct room *room = &rooms[spoken_in[i]];
    room->listed = 0;
    to_all(room);
  }
  spoken_in_count = 0;
}

/* ---- Rooms ------------------------------------------------------------------------------------------------ */

static void leave(struct connection *c) {
  if (c->room == NO_ROOM) return;
  struct room *room = &rooms[c->room];
  struct connection *last = room->members[--room->count];
  room->members[c->slot] = last;
  last->slot = c->slot;
  c->room = NO_ROOM;
}

static void enter(struct connection *c, int number) {
  leave(c);
  struct room *room = &rooms[number];
  if (room->count == room->capacity) {
    room->capacity = room->capacity ? room->capacity * 2 : 2;
    room->members = must(realloc(room->members, room->capacity * sizeof *room->members));
  }
  c->room = number;
  c->slot = (int)room->count;
  room->members[room->count++] = c;
}

/* Encodes once, as one text frame; the mode decides when it leaves. */
static void publish(int number, const uint8_t *text, size_t length) {
  struct room *room = &rooms[number];
  if (length < 126) {
    uint8_t *head = grow(&room->pending, 2);
    head[0] = 0x81;
    head[1] = (uint8_t)length;
  } else { /* no more than two bytes hold: `frame` ends who sends longer ones */
    uint8_t *head = grow(&room->pending, 4);
    head[0] = 0x81;
    head[1] = 126;
    head[2] = (uint8_t)(length >> 8);
    head[3] = (uint8_t)length;
  }
  memcpy(grow(&room->pending, length), text, length);
  if (!coalesce || room->pending.length > PENDING_MAX) {
    to_all(room);
  } else if (!room->listed) {
    room->listed = 1;
    spoken_in[spoken_in_count++] = number;
  }
}

/* The room's number behind a word of four bytes; -1 if there is none. `*end`: behind it and one space. */
static int room_number(const uint8_t *text, size_t length, size_t *end) {
  int number = 0;
  size_t i = 4;
  while (i < length && text[i] >= '0' && text[i] <= '9' && number < ROOMS) number = number * 10 + text[i++] - '0';
  *end = i < length ? i + 1 : i;
  return i > 4 && number < ROOMS ? number : -1;
}

static void on_unit(struct connection *c, const uint8_t *text, size_t length) {
  size_t end;
  if (length < 5) return;
  int number = room_number(text, length, &end);
  if (number < 0) return;
  if (!memcmp(text, "pub ", 4)) {
    publish(number, text + end, length - end);
  } else if (!memcmp(text, "sub ", 4)) {
    enter(c, number);
    give(c, (const uint8_t *)"\x81\x02ok", 4);
  }
}

/* ---- The handshake ---------------------------------------------------------------------------------------- */

static uint32_t rotate(uint32_t x, int bits) { return x << bits | x >> (32 - bits); }

/* SHA-1 (RFC 3174) of at most 119 bytes, enough for a key and its suffix. */
static void sha1(const uint8_t *text, size_t length, uint8_t digest[20]) {
  uint8_t block[128] = {0};
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  size_t padded = length + 9 <= 64 ? 64 : 128;
  memcpy(block, text, length);
  block[length] = 0x80;
  block[padded - 2] = (uint8_t)(length * 8 >> 8);
  block[padded - 1] = (uint8_t)(length * 8);
  for (const uint8_t *b = block; b < block + padded; b += 64) {
    uint32_t w[80], v[5];
    for (int t = 0; t < 16; t++)
      w[t] = (uint32_t)b[4 * t] << 24 | (uint32_t)b[4 * t + 1] << 16 | (uint32_t)b[4 * t + 2] << 8 | b[4 * t + 3];
    for (int t = 16; t < 80; t++) w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    memcpy(v, h, sizeof v);
    for (int t = 0; t < 80; t++) {
      uint32_t f, k;
      if (t < 20) {
        f = (v[1] & v[2]) | (~v[1] & v[3]);
        k = 0x5a827999;
      } else if (t < 40) {
        f = v[1] ^ v[2] ^ v[3];
        k = 0x6ed9eba1;
      } else if (t < 60) {
        f = (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]);
        k = 0x8f1bbcdc;
      } else {
        f = v[1] ^ v[2] ^ v[3];
        k = 0xca62c1d6;
      }
      uint32_t next = rotate(v[0], 5) + f + v[4] + k + w[t];
      v[4] = v[3];
      v[3] = v[2];
      v[2] = rotate(v[1], 30);
      v[1] = v[0];
      v[0] = next;
    }
    for (int i = 0; i < 5; i++) h[i] += v[i];
  }
  for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const uint8_t digest[20], char text[29]) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  int n = 0;
  for (int i = 0; i < 20; i += 3) {
    uint32_t three = (uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8 | (i + 2 < 20 ? digest[i + 2] : 0);
    for (int shift = 18; shift >= 0; shift -= 6) text[n++] = digits[three >> shift & 63];
  }
  text[27] = '='; /* 20 bytes leave two for the last group */
  text[28] = 0;
}

/* Answers the request when all of it is here. Returns its length, 0 if more must come, -1 if it is none. */
static ssize_t upgrade(struct connection *c, const uint8_t *data, size_t length) {
  static const char name[] = "\r\nsec-websocket-key:", suffix[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const uint8_t *end = memmem(data, length, "\r\n\r\n", 4);
  if (!end) return length < 8192 ? 0 : -1;
  for (const uint8_t *at = data; at < end; at++) {
    if (strncasecmp((const char *)at, name, sizeof name - 1)) continue;
    const uint8_t *key = at + sizeof name - 1;
    while (*key == ' ') key++;
    if (end - key < 24) return -1; /* 16 random bytes in base64 */
    uint8_t joined[24 + sizeof suffix], digest[20];
    char accept[29], answer[160];
    memcpy(joined, key, 24);
    memcpy(joined + 24, suffix, sizeof suffix - 1);
    sha1(joined, 24 + sizeof suffix - 1, digest);
    base64(digest, accept);
    int n = snprintf(
        answer, sizeof answer,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: %s\r\n\r\n",
        accept);
    give(c, (const uint8_t *)answer, n);
    c->upgraded = 1;
    return end + 4 - data;
  }
  return -1;
}

/* ---- Reading ---------------------------------------------------------------------------------------------- */

/* Takes one frame off `data` (RFC 6455 §5.2). Returns its length, 0 if more must come, -1 to end the connection.
 * Fragments are not put together; pings are not answered: the load sends neither. */
static ssize_t frame(struct connection *c, uint8_t *data, size_t length) {
  if (length < 2) return 0;
  size_t size = data[1] & 0x7f, head = 2;
  if (size == 126) {
    head = 4;
    if (length < head) return 0;
    size = (size_t)data[2] << 8 | data[3];
  } else if (size == 127) {
    return -1;
  }
  if (!(data[1] & 0x80)) return -1; /* a client's frame is masked */
  if (length < head + 4 + size) return 0;
  uint8_t *text = data + head + 4;
  uint32_t mask;
  memcpy(&mask, data + head, 4);
  uint64_t twice = mask | (uint64_t)mask << 32;
  size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    uint64_t eight;
    memcpy(&eight, text + i, 8);
    eight ^= twice;
    memcpy(text + i, &eight, 8);
  }
  for (; i < size; i++) text[i] ^= data[head + (i & 3)];
  int opcode = data[0] & 0x0f;
  if (opcode == 8) return -1;
  if (opcode == 1 || opcode == 2) on_unit(c, text, size);
  return (ssize_t)(head + 4 + size);
}

/* Returns -1 when the connection is over. */
static int on_readable(struct connection *c) {
  size_t have = c->unread.length;
  if (have) memcpy(input, c->unread.data, have);
  ssize_t n = read(c->fd, input + have, sizeof input - have);
  if (n < 0 && errno == EAGAIN) return 0;
  if (n <= 0) return -1;
  have += n;
  size_t at = 0;
  while (at < have) {
    ssize_t used = c->upgraded ? frame(c, input + at, have - at) : upgrade(c, input + at, have - at);
    if (used < 0) return -1;
    if (used == 0) break;
    at += used;
  }
  release(&c->unread);
  if (at < have) memcpy(grow(&c->unread, have - at), input + at, have - at);
  return 0;
}

/* ---- The loop --------------------------------------------------------------------------------------------- */

static void accept_all(int listener) {
  int fd, on = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *c = must(calloc(1, sizeof *c));
    c->fd = fd;
    c->room = NO_ROOM;
    watch(c, EPOLLIN, EPOLL_CTL_ADD);
  }
}

static void drop(struct connection *c) {
  leave(c);
  close(c->fd);
  release(&c->unread);
  release(&c->waiting);
  free(c);
}

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) || listen(fd, 4096)) {
    perror("floor: listen");
    exit(1);
  }
  getsockname(fd, (struct sockaddr *)&address, &size);
  printf("ready %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 3 || (strcmp(argv[2], "write") && strcmp(argv[2], "coalesce"))) {
    fputs("usage: floor PORT write|coalesce\n", stderr);
    return 2;
  }
  coalesce = !strcmp(argv[2], "coalesce");
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  loop = epoll_create1(EPOLL_CLOEXEC);
  int listener = listen_on(atoi(argv[1]));
  struct epoll_event accepting = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(loop, EPOLL_CTL_ADD, listener, &accepting);
  static struct epoll_event events[EVENTS_MAX];
  for (;;) {
    int n = epoll_wait(loop, events, EVENTS_MAX, -1);
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (!c) {
        accept_all(listener);
        continue;
      }
      if ((events[i].events & EPOLLOUT) && c->waiting.length) on_writable(c);
      if ((events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && on_readable(c) < 0) drop(c);
    }
    end_of_tick();
  }
}
