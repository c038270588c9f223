// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/tensors_view.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>
#include <utility>

#include "ui/models/asker.h"
#include "ui/models/tensor_table_model.h"
#include "ui/widgets/failure_view.h"
#include "ui/widgets/save_file.h"
#include "ui/widgets/table_style.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

TensorsView::TensorsView(EngineClient* client, QWidget* parent) : QWidget(parent) {
  filter_ = new QLineEdit(this);
  filter_->setObjectName(QStringLiteral("tensors-filter"));
  filter_->setPlaceholderText(tr("Part of a name"));
  filter_->setAccessibleName(tr("Filter the tensors"));
  filter_->setToolTip(tr("Keeps the tensors whose name contains this, e.g. layers.0. or norm"));
  filter_->setClearButtonEnabled(true);
  filter_->setMaximumWidth(320);
  count_ = new QLabel(this);
  count_->setObjectName(QStringLiteral("tensors-count"));
  theme::make_secondary(count_);
  export_ = new QPushButton(tr("Export…"), this);
  export_->setObjectName(QStringLiteral("tensors-export"));
  export_->setToolTip(tr("Every tensor that the filter keeps, as CSV"));
  failure_ = new FailureView(QStringLiteral("tensors-failure"), this);
  tensors_ = new TensorTableModel(client, this);
  make_table();
  auto* line = new QHBoxLayout;
  line->setSpacing(theme::grid);
  line->addWidget(filter_, 1);
  line->addWidget(count_);
  line->addStretch(1);
  line->addWidget(export_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, theme::grid, 0, 0);
  layout->setSpacing(theme::grid / 2);
  layout->addLayout(line);
  layout->addWidget(failure_);
  layout->addWidget(table_, 1);
  pause_.setSingleShot(true);
  pause_.setInterval(Asker::pause_ms);
  connect(&pause_, &QTimer::timeout, this, &TensorsView::ask);
  connect(filter_, &QLineEdit::textChanged, this, [this] { pause_.start(); });
  connect(export_, &QPushButton::clicked, this, &TensorsView::export_all);
  connect(tensors_, &TensorTableModel::changed, this, &TensorsView::say_count);
  connect(tensors_, &TensorTableModel::complete, this, &TensorsView::save);
  connect(tensors_, &TensorTableModel::failed, this, [this](const Failure& failure) {
    export_path_.clear();
    failure_->show_failure(failure, tr("Try again"));
    say_count();
  });
  connect(failure_, &FailureView::again_wanted, this, &TensorsView::ask);
  connect(client, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state != EngineClient::State::ready) return;
    asked_of_ = 0;
    if (isVisible()) ask();
  });
  say_count();
}

void TensorsView::make_table() {
  table_ = new QTableView(this);
  table_->setObjectName(QStringLiteral("tensors-table"));
  table_->setAccessibleName(tr("Tensors"));
  table_->setModel(tensors_);
  dress_table(table_);
  QHeaderView* header = table_->horizontalHeader();
  const int letter = fontMetrics().averageCharWidth();
  header->resizeSection(TensorTableModel::dtype, 12 * letter);
  header->resizeSection(TensorTableModel::shape, 22 * letter);
  header->resizeSection(TensorTableModel::parameters, 18 * letter);
  header->resizeSection(TensorTableModel::bytes, 14 * letter);
  header->setSectionResizeMode(TensorTableModel::name, QHeaderView::Stretch);
  auto* copy = new QShortcut(QKeySequence::Copy, table_);
  copy->setContext(Qt::WidgetShortcut);
  connect(copy, &QShortcut::activated, this, [this] {
    QStringList lines;
    for (const QModelIndex& row : table_->selectionModel()->selectedRows()) {
      QStringList cells;
      for (int column = 0; column < tensors_->columnCount(); ++column) {
        cells << row.siblingAtColumn(column).data().toString();
      }
      lines << cells.join(QLatin1Char('\t'));
    }
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
  });
}

bool TensorsView::settled() const {
  return !tensors_->loading() && !pause_.isActive();
}

void TensorsView::show_model(qint64 model) {
  if (model == model_) return;
  model_ = model;
  if (isVisible()) ask();
}

void TensorsView::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (asked_of_ != model_) ask();
}

void TensorsView::ask() {
  pause_.stop();
  asked_of_ = model_;
  export_path_.clear();
  failure_->clear();
  tensors_->show_model(model_, filter_->text().trimmed());
}

void TensorsView::say_count() {
  const qint64 total = tensors_->total();
  export_->setEnabled(total > 0 && export_path_.isEmpty());
  if (model_ == 0 || failure_->isVisibleTo(this)) return count_->clear();
  if (total < 0) return count_->setText(tr("Reading…"));
  const bool filtered = !filter_->text().trimmed().isEmpty();
  if (total == 0) {
    return count_->setText(filtered ? tr("No tensor's name contains this.") : tr("no tensors"));
  }
  count_->setText(total == 1 ? tr("1 tensor") : tr("%1 tensors").arg(total));
}

void TensorsView::export_all() {
  export_path_ = ask_save_path(this, tr("Export the tensors"), QStringLiteral("tensors.csv"),
                               tr("CSV (*.csv)"));
  if (export_path_.isEmpty()) return;
  // What has not been scrolled to is not there yet.
  tensors_->fetch_all();
}

void TensorsView::save() {
  const QString path = std::exchange(export_path_, QString());
  if (path.isEmpty()) return;
  const QString reason = save_bytes(path, tensors_->csv());
  if (!reason.isEmpty()) emit save_failed(path, reason);
  say_count();
}

}  // namespace loupe::ui
