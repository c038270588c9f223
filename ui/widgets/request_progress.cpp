// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/request_progress.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <utility>

#include "ui/client/text.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

double number_at(const api::json& params, const char* key, double otherwise) {
  const auto value = params.find(key);
  return value != params.end() && value->is_number() ? value->get<double>() : otherwise;
}

}  // namespace

RequestProgress::RequestProgress(const QString& name, EngineClient* client, QWidget* parent)
    : QWidget(parent), client_(client) {
  setObjectName(name);
  phase_ = new QLabel(this);
  phase_->setObjectName(name + QStringLiteral("-phase"));
  phase_->setTextFormat(Qt::PlainText);
  bar_ = new QProgressBar(this);
  bar_->setObjectName(name + QStringLiteral("-bar"));
  bar_->setAccessibleName(tr("Progress"));
  bar_->setTextVisible(false);
  bar_->setFixedHeight(theme::grid + 2);
  bar_->setMinimumWidth(12 * theme::grid);
  left_ = new QLabel(this);
  theme::make_secondary(left_);
  cancel_ = new QPushButton(tr("Cancel"), this);
  cancel_->setObjectName(name + QStringLiteral("-cancel"));
  cancel_->setToolTip(tr("The engine stops working on it; nothing is kept"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(phase_);
  layout->addWidget(bar_, 1);
  layout->addWidget(left_);
  layout->addWidget(cancel_);
  connect(client_, &EngineClient::notified, this, &RequestProgress::take);
  connect(cancel_, &QPushButton::clicked, this, [this] {
    client_->cancel(std::exchange(request_, 0));
    hide();
    emit cancelled();
  });
  hide();
}

void RequestProgress::follow(EngineClient::RequestId request, const QString& text) {
  request_ = request;
  phase_->setText(text);
  left_->clear();
  bar_->setRange(0, 0);
  show();
}

void RequestProgress::finish() {
  request_ = 0;
  hide();
}

void RequestProgress::take(const QString& method, const api::json& params) {
  if (request_ == 0 || method != QLatin1String(api::method::progress)) return;
  const auto id = params.find("id");
  if (id == params.end() || !id->is_number_integer() || id->get<qint64>() != request_) return;
  const auto phase = params.find("phase");
  if (phase != params.end() && phase->is_string() && !phase->get<std::string>().empty()) {
    phase_->setText(qstr(phase->get<std::string>()));
  }
  const double total = number_at(params, "total", 0);
  bar_->setRange(0, total > 0 ? 1000 : 0);
  if (total > 0) {
    bar_->setValue(qBound(0, qRound(1000 * number_at(params, "done", 0) / total), 1000));
  }
  const double left = number_at(params, "seconds_left", -1);
  left_->setText(left >= 0 ? tr("%1 left").arg(duration(left)) : QString());
}

}  // namespace loupe::ui
