// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/memory_table_model.h"

#include <algorithm>

#include "ui/client/text.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

namespace {

using Row = api::MemoryRow;

TableColumn<Row> bytes(const char* key, const QString& title, double Row::*member) {
  auto column = number_column<Row>(key, title, {}, member, [](double value) {
    return value > 0 ? byte_size(value) : QStringLiteral("–");
  });
  column.hint = [member](const Row& row) {
    return MemoryTableModel::tr("%1 bytes").arg(full_precision(row.*member));
  };
  return column;
}

}  // namespace

MemoryTableModel::MemoryTableModel(QObject* parent) : ColumnTable(parent) {
  const auto against = [this](const Row& row) {
    return tr("%1 of %2 available on %3")
        .arg(byte_size(row.total), byte_size(table_.available), qstr(table_.device));
  };
  auto use = text_column<Row>("use", tr("Use"), {}, &Row::use);
  use.hint = [against](const Row& row) { return qstr(row.use) + QLatin1Char('\n') + against(row); };
  auto share =
      text_column<Row>("share", tr("Of what there is"), tr("The line is what is available"),
                       [](const Row& row) { return row.fits ? tr("fits") : tr("does not fit"); });
  auto total = bytes("total", tr("Total"), &Row::total);
  share.hint = total.hint = against;
  total.colour_of = [](const Row& row) { return row.fits ? QVariant() : QVariant(theme::error()); };
  const auto of_table = [this](const char* key, auto member) {
    return in_file(text_column<Row>(
        key, {}, {}, [this, member](const Row&) { return as_text(table_.*member); }));
  };
  put({use, on_screen(share), bytes("weights", tr("Weights"), &Row::weights),
       bytes("gradients", tr("Gradients"), &Row::gradients),
       bytes("optimizer", tr("Optimiser"), &Row::optimizer),
       bytes("activations", tr("Activations"), &Row::activations), total,
       in_file(count_column<Row>("fits", {}, {}, &Row::fits)),
       in_file(number_column<Row>("available", {}, {},
                                  [this](const Row&) { return table_.available; })),
       of_table("device", &api::MemoryTable::device), of_table("length", &api::MemoryTable::length),
       of_table("batch", &api::MemoryTable::batch)});
}

void MemoryTableModel::set_table(api::MemoryTable table) {
  table_ = std::move(table);
  reset_rows(table_.rows);
}

std::array<double, MemoryTableModel::parts> MemoryTableModel::parts_of(int row) const {
  const Row& one = row_at(row);
  return {one.weights, one.gradients, one.optimizer, one.activations};
}

double MemoryTableModel::full() const {
  double most = table_.available;
  for (const Row& row : rows()) most = std::max(most, row.total);
  return std::max(most, 1.0);
}

// One hue, from strong to pale: the parts of one whole.
QColor MemoryTableModel::colour_of(int part) {
  static constexpr const char* light[] = {"#2f6fce", "#6a99dd", "#9dbdea", "#cbdcf4"};
  static constexpr const char* dark[] = {"#6ea3ec", "#4c7fc2", "#3b6294", "#324d6b"};
  return QColor(theme::is_dark() ? dark[part] : light[part]);
}

}  // namespace loupe::ui
