// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/memory_view.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QShortcut>
#include <QSpinBox>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/client/text.h"
#include "ui/models/memory_table_model.h"
#include "ui/widgets/failure_view.h"
#include "ui/widgets/format.h"
#include "ui/widgets/save_file.h"
#include "ui/widgets/table_style.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int usual_length = 512, usual_batch = 8, longest = 1 << 20, largest = 4096;
constexpr int bar_width = 240;

// The parts of a row as one bar, with a line at what is available.
class BarDelegate : public QStyledItemDelegate {
 public:
  BarDelegate(const MemoryTableModel* model, QObject* parent)
      : QStyledItemDelegate(parent), model_(model) {}

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    background.text.clear();
    const QStyle* style = option.widget != nullptr ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &background, painter, option.widget);
    const QRectF room = QRectF(option.rect).adjusted(theme::grid, 6, -theme::grid, -6);
    const double scale = room.width() / model_->full();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    double x = room.left();
    const auto parts = model_->parts_of(index.row());
    for (size_t part = 0; part < parts.size(); ++part) {
      const double width = parts[part] * scale;
      painter->setBrush(MemoryTableModel::colour_of(static_cast<int>(part)));
      painter->drawRect(QRectF(x, room.top(), width, room.height()));
      x += width;
    }
    const double limit = room.left() + model_->table().available * scale;
    const bool fits = model_->table().rows[static_cast<size_t>(index.row())].fits;
    painter->setPen(QPen(fits ? theme::secondary_text() : theme::error(), 2));
    painter->drawLine(QPointF(limit, room.top() - 3), QPointF(limit, room.bottom() + 3));
    painter->restore();
  }

 private:
  const MemoryTableModel* model_;
};

}  // namespace

MemoryView::MemoryView(EngineClient* client, QWidget* parent) : QWidget(parent) {
  memory_ = new MemoryTableModel(this);
  failure_ = new FailureView(QStringLiteral("memory-failure"), this);
  QWidget* top = make_top();
  make_table();
  too_long_ = new QLabel(this);
  too_long_->setObjectName(QStringLiteral("memory-too-long"));
  theme::make_secondary(too_long_);
  too_long_->hide();
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, theme::grid, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(top);
  layout->addWidget(too_long_);
  layout->addWidget(failure_);
  layout->addWidget(table_, 1);
  asker_ = new Asker(client, api::method::models_memory, this);
  connect(asker_, &Asker::answered, this, &MemoryView::take);
  connect(asker_, &Asker::failed, this, [this](const Failure& failure) {
    failure_->show_failure(failure, tr("Try again"));
    device_->clear();
    memory_->set_table({});
  });
  connect(failure_, &FailureView::again_wanted, this, [this] { ask(true); });
  connect(client, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state != EngineClient::State::ready) return;
    asked_of_ = 0;
    if (isVisible()) ask(true);
  });
}

QWidget* MemoryView::make_top() {
  auto* top = new QWidget(this);
  const auto spin = [&](const QString& name, const QString& title, int value, int most,
                        const QString& why) {
    auto* box = new QSpinBox(top);
    box->setObjectName(name);
    box->setAccessibleName(title);
    box->setToolTip(why);
    box->setRange(1, most);
    box->setValue(value);
    box->setGroupSeparatorShown(true);
    connect(box, &QSpinBox::valueChanged, this, [this] { ask(false); });
    return box;
  };
  length_ = spin(QStringLiteral("memory-length"), tr("Length"), usual_length, longest,
                 tr("Tokens of prompt and response together"));
  length_->setSuffix(tr(" tokens"));
  length_->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
  batch_ = spin(QStringLiteral("memory-batch"), tr("Batch"), usual_batch, largest,
                tr("Pairs that are in memory at once"));
  device_ = new QLabel(top);
  device_->setObjectName(QStringLiteral("memory-device"));
  device_->setTextFormat(Qt::PlainText);
  theme::make_secondary(device_);
  legend_ = new QLabel(top);
  legend_->setObjectName(QStringLiteral("memory-legend"));
  legend_->setTextFormat(Qt::RichText);
  theme::make_secondary(legend_);
  fill_legend();
  auto* save = new QPushButton(tr("Export…"), top);
  save->setObjectName(QStringLiteral("memory-export"));
  save->setToolTip(tr("The table as CSV, in bytes"));
  connect(save, &QPushButton::clicked, this, &MemoryView::export_table);
  const auto head = [&](const QString& text, QWidget* buddy) {
    auto* label = new QLabel(text, top);
    label->setBuddy(buddy);
    return label;
  };
  auto* line = new QHBoxLayout(top);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  line->addWidget(head(tr("&Length"), length_));
  line->addWidget(length_);
  line->addSpacing(theme::grid);
  line->addWidget(head(tr("&Batch"), batch_));
  line->addWidget(batch_);
  line->addSpacing(2 * theme::grid);
  line->addWidget(device_);
  line->addSpacing(2 * theme::grid);
  line->addWidget(legend_, 1);
  line->addWidget(save);
  return top;
}

void MemoryView::make_table() {
  table_ = new QTableView(this);
  table_->setObjectName(QStringLiteral("memory-table"));
  table_->setAccessibleName(tr("Memory that each use takes"));
  table_->setModel(memory_);
  table_->setItemDelegateForColumn(MemoryTableModel::share, new BarDelegate(memory_, table_));
  dress_table(table_);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  auto* copy = new QShortcut(QKeySequence::Copy, table_);
  copy->setContext(Qt::WidgetShortcut);
  connect(copy, &QShortcut::activated, this,
          [this] { QApplication::clipboard()->setText(QString::fromUtf8(memory_->csv())); });
}

void MemoryView::show_model(qint64 model, qint64 context) {
  context_ = context;
  if (model == model_) return;
  model_ = model;
  asker_->clear();
  failure_->clear();
  if (isVisible()) ask(true);
}

void MemoryView::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (asked_of_ != model_) ask(true);
}

void MemoryView::ask(bool at_once) {
  if (model_ == 0) return;
  asked_of_ = model_;
  api::json params{{"id", model_}, {"length", length_->value()}, {"batch", batch_->value()}};
  if (at_once) {
    asker_->ask(std::move(params));
  } else {
    asker_->want(std::move(params));
  }
}

void MemoryView::take(const api::json& result) {
  Failure failure;
  api::MemoryTable table;
  if (!read_result(result, &table, &failure)) {
    failure_->show_failure(failure);
    return;
  }
  failure_->clear();
  device_->setText(tr("%1 available on %2").arg(byte_size(table.available), qstr(table.device)));
  too_long_->setVisible(context_ > 0 && length_->value() > context_);
  too_long_->setText(tr("Longer than the %1 tokens that the model was made for.").arg(context_));
  const int row = table_->currentIndex().row();
  memory_->set_table(std::move(table));
  fit();
  if (row >= 0 && row < memory_->rowCount()) table_->selectRow(row);
}

void MemoryView::fit() {
  table_->resizeColumnsToContents();
  for (int column = 0; column < MemoryTableModel::column_count; ++column) {
    if (column == MemoryTableModel::share) continue;
    table_->setColumnWidth(column, qBound(64, table_->columnWidth(column) + 2 * theme::grid, 280));
  }
  table_->setColumnWidth(MemoryTableModel::share, 0);
  const int left = table_->viewport()->width() - table_->horizontalHeader()->length();
  table_->setColumnWidth(MemoryTableModel::share, std::max(bar_width, left));
}

void MemoryView::fill_legend() {
  QStringList parts;
  for (int part = 0; part < MemoryTableModel::parts; ++part) {
    parts << QStringLiteral("<span style=\"color:%1\">■</span> %2")
                 .arg(MemoryTableModel::colour_of(part).name(),
                      memory_
                          ->headerData(MemoryTableModel::weights + part, Qt::Horizontal,
                                       Qt::DisplayRole)
                          .toString()
                          .toLower()
                          .toHtmlEscaped());
  }
  parts << QStringLiteral("<b>|</b> %1").arg(tr("available"));
  legend_->setText(parts.join(QStringLiteral("&nbsp;&nbsp;&nbsp;")));
}

void MemoryView::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) fill_legend();
}

void MemoryView::export_table() {
  const QString path =
      ask_save_path(this, tr("Export the table"), QStringLiteral("memory.csv"), tr("CSV (*.csv)"));
  if (path.isEmpty()) return;
  const QString reason = save_bytes(path, memory_->csv());
  if (!reason.isEmpty()) emit save_failed(path, reason);
}

}  // namespace loupe::ui
