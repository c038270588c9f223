// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/response_view.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/inspect/credit_text.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_heatmap.h"

namespace loupe::ui {

ResponseView::ResponseView(bool is_chosen, QWidget* parent)
    : QWidget(parent), is_chosen_(is_chosen), name_(is_chosen ? tr("chosen") : tr("rejected")) {
  title_ = new QLabel(this);
  title_->setTextFormat(Qt::PlainText);
  heatmap_ = new TokenHeatmap(this);
  heatmap_->setAccessibleName(tr("Tokens of the %1 response").arg(name_));
  sum_ = new QLabel(this);
  sum_->setTextFormat(Qt::PlainText);
  sum_->setWordWrap(true);
  sum_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  theme::make_secondary(sum_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(2);
  layout->addWidget(title_);
  layout->addWidget(heatmap_);
  layout->addWidget(sum_);
  layout->addStretch(1);
  show_nothing({});
}

void ResponseView::show_credit(const api::ResponseCredit& response, const QString& type,
                               double limit) {
  title_->setText(is_language_model(type)
                      ? tr("%1   log-likelihood = %2").arg(name_, signed_number(response.reward))
                      : tr("%1   r%2 = %3")
                            .arg(name_, is_chosen_ ? QStringLiteral("+") : QStringLiteral("−"),
                                 signed_number(response.reward)));
  title_->setToolTip(full_precision(response.reward));
  heatmap_->set_tokens(heatmap_tokens(response, type));
  heatmap_->set_limit(limit);
  heatmap_->setVisible(true);
  sum_->setText(sum_line(response, type));
  sum_->setVisible(true);
}

void ResponseView::show_nothing(const QString& text) {
  title_->setText(name_);
  title_->setToolTip({});
  heatmap_->set_tokens({});
  heatmap_->setVisible(false);
  sum_->setText(text);
  sum_->setVisible(!text.isEmpty());
}

void ResponseView::set_limit(double limit) {
  heatmap_->set_limit(limit);
}

QString ResponseView::sum_text() const {
  return sum_->text();
}

}  // namespace loupe::ui
