// SPDX-License-Identifier: GPL-3.0-or-later
// What a person or a script sees of a verb: text and a progress bar, or JSON lines.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/engine/wire.h"
#include "core/store/workspace.h"

namespace loupe::engine {

class Terminal {
 public:
  explicit Terminal(bool json_mode);
  bool json_mode() const { return json_; }
  // One JSON value a line with --json, else the text.
  void print(const nlohmann::json& value, const std::string& text);
  void progress(const std::string& title, const Progress& progress);  // a bar, on a terminal only
  void clear_progress();
  // Prints the error to stderr (as JSON on stdout too with --json); returns the exit code, never 0.
  int fail(const Error& error);

 private:
  bool json_;
  bool bar_ = false;  // one is on the screen
  bool is_terminal_;
};

// Columns padded to their widest cell; numbers to the right.
std::string format_table(const std::vector<std::string>& header,
                         const std::vector<std::vector<std::string>>& rows);
std::string format_duration(double seconds);  // "4:30", "1:02:03"

// Shows a job's progress until it ends; Ctrl-C asks it to stop (after a checkpoint), a second one
// leaves it running.
Result<store::JobRow> follow_job(store::Workspace& workspace, int64_t job, const std::string& title,
                                 Terminal& terminal);

}  // namespace loupe::engine
