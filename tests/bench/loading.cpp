// SPDX-License-Identifier: GPL-3.0-or-later
// How long a model takes to load, and what memory that takes. Prints a Markdown table; it judges
// nothing.
//
//   bench_loading [--threads N] [--times N] [--dtype fp32|stored] MODEL...
//
// "Text parts" is the share of tokenizer and template. Every model is loaded in a process of its
// own, `--times` times: the first has the process's own starting costs in it. The files are read
// once before, so that all of it is from memory. Anonymous memory is what the heap takes (mapped
// files are not in it), looked at every millisecond while the first load runs: "peak" and "after"
// are its growth as parts of what the parameters take.
#include <ATen/Parallel.h>

#include <sys/wait.h>
#include <ATen/ATen.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <thread>

#include "core/model/load.h"

using namespace loupe;
using Clock = std::chrono::steady_clock;

namespace {

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double anonymous_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::stod(line.substr(8)) * 1024;
  return 0;
}

// The largest anonymous memory seen in its lifetime.
class Watch {
 public:
  double stop() {
    running_ = false;
    thread_.join();
    return most_;
  }

 private:
  std::atomic<bool> running_{true};
  double most_ = 0;
  std::thread thread_{[this] {
    while (running_) {
      most_ = std::max(most_, anonymous_bytes());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }};
};

void read_once(const std::filesystem::path& path) {
  std::vector<char> block(1 << 20);
  std::ifstream in(path, std::ios::binary);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size()))) continue;
}

int measure(const std::string& path, const model::LoadOptions& options, int times, int threads) {
  at::set_num_threads(threads);
  if (std::filesystem::is_directory(path))
    for (const auto& entry : std::filesystem::directory_iterator(path)) read_once(entry.path());
  else
    read_once(path);
  (void)at::mm(at::ones({256, 256}), at::ones({256, 256}));  // torch's threads and its allocator

  std::vector<double> seconds;
  double parameters = 0;
  double peak = 0;
  double after = 0;
  for (int i = 0; i < times; ++i) {
    const double before = i == 0 ? anonymous_bytes() : 0;
    std::optional<Watch> watch;
    if (i == 0) watch.emplace();
    const auto start = Clock::now();
    const auto loaded = model::load_model(path, options);
    seconds.push_back(seconds_since(start));
    if (!loaded) {
      std::fprintf(stderr, "%s\n", loaded.error().text().c_str());
      return 1;
    }
    if (i > 0) continue;
    peak = watch->stop() - before;
    after = anonymous_bytes() - before;
    parameters = static_cast<double>(loaded->decoder->parameter_bytes());
  }
  const auto start = Clock::now();
  if (!model::load_text_parts(path, options.template_date)) return 1;
  const double text_parts = seconds_since(start);
  const double first = seconds.front();
  std::sort(seconds.begin(), seconds.end());
  std::printf("| %s | %.3f | %.3f | %.3f | %.3f | %.0f MB | %.2f | %.2f |\n",
              std::filesystem::path(path).filename().c_str(), seconds.front(),
              seconds[seconds.size() / 2], first, text_parts, parameters / 1e6, peak / parameters,
              after / parameters);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  int threads = 2;
  int times = 5;
  model::LoadOptions options;
  std::vector<std::string> models;
  for (int i = 1; i < argc; ++i) {
    const auto is = [&](const char* name) {
      return std::strcmp(argv[i], name) == 0 && i + 1 < argc;
    };
    if (is("--threads"))
      threads = std::atoi(argv[++i]);
    else if (is("--times"))
      times = std::max(1, std::atoi(argv[++i]));
    else if (is("--dtype"))
      options.weights = std::strcmp(argv[++i], "stored") == 0 ? model::LoadOptions::Weights::stored
                                                              : model::LoadOptions::Weights::fp32;
    else
      models.emplace_back(argv[i]);
  }
  if (models.empty()) {
    std::fprintf(stderr,
                 "usage: bench_loading [--threads N] [--times N] [--dtype fp32|stored] MODEL...\n");
    return 2;
  }
  std::printf(
      "| model | best, s | median, s | first, s | text parts, s | parameters | peak | after |\n");
  std::printf("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  int failed = 0;
  for (const auto& path : models) {
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
      const int status = measure(path, options, times, threads);
      std::fflush(stdout);
      ::_exit(status);
    }
    int status = 1;
    ::waitpid(child, &status, 0);
    failed |= status;
  }
  return failed != 0;
}
