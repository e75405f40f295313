/* Preloaded into a gateway: each sync of a RocksDB log that succeeded appends a line
   "NAME LENGTH" to the file named by ENTENTE_SYNCED, with the length that the log had when the
   sync began: so much of it is on the disk when the sync returns. While the file named by
   ENTENTE_HOLD_SYNC_IF exists, syncs of logs do not return, as on a disk that has gone away. A
   sync that waits for it appends such lines to the file of that name with ".waiting" behind. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The name of the log behind a descriptor, in the buffer; NULL where it is none. */
static const char *log_name(int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length < 5) {
    return NULL;
  }
  path[length] = '\0';
  const char *name = strrchr(path, '/');
  return name != NULL && strcmp(path + length - 4, ".log") == 0 ? name + 1 : NULL;
}

static void note(const char *journal, const char *name, long long length) {
  char line[256];
  int size = snprintf(line, sizeof line, "%s %lld\n", name, length);
  int out = journal == NULL ? -1 : open(journal, O_WRONLY | O_CREAT | O_APPEND, 0600);
  /* What cannot be noted must not be acknowledged either. */
  if (out < 0 || write(out, line, size) != size) {
    abort();
  }
  close(out);
}

static int sync_and_note(const char *function, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, function);
  char path[4096];
  const char *name = log_name(fd, path, sizeof path);
  if (name == NULL) {
    return real(fd);
  }
  struct stat before;
  const char *hold = getenv("ENTENTE_HOLD_SYNC_IF");
  char waiting[4096];
  snprintf(waiting, sizeof waiting, "%s.waiting", hold == NULL ? "" : hold);
  while (hold != NULL && access(hold, F_OK) == 0) {
    if (fstat(fd, &before) != 0) {
      return -1;
    }
    note(waiting, name, (long long)before.st_size);
    usleep(10000);
  }
  if (fstat(fd, &before) != 0) {
    return -1;
  }
  int result = real(fd);
  if (result == 0) {
    note(getenv("ENTENTE_SYNCED"), name, (long long)before.st_size);
  }
  return result;
}

int fsync(int fd) { return sync_and_note("fsync", fd); }

int fdatasync(int fd) { return sync_and_note("fdatasync", fd); }
