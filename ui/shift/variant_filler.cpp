// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/variant_filler.h"

#include "ui/shift/rescorer.h"

namespace loupe::ui::shift {

VariantFiller::VariantFiller(EngineClient* client, VariantModel* model, QObject* parent)
    : QObject(parent), client_(client), model_(model) {
  connect(client_, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state == EngineClient::State::starting) {
      request_ = 0;
      failed_.clear();
    }
  });
}

void VariantFiller::stop() {
  client_->cancel(request_);
  request_ = 0;
}

void VariantFiller::fill() {
  if (busy()) return;
  const auto missing = model_->missing(failed_);
  if (!missing) return;
  const Question& question = missing->question;
  // Whoever gets no answer now is not asked again and again.
  for (const Scorer& scorer : missing->scorers) failed_ << VariantModel::key_of(question, scorer);
  request_ = client_->request(
      api::method::shift, shift_params(missing->scorers, question), this,
      [this, question](const api::json& result) { take(question, result); },
      [this](const Failure&) {
        request_ = 0;
        fill();
      },
      QStringLiteral("shift-variants"));
}

void VariantFiller::take(const Question& question, const api::json& result) {
  request_ = 0;
  if (const auto rows = result.find("rows"); rows != result.end() && rows->is_array()) {
    for (const api::json& value : *rows) {
      try {
        RunRow row;
        row.answer = value.get<api::Shift>();
        if (row.answer->error.is_object()) continue;
        row.scorer = {row.answer->run, row.answer->model};
        row.asked = question;
        model_->remember(row);
        failed_.remove(VariantModel::key_of(question, row.scorer));
      } catch (const std::exception&) {
        continue;  // it stays without numbers
      }
    }
  }
  fill();
}

}  // namespace loupe::ui::shift
