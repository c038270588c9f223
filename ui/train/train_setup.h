// SPDX-License-Identifier: GPL-3.0-or-later
// What the Train page asks for, as a value: which model learns from which pairs, with which recipe,
// as which types and seeds. It becomes one request a run, and a place to come back to.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>
#include <optional>
#include <utility>

#include "core/api/messages.h"

namespace loupe::ui {

// Where the pairs to train on come from.
struct TrainSource {
  enum class Kind { none, project, file, dataset };
  Kind kind = Kind::none;
  QString path;  // of a project or a JSONL file
  qint64 dataset = 0;
  bool operator==(const TrainSource&) const = default;
};

struct TrainSetup {
  using File = std::pair<QString, QString>;  // the set's name, its file

  QString model;  // its name
  TrainSource source;
  // Which of a project's evaluation sets; nothing: all of them.
  std::optional<QStringList> sets;
  QList<File> eval_files;
  QList<qint64> eval_datasets;
  QStringList types;
  QList<quint64> seeds;
  QString name;                            // of the run; empty: the engine makes one
  api::json recipe = api::json::object();  // without type and seed

  int runs() const { return static_cast<int>(types.size() * seeds.size()); }
};

// The parameters of train/start and train/estimate for one of its runs.
api::json train_request(const TrainSetup& setup, const QString& type, quint64 seed);

// A place, and back. Keys that are missing leave `setup` as it is.
api::json train_place(const TrainSetup& setup);
void read_train_place(const api::json& place, TrainSetup& setup);

// "0, 1, 2" or "0 1 2"; nothing when a word is no whole number from 0 on, or there is none.
std::optional<QList<quint64>> seeds_from_text(const QString& text);
QString seeds_text(const QList<quint64>& seeds);

}  // namespace loupe::ui
