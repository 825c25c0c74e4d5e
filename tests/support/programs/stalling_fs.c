// A file system with one file, `program`, that never answers one process: what it opens and reads is waited for, for ever.
// Usage: stalling_fs MOUNTPOINT SOURCE. The process to stall is written to stdin, by id.
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int source;
static volatile int stalled;

static int thread_group(int thread) {
  char path[64], line[128];
  int group = 0;
  snprintf(path, sizeof path, "/proc/%d/status", thread);
  FILE *status = fopen(path, "r");
  while (status && fgets(line, sizeof line, status)) sscanf(line, "Tgid: %d", &group);
  if (status) fclose(status);
  return group;
}

static void stall(void) {
  if (stalled && thread_group(fuse_get_context()->pid) == stalled) for (;;) pause();
}

static int get_attributes(const char *path, struct stat *to, struct fuse_file_info *file) {
  (void)file;
  if (!strcmp(path, "/")) {
    memset(to, 0, sizeof *to);
    to->st_mode = S_IFDIR | 0755;
    return 0;
  }
  if (strcmp(path, "/program")) return -ENOENT;
  return fstat(source, to) ? -errno : 0;
}

static int open_file(const char *path, struct fuse_file_info *file) {
  (void)path;
  (void)file;
  stall();
  return 0;
}

static int read_file(const char *path, char *to, size_t size, off_t at, struct fuse_file_info *file) {
  (void)path;
  (void)file;
  stall();
  return pread(source, to, size, at);
}

static const struct fuse_operations operations = {
  .getattr = get_attributes,
  .open = open_file,
  .read = read_file,
};

static void *listen_for_process(void *unused) {
  (void)unused;
  int process;
  puts("ready");
  fflush(stdout);
  while (scanf("%d", &process) == 1) stalled = process;
  // Whoever started this is gone.
  raise(SIGTERM);
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  source = open(arguments[2], O_RDONLY);
  if (source < 0) return 1;
  pthread_t listener;
  pthread_create(&listener, NULL, listen_for_process, NULL);
  // By default 3.14 keeps one thread, and one stalled request would stall everybody.
  char *fuse_arguments[] = {arguments[0], "-f", "-o", "max_threads=16,max_idle_threads=16", arguments[1]};
  return fuse_main(5, fuse_arguments, &operations, NULL);
}
