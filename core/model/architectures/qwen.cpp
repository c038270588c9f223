// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architectures/qwen.h"

namespace loupe::model {

Result<void> read_qwen_windows(const ConfigReader& config, DecoderConfig& out) {
  int64_t window = 0;
  if (config.flag("use_sliding_window", false) && config.has("sliding_window")) {
    LOUPE_TRY(window, config.count("sliding_window"));
  }
  // 0 is a layer too, so no count.
  const nlohmann::json said = config.json().value("max_window_layers", nlohmann::json(28));
  const int64_t first = said.is_number_integer() ? said.get<int64_t>() : 28;
  return read_windows(
      config, window, [&](int64_t layer) { return window > 0 && layer >= first; }, out);
}

}  // namespace loupe::model
