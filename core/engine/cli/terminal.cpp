// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/cli/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <limits>
#include <set>
#include <thread>

#include "core/api/messages.h"
#include "core/engine/jobs.h"
#include "core/engine/wire.h"

namespace loupe::engine {

namespace {
std::atomic<int> interrupts{0};

// Characters as a terminal counts them: UTF-8 continuation bytes take no room.
size_t width_of(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}
}  // namespace

Terminal::Terminal(bool json_mode) : json_(json_mode), is_terminal_(::isatty(2) != 0) {}

void Terminal::print(const nlohmann::json& value, const std::string& text) {
  clear_progress();
  const std::string line = json_ ? dump(value) : text;
  std::fwrite(line.data(), 1, line.size(), stdout);
  if (line.empty() || line.back() != '\n') std::fputc('\n', stdout);
  std::fflush(stdout);
}

void Terminal::progress(const std::string& title, const Progress& p) {
  if (json_ || !is_terminal_) return;
  constexpr int width = 30;
  const double share = p.total > 0 ? std::clamp(p.done / p.total, 0.0, 1.0) : 0;
  const int full = static_cast<int>(share * width);
  std::string bar;
  for (int i = 0; i < width; ++i) bar += i < full ? "█" : "·";
  std::string left = p.seconds_left >= 0 ? "  " + format_duration(p.seconds_left) + " left" : "";
  std::fprintf(stderr, "\r\033[K%s  %s %3.0f %%  %s%s", title.c_str(), bar.c_str(), share * 100,
               p.phase.c_str(), left.c_str());
  std::fflush(stderr);
  bar_ = true;
}

void Terminal::clear_progress() {
  if (bar_) std::fprintf(stderr, "\r\033[K");
  bar_ = false;
}

int Terminal::fail(const Error& error) {
  clear_progress();
  if (json_) {
    const std::string line = dump({{"error", error_json(error)}});
    std::fprintf(stdout, "%s\n", line.c_str());
    std::fflush(stdout);
  }
  std::fprintf(stderr, "rewardloupe-engine: %s\n", error.text().c_str());
  return error.code == ErrorCode::cancelled ? 130 : 1;
}

std::string format_table(const std::vector<std::string>& header,
                         const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& cell : header) widths.push_back(width_of(cell));
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  std::string out;
  const auto add = [&](const std::vector<std::string>& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string pad(widths[i] - width_of(row[i]), ' ');
      const bool number = row[i].find_first_of("0123456789") != std::string::npos &&
                          row[i].find_first_not_of("0123456789.+-:eE±infa ") == std::string::npos;
      line += (i == 0 ? "" : "  ") + (number ? pad + row[i] : row[i] + pad);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  };
  add(header);
  for (const auto& row : rows) add(row);
  return out;
}

std::string format_duration(double seconds) {
  const auto total = static_cast<int64_t>(seconds + 0.5);
  char text[32];
  if (total >= 3600)
    std::snprintf(text, sizeof(text), "%lld:%02lld:%02lld", static_cast<long long>(total / 3600),
                  static_cast<long long>(total / 60 % 60), static_cast<long long>(total % 60));
  else
    std::snprintf(text, sizeof(text), "%lld:%02lld", static_cast<long long>(total / 60),
                  static_cast<long long>(total % 60));
  return text;
}

Result<store::JobRow> follow_job(store::Workspace& workspace, int64_t job_id,
                                 const std::string& title, Terminal& terminal) {
  interrupts = 0;
  const auto previous = std::signal(SIGINT, [](int) { ++interrupts; });
  int64_t last_step = -1;
  std::set<int64_t> evals_seen;  // by id
  // What an earlier job of the same run wrote is not this job's news.
  if (const auto job = workspace.job(job_id); job && job->run_id > 0 && terminal.json_mode()) {
    const bool trains = job->kind == "train";
    if (!trains || job->request.value("resume", false)) {
      if (const auto evals = workspace.evals(job->run_id))
        for (const auto& e : *evals) evals_seen.insert(e.id);
      const auto checkpoints = workspace.checkpoints(job->run_id);
      if (!trains)
        last_step = std::numeric_limits<int64_t>::max();
      else if (checkpoints && !checkpoints->empty())
        last_step = checkpoints->back().step;
    }
  }
  bool stop_sent = false;
  Result<store::JobRow> result = Error{ErrorCode::internal, "", "", ""};
  while (true) {
    const auto row = workspace.job(job_id);
    if (!row) {
      result = row;
      break;
    }
    if (terminal.json_mode() && row->run_id > 0) {
      if (const auto steps = workspace.steps(row->run_id, last_step))
        for (const auto& s : *steps) {
          last_step = s.step;
          terminal.print({{"event", "step"},
                          {"run", row->run_id},
                          {"step", s.step},
                          {"epoch", s.epoch},
                          {"loss", api::number_to_json(s.loss)},
                          {"accuracy", s.accuracy},
                          {"chosen_reward", api::number_to_json(s.chosen_reward)},
                          {"rejected_reward", api::number_to_json(s.rejected_reward)},
                          {"seconds", s.seconds}},
                         "");
        }
      if (const auto evals = workspace.evals(row->run_id))
        for (const auto& e : *evals) {
          if (!evals_seen.insert(e.id).second) continue;
          nlohmann::json event = {{"event", "eval"},
                                  {"run", row->run_id},
                                  {"step", e.step},
                                  {"epoch", e.epoch},
                                  {"set", e.set}};
          event.update(e.measures);
          terminal.print(event, "");
        }
    } else if (row->progress.is_object()) {
      terminal.progress(
          title,
          {row->status == store::JobStatus::queued ? "waiting" : row->progress.value("phase", ""),
           row->progress.value("done", 0.0), row->progress.value("total", 0.0),
           row->progress.value("seconds_left", -1.0)});
    }
    if (is_final(row->status)) {
      result = row;
      break;
    }
    if (interrupts > 0 && !stop_sent) {
      stop_sent = true;
      terminal.clear_progress();
      std::fprintf(stderr, "stopping after a checkpoint; press Ctrl-C again to leave it running\n");
      if (auto asked = workspace.request_stop(job_id); !asked) {
        result = std::move(asked).error();
        break;
      }
      (void)dispatch(workspace).ok();  // what waited no longer does
    }
    if (interrupts > 1) {
      result = row;
      break;
    }
    if (row->status == store::JobStatus::running) (void)workspace.reap_dead_jobs().ok();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  std::signal(SIGINT, previous);
  terminal.clear_progress();
  return result;
}

}  // namespace loupe::engine
