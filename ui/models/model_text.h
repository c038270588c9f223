// SPDX-License-Identifier: GPL-3.0-or-later
// How what is known of a model is said.
#pragma once

#include <QIcon>
#include <QString>

#include "core/api/models.h"

namespace loupe::ui {

// "LM", "EX", "IM", "adapter"; an engine that does not say lists language models only.
QString kind_of(const api::Model& model);
// "explicit reward model" …
QString kind_words(const QString& kind);

// The first word of a status: "ok", "changed", "missing"; and the file it speaks of, if any, with
// and without the folders it lies in.
QString status_word_of(const std::string& status);
QString status_path_of(const std::string& status);
QString status_file_of(const std::string& status);
// For the table: "missing: weights.gguf".
QString status_text(const std::string& status);
// Of the present theme; null when all is well.
QIcon status_sign(const std::string& status);

// What is wrong, or empty, and what to do.
QString status_trouble(const api::Model& model);

}  // namespace loupe::ui
