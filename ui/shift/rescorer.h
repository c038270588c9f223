// SPDX-License-Identifier: GPL-3.0-or-later
// The conversation with the engine about one edit: waits until the typing pauses, asks the chosen
// runs and models that have no answer yet, takes their rows one by one as they come. A newer
// question takes the older one's place without a word.
#pragma once

#include <QObject>
#include <QTimer>
#include <functional>
#include <optional>
#include <vector>

#include "ui/client/engine_client.h"
#include "ui/shift/run_row.h"

namespace loupe::ui::shift {

// What the engine is asked about them.
api::json shift_params(const std::vector<Scorer>& scorers, const Question& question);
// A row as the page keeps it, without an answer yet.
RunRow row_of(const api::Run& run);
RunRow row_of(const api::Model& model);

class Rescorer : public QObject {
  Q_OBJECT
 public:
  static constexpr int pause_ms = 150;
  // An answer of earlier on that is still good, if there is one.
  using Recall = std::function<std::optional<api::Shift>(const Scorer&, const Question&)>;

  Rescorer(EngineClient* client, Recall recall, QObject* parent = nullptr);

  // These rows in this order; known answers are kept. True when one is new or has trained on.
  bool set_rows(std::vector<RunRow> wanted);
  const std::vector<RunRow>& rows() const { return rows_; }

  // Asks when nothing newer was wanted for pause_ms; the rows wait from now on.
  void want(const Question& question);
  // The same without the pause.
  void ask(const Question& question);
  // The last question once more, for the rows without an answer.
  void ask_again();
  // There is nothing to ask: no example, or another one is on its way.
  void clear();
  bool busy() const { return pause_.isActive() || request_ != 0; }

 signals:
  void changed();
  // A row has got its answer.
  void answered(int row);
  void failed(const loupe::ui::Failure& failure);
  // Every row has its answer or its error.
  void finished();

 private:
  void mark_waiting();
  void send();
  void take_notification(const QString& method, const api::json& params);
  void take_row(const api::json& value);
  void take_result(const api::json& result);
  void take_failure(const Failure& failure);

  EngineClient* client_;
  Recall recall_;
  std::vector<RunRow> rows_;
  std::optional<Question> wanted_;
  Question sent_;
  QTimer pause_;
  EngineClient::RequestId request_ = 0;
  int last_serial_ = 0;
};

}  // namespace loupe::ui::shift
