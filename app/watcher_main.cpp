// SPDX-License-Identifier: GPL-3.0-or-later
// rewardloupe-watcher ENGINE WORKSPACE LOCK...: waits until nobody holds one of these locks any
// more, each of which is that of a running job, and then becomes the engine that starts the next
// job. The engine starts it while jobs wait, so that the next one comes even when a job is killed
// and no window is open. It links nothing of ours: a process that only waits should be small.
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace {

char** words;

void* wait_for(void* path) {
  const int fd = open(static_cast<const char*>(path), O_RDONLY | O_CLOEXEC);
  if (fd >= 0)
    while (flock(fd, LOCK_SH) != 0 && errno == EINTR) {
    }
  execl(words[1], words[1], "--workspace", words[2], "dispatch", static_cast<char*>(nullptr));
  _exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  words = argv;
  // The watcher's own lock, held for as long as it watches.
  fcntl(3, F_SETFD, FD_CLOEXEC);
  for (int i = 4; i < argc; ++i) {
    pthread_t thread;
    pthread_create(&thread, nullptr, wait_for, argv[i]);
  }
  wait_for(argv[3]);
}
