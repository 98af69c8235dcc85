/*
 * The least that a server can do: one thread, one epoll, one send() per chunk and listener. No TLS, no library, no room.
 * Anything that it reads after the handshake is thrown away; a listener whose socket is full is hung up on.
 *
 *     bare-loop CHUNK_MS FRAME_BYTES BUNDLE      prints "listening on PORT"; any plain request starts the sound
 *
 * The chunk is the one of test/bench/sound.ts: a header of 28 bytes, one voice's block of 9, and CHUNK_MS / 20 frames.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FD = 65536, HEAD_BYTES = 2048, CHUNK_HEADER = 28, BLOCK_HEADER = 9 };

static char *heads[MAX_FD];          /* what came of a handshake that is not whole */
static int head_bytes[MAX_FD];
static int listeners[MAX_FD], places[MAX_FD], listener_count;
static int epoll;

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1000.0 + t.tv_nsec / 1e6;
}

static void put16(uint8_t *at, uint32_t v) { at[0] = v >> 8; at[1] = v; }
static void put32(uint8_t *at, uint32_t v) { put16(at, v >> 16); put16(at + 2, v); }

/* FIPS 180-4, for the one block or two that a handshake needs. */
static uint32_t rol(uint32_t x, int n) { return x << n | x >> (32 - n); }
static void sha1(const uint8_t *in, size_t n, uint8_t out[20]) {
  uint8_t block[128] = {0};
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}, w[80];
  size_t total = n + 9 <= 64 ? 64 : 128;
  memcpy(block, in, n);
  block[n] = 0x80;
  put32(block + total - 4, n * 8);
  for (size_t at = 0; at < total; at += 64) {
    for (int i = 0; i < 16; i++) w[i] = (uint32_t)block[at + i * 4] << 24 | block[at + i * 4 + 1] << 16 | block[at + i * 4 + 2] << 8 | block[at + i * 4 + 3];
    for (int i = 16; i < 80; i++) w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 80; i++) {
      uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 ? b ^ c ^ d : i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      uint32_t k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
      uint32_t t = rol(a, 5) + f + e + k + w[i];
      e = d; d = c; c = rol(b, 30); b = a; a = t;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e;
  }
  for (int i = 0; i < 5; i++) put32(out + i * 4, h[i]);
}

static void base64(const uint8_t *in, int n, char *out) {
  static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < n; i += 3) {
    uint32_t v = in[i] << 16 | (i + 1 < n ? in[i + 1] << 8 : 0) | (i + 2 < n ? in[i + 2] : 0);
    *out++ = set[v >> 18];
    *out++ = set[v >> 12 & 63];
    *out++ = i + 1 < n ? set[v >> 6 & 63] : '=';
    *out++ = i + 2 < n ? set[v & 63] : '=';
  }
  *out = 0;
}

static void hang_up(int fd) {
  if (places[fd] >= 0) {
    int last = listeners[--listener_count];
    listeners[places[fd]] = last;
    places[last] = places[fd];
    places[fd] = -1;
  }
  free(heads[fd]);
  heads[fd] = NULL;
  close(fd);
}

/* RFC 6455 4.2.2. True if the sound is to start. */
static int answer(int fd) {
  char *head = heads[fd], *key = strcasestr(head, "\r\nsec-websocket-key:");
  if (key == NULL) {
    static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\non air";
    if (write(fd, ok, sizeof ok - 1) < 0) { /* it asked and left */ }
    int starts = strncmp(head, "GET /start", 10) == 0;
    hang_up(fd);
    return starts;
  }
  key += strlen("\r\nsec-websocket-key:");
  while (*key == ' ') key++;
  char proof[128], accept[64], out[256];
  uint8_t digest[20];
  int n = snprintf(proof, sizeof proof, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)strcspn(key, " \r\n") & 63, key);
  sha1((uint8_t *)proof, n, digest);
  base64(digest, 20, accept);
  n = snprintf(out, sizeof out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  if (write(fd, out, n) != n) { hang_up(fd); return 0; }
  free(heads[fd]);
  heads[fd] = NULL;
  places[fd] = listener_count;
  listeners[listener_count++] = fd;
  return 0;
}

/* Reads what a connection says. True if the sound is to start. */
static int hear(int fd) {
  char waste[4096];
  if (places[fd] >= 0) {
    ssize_t n = read(fd, waste, sizeof waste);
    /* 0x88: a close frame; our listeners send nothing else that matters. */
    if (n == 0 || (n < 0 && errno != EAGAIN) || (n > 0 && (uint8_t)waste[0] == 0x88)) hang_up(fd);
    return 0;
  }
  if (heads[fd] == NULL) { heads[fd] = malloc(HEAD_BYTES + 1); head_bytes[fd] = 0; }
  ssize_t n = read(fd, heads[fd] + head_bytes[fd], HEAD_BYTES - head_bytes[fd]);
  if (n <= 0) { if (n == 0 || errno != EAGAIN) hang_up(fd); return 0; }
  head_bytes[fd] += n;
  heads[fd][head_bytes[fd]] = 0;
  if (strstr(heads[fd], "\r\n\r\n") != NULL) return answer(fd);
  if (head_bytes[fd] == HEAD_BYTES) hang_up(fd);
  return 0;
}

static int chunk(uint8_t *out, uint32_t sequence, double due_ms, int chunk_ms, int frame_bytes) {
  int frames = chunk_ms / 20, block = BLOCK_HEADER + frames * (2 + frame_bytes), all = CHUNK_HEADER + block;
  uint64_t due;
  memset(out, 7, all);
  memcpy(&due, &due_ms, 8);
  put16(out, all);
  out[2] = 1; out[3] = CHUNK_HEADER; out[4] = 0; out[5] = 1;
  put32(out + 6, 1);
  put32(out + 10, sequence);
  put32(out + 14, (sequence - 1) * chunk_ms);
  put32(out + 18, due >> 32);
  put32(out + 22, due);
  put16(out + 26, chunk_ms);
  uint8_t *at = out + CHUNK_HEADER;
  put16(at, block); put16(at + 2, 1);
  at[4] = 30; at[5] = 0; put16(at + 6, 0); at[8] = frames;
  for (int i = 0; i < frames; i++) put16(at + BLOCK_HEADER + i * (2 + frame_bytes), frame_bytes);
  return all;
}

/* One message to everybody; who cannot take it whole is hung up on. */
static void broadcast(const uint8_t *payload, int n) {
  static uint8_t frame[1 << 20];
  int head = n < 126 ? 2 : n < 65536 ? 4 : 10;
  frame[0] = 0x82;
  if (head == 2) frame[1] = n;
  else if (head == 4) { frame[1] = 126; put16(frame + 2, n); }
  else { frame[1] = 127; put32(frame + 2, 0); put32(frame + 6, n); }
  memcpy(frame + head, payload, n);
  for (int i = listener_count - 1; i >= 0; i--) {
    int fd = listeners[i];
    if (send(fd, frame, head + n, MSG_NOSIGNAL | MSG_DONTWAIT) != head + n) hang_up(fd);
  }
}

int main(int argc, char **argv) {
  if (argc != 4) { fprintf(stderr, "bare-loop CHUNK_MS FRAME_BYTES BUNDLE\n"); return 2; }
  int chunk_ms = atoi(argv[1]), frame_bytes = atoi(argv[2]), bundle = atoi(argv[3]);
  static uint8_t waiting[1 << 20];
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  memset(places, -1, sizeof places);
  int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(door, (struct sockaddr *)&address, size) != 0 || listen(door, 16384) != 0) { perror("listen"); return 1; }
  getsockname(door, (struct sockaddr *)&address, &size);
  epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = door}, events[256];
  epoll_ctl(epoll, EPOLL_CTL_ADD, door, &event);
  printf("listening on %d\n", ntohs(address.sin_port));
  fflush(stdout);
  double due = 0;
  uint32_t sequence = 0;
  int bytes = 0, bundled = 0;
  for (;;) {
    double left = due == 0 ? 60000 : due - now_ms();
    int n = epoll_wait(epoll, events, 256, left <= 0 ? 0 : (int)left + 1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd != door) { if (hear(fd) && due == 0) due = now_ms() + chunk_ms; continue; }
      for (int one; (one = accept4(door, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        int on = 1;
        if (one >= MAX_FD) { close(one); continue; }
        setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event joined = {.events = EPOLLIN, .data.fd = one};
        epoll_ctl(epoll, EPOLL_CTL_ADD, one, &joined);
      }
    }
    if (due == 0 || now_ms() < due) continue;
    bytes += chunk(waiting + bytes, ++sequence, due, chunk_ms, frame_bytes);
    due += chunk_ms;
    if (++bundled < bundle) continue;
    broadcast(waiting, bytes);
    bytes = bundled = 0;
  }
}
