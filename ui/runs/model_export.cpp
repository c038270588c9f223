// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/model_export.h"

#include <QAccessible>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/engine_path_picker.h"
#include "ui/widgets/failure_view.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/request_progress.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

ModelExport::ModelExport(EngineClient* client, QWidget* parent) : QFrame(parent), client_(client) {
  setObjectName(QStringLiteral("model-export"));
  text_ = new QLabel(this);
  text_->setObjectName(QStringLiteral("model-export-text"));
  text_->setTextFormat(Qt::PlainText);
  text_->setWordWrap(true);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  reference_ = new QCheckBox(tr("Also its reference model"), this);
  reference_->setObjectName(QStringLiteral("model-export-reference"));
  reference_->setToolTip(
      tr("An implicit reward is the log-ratio of the two: without the reference the folder holds "
         "the policy alone"));
  merged_ = new QCheckBox(tr("Merged with its base model"), this);
  merged_->setObjectName(QStringLiteral("model-export-merged"));
  merged_->setToolTip(
      tr("The low-rank changes leave as a small adapter in PEFT's format, for the model that they "
         "were trained on; merged, as a whole model"));
  start_ = new QPushButton(tr("Export"), this);
  start_->setObjectName(QStringLiteral("model-export-start"));
  copy_ = new QPushButton(tr("Copy the path"), this);
  copy_->setObjectName(QStringLiteral("model-export-copy"));
  close_ = new QToolButton(this);
  close_->setObjectName(QStringLiteral("model-export-close"));
  close_->setAutoRaise(true);
  close_->setAccessibleName(tr("Close the line"));
  close_->setToolTip(close_->accessibleName());
  progress_ = new RequestProgress(QStringLiteral("model-export-progress"), client_, this);
  failure_ = new FailureView(QStringLiteral("model-export-failure"), this);
  auto* line = new QHBoxLayout;
  line->setSpacing(theme::grid);
  line->addWidget(text_, 1);
  line->addWidget(merged_);
  line->addWidget(reference_);
  line->addWidget(start_);
  line->addWidget(copy_);
  line->addWidget(close_);
  auto* lines = new QVBoxLayout(this);
  lines->setContentsMargins(2 * theme::grid, theme::grid / 2, theme::grid, theme::grid / 2);
  lines->setSpacing(theme::grid / 2);
  lines->addLayout(line);
  lines->addWidget(progress_);
  lines->addWidget(failure_);
  connect(start_, &QPushButton::clicked, this, &ModelExport::start);
  connect(merged_, &QCheckBox::toggled, this, &ModelExport::show_choices);
  connect(close_, &QToolButton::clicked, this, &QWidget::hide);
  connect(progress_, &RequestProgress::cancelled, this, &QWidget::hide);
  connect(copy_, &QPushButton::clicked, this,
          [this] { QApplication::clipboard()->setText(path_); });
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::AlternateBase);
  restyle();
  hide();
}

bool ModelExport::busy() const {
  return progress_->busy();
}

void ModelExport::choose(const api::Run& run) {
  if (busy()) return;
  PickOptions options;
  options.title = tr("Export the model of %1").arg(qstr(run.name));
  options.new_folder = qstr(run.name);
  pick_engine_path(window(), client_, options, [this, run](const QString& path) {
    if (busy()) return;
    run_ = run;
    offer(path);
  });
}

void ModelExport::offer(const QString& path) {
  path_ = path;
  failure_->clear();
  copy_->hide();
  close_->show();
  merged_->setChecked(false);
  reference_->setChecked(false);
  if (run_.type != "IM" && !low_rank()) return start();
  show_choices();
  start_->show();
  say(tr("Export %1 to %2").arg(qstr(run_.name), path));
  start_->setFocus(Qt::OtherFocusReason);
}

bool ModelExport::low_rank() const {
  return run_.recipe.is_object() && run_.recipe.value("tuning", "") == "lora";
}

void ModelExport::show_choices() {
  merged_->setVisible(low_rank());
  // An adapter's reference is the model that it lies on.
  const bool whole = !low_rank() || merged_->isChecked();
  reference_->setVisible(run_.type == "IM" && whole);
}

void ModelExport::start() {
  failure_->clear();
  copy_->hide();
  reference_->hide();
  merged_->hide();
  start_->hide();
  close_->hide();
  api::json params{{"of", api::ScorerId::run(run_.id).text()}, {"path", stdstr(path_)}};
  if (run_.type == "IM") params["reference"] = reference_->isChecked();
  if (low_rank()) params["merged"] = merged_->isChecked();
  const auto request = client_->call<api::Exported>(
      api::method::runs_export, std::move(params), this,
      [this](api::Exported exported) { take(exported); },
      [this](const Failure& failure) {
        progress_->finish();
        close_->show();
        say(tr("%1 was not exported.").arg(qstr(run_.name)));
        failure_->show_failure(failure);
      });
  say(tr("Exporting %1 to %2").arg(qstr(run_.name), path_));
  progress_->follow(request, tr("Writing"));
}

void ModelExport::take(const api::Exported& exported) {
  progress_->finish();
  path_ = qstr(exported.path);
  const QString what = tr("%1 is written to %2: %3 files, %4.")
                           .arg(qstr(run_.name), path_)
                           .arg(exported.files.size())
                           .arg(byte_size(exported.size));
  say(what + QLatin1Char(' ') +
      (exported.opens_with.empty()
           ? tr("Its README says how to open it.")
           : tr("Open it with %1.from_pretrained.").arg(qstr(exported.opens_with))));
  copy_->show();
  close_->show();
}

void ModelExport::say(const QString& text) {
  text_->setText(text);
  setAccessibleName(text);
  show();
  QAccessibleEvent alert(this, QAccessible::Alert);
  QAccessible::updateAccessibility(&alert);
}

void ModelExport::changeEvent(QEvent* event) {
  QFrame::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void ModelExport::restyle() {
  close_->setIcon(icon(QStringLiteral("close"), theme::secondary_text()));
}

}  // namespace loupe::ui
