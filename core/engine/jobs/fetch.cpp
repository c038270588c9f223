// SPDX-License-Identifier: GPL-3.0-or-later
// The job that fetches the demo model.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "core/base/log.h"
#include "core/engine/installation.h"
#include "core/engine/jobs/kinds.h"
#include "core/engine/models.h"
#include "core/engine/wire.h"

extern char** environ;

namespace loupe::engine {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using store::JobStatus;

// The name that the sample projects ask for.
constexpr const char* kDemoModel = "SmolLM2-135M-Instruct";

// Runs a program, handing over its lines of stdout; `stop` is asked ten times a second, and ends
// its whole process group.
Result<int> run_program(std::vector<std::string> words,
                        const std::function<void(const std::string&)>& on_line,
                        const std::function<bool()>& stop) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return Error{ErrorCode::io, std::string("no pipe: ") + std::strerror(errno), words.front(), ""};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int status =
      ::posix_spawn(&pid, words.front().c_str(), &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(ends[1]);
  if (status != 0) {
    ::close(ends[0]);
    return Error{ErrorCode::io, std::string("it could not be started: ") + std::strerror(status),
                 words.front(), ""};
  }
  std::string buffer;
  bool asked = false;
  while (true) {
    pollfd wait{ends[0], POLLIN, 0};
    if (::poll(&wait, 1, 100) > 0) {
      char chunk[4096];
      const ssize_t got = ::read(ends[0], chunk, sizeof(chunk));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      buffer.append(chunk, static_cast<size_t>(got));
      for (size_t end; (end = buffer.find('\n')) != std::string::npos; buffer.erase(0, end + 1))
        on_line(buffer.substr(0, end));
    }
    if (!asked && stop()) {
      asked = true;
      ::kill(-pid, SIGTERM);
    }
  }
  ::close(ends[0]);
  int code = 0;
  while (::waitpid(pid, &code, 0) < 0 && errno == EINTR) {
  }
  if (asked) return Error{ErrorCode::cancelled, "stopped before it was done", "", ""};
  return WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code);
}

Result<fs::path> fetch_model(JobContext& context) {
  auto& workspace = context.workspace;
  const auto& job = context.job;
  std::error_code ignored;
  for (const auto& place : demo_model_places())
    if (fs::exists(place, ignored)) return fs::weakly_canonical(place, ignored);
  const fs::path script = fetch_script();
  if (script.empty())
    return Error{ErrorCode::not_found, "the script that fetches the demo model is not there", "",
                 "fetch a model yourself and import it"};
  std::string path, said;
  const auto on_line = [&](const std::string& line) {
    const json message = json::parse(line, nullptr, false);
    if (!message.is_object()) return;
    if (message.contains("path")) path = message.value("path", "");
    said = message.value("message", said);
    if (message.contains("phase"))
      (void)workspace
          .set_job_progress(job.id,
                            progress_json({message.value("phase", ""), message.value("done", 0.0),
                                           message.value("total", 0.0), -1}))
          .ok();
  };
  LOUPE_TRY(const int code, run_program({script.string(), "demo-model", "--json"}, on_line,
                                        [&] { return context.stop_wanted(); }));
  if (code != 0)
    return Error{ErrorCode::io,
                 "the demo model could not be fetched" + (said.empty() ? "" : ": " + said),
                 script.string(), "look at the job's log, and try again"};
  if (!path.empty() && fs::exists(path, ignored)) return fs::path(path);
  for (const auto& place : demo_model_places())
    if (fs::exists(place, ignored)) return place;
  return Error{ErrorCode::internal, "the fetch script ended well, but left no model",
               script.string(), ""};
}

Result<JobStatus> fetch_body(JobContext& context) {
  auto& workspace = context.workspace;
  if (workspace.model(kDemoModel)) {
    log_info("the workspace has the demo model already");
    return JobStatus::done;
  }
  LOUPE_TRY(const fs::path path, fetch_model(context));
  (void)workspace.set_job_progress(context.job.id, progress_json({"importing", 0, 0, -1})).ok();
  ImportOptions named;
  named.name = kDemoModel;
  LOUPE_TRY(const auto row, import_model(workspace, path.string(), named));
  log_info("imported " + row.name + " from " + path.string());
  return JobStatus::done;
}

}  // namespace

const JobKind fetch_job{
    .id = "fetch", .title = "fetch the demo model", .takes_device = false, .body = fetch_body};

}  // namespace loupe::engine
