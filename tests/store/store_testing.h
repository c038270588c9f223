// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of core/store share: a workspace in a temporary folder, rows to put in it, and
// child processes.
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <optional>
#include <string>

#include "core/store/workspace.h"

#define VERIFY_OK(expression)                                                   \
  do {                                                                          \
    const auto& loupe_verified = (expression);                                  \
    QVERIFY2(loupe_verified.ok(),                                               \
             loupe_verified.ok() ? "" : loupe_verified.error().text().c_str()); \
  } while (false)

// The expression is an Error with this code, and says what happened.
#define VERIFY_FAILS(expression, expected)                                             \
  do {                                                                                 \
    const auto& loupe_verified = (expression);                                         \
    QVERIFY(!loupe_verified.ok());                                                     \
    QCOMPARE(error_code_name(loupe_verified.error().code), error_code_name(expected)); \
    QVERIFY(!loupe_verified.error().what.empty());                                     \
  } while (false)

namespace loupe::store::testing {

inline std::filesystem::path path_of(const QTemporaryDir& dir) {
  return std::filesystem::path(dir.path().toStdString());
}

// Ends the test program when the workspace cannot be opened: nothing else could be tested.
inline Workspace open_or_die(const std::filesystem::path& folder,
                             Workspace::Mode mode = Workspace::Mode::create_or_open) {
  Result<Workspace> opened = Workspace::open(folder, mode);
  if (!opened) qFatal("%s", opened.error().text().c_str());
  return std::move(*opened);
}

inline RunRow sample_run(const std::string& name) {
  RunRow run;
  run.name = name;
  run.type = "EX";
  run.recipe = json{{"seed", 7}};
  return run;
}

// SQL that adds runs, as a workspace that has seen much would have them.
inline std::string many_runs(int count) {
  return "INSERT INTO runs (name, type, recipe, versions, device, host, status, note, created, "
         "started, ended, summary) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
         "WHERE i < " +
         std::to_string(count) +
         ") SELECT 'other ' || i, 'EX', '{}', '{}', '', '', 'done', '', 1, 1, 1, '{}' FROM n;";
}

// f() in a forked child, which exits with what it returns, and dies with the test program: a failed
// check must not leave it behind. Returns the child's pid.
template <class F>
pid_t spawn(F&& f) {
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(f());
  }
  return pid;
}

// The child's exit code, or -signal.
inline int wait_for(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) return -1000;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace loupe::store::testing
