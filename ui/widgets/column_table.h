// SPDX-License-Identifier: GPL-3.0-or-later
// A table described column by column: what a cell says, what is copied and exported, how it sorts
// and aligns. A table model is a list of such columns and a way to take its rows.
#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "ui/client/text.h"
#include "ui/widgets/format.h"

namespace loupe::ui {

// What a column is, whatever the rows are.
struct ColumnHead {
  QString key;    // in settings, and the head of an exported column
  QString title;  // the head on the screen
  QString tooltip;
  Qt::Alignment align = Qt::AlignLeft;
  enum class Where { everywhere, screen, file } where = Where::everywhere;
  QVariant colour;  // of the head's text
};

template <class Row>
struct TableColumn : ColumnHead {
  std::function<QString(const Row&)> text;
  // The rest may be left out.
  std::function<QString(const Row&)> exact = {};  // full precision, for copy and export
  std::function<QVariant(const Row&)> sort = {};  // by the text where there is none
  std::function<QString(const Row&)> hint = {};   // the cell's tooltip; else the exact text
  std::function<QVariant(const Row&)> icon = {}, colour_of = {};
  // Takes what was typed; false: refused, or nothing new.
  std::function<bool(Row&, const QString&)> edit = {};

  QString exact_of(const Row& row) const { return exact ? exact(row) : text(row); }
};

// Numbers that are not numbers sort below all others.
QVariant sort_number(double value);
// 2026-11-28T18:41:40Z; empty for a time that is not known
QString iso_time(double seconds);
// In the machine's own time zone; empty for a time that is not known.
QString local_time(double seconds, const QString& format = QStringLiteral("yyyy-MM-dd HH:mm"));

// What a getter gives, as a text: a text of either kind, or a whole number.
inline QString as_text(const QString& text) {
  return text;
}
inline QString as_text(const std::string& text) {
  return qstr(text);
}
inline QString as_text(int64_t number) {
  return QString::number(number);
}

// The kinds of column that most tables are made of. get: a member of the row, or a function of it.
template <class Row, class Get>
TableColumn<Row> text_column(QString key, QString title, QString tooltip, Get get) {
  return {{std::move(key), std::move(title), std::move(tooltip)},
          [get](const Row& row) { return as_text(std::invoke(get, row)); }};
}

template <class Row, class Get>
TableColumn<Row> number_column(QString key, QString title, QString tooltip, Get get,
                               QString (*show)(double) = short_number) {
  return {{std::move(key), std::move(title), std::move(tooltip), Qt::AlignRight},
          [get, show](const Row& row) { return show(std::invoke(get, row)); },
          [get](const Row& row) { return full_precision(std::invoke(get, row)); },
          [get](const Row& row) { return sort_number(std::invoke(get, row)); }};
}

// Whole numbers, all digits.
template <class Row, class Get>
TableColumn<Row> count_column(QString key, QString title, QString tooltip, Get get) {
  return {{std::move(key), std::move(title), std::move(tooltip), Qt::AlignRight},
          [get](const Row& row) { return as_text(std::invoke(get, row)); },
          {},
          [get](const Row& row) { return QVariant::fromValue<qint64>(std::invoke(get, row)); }};
}

// The column in files only, or on the screen only.
template <class Row>
TableColumn<Row> in_file(TableColumn<Row> column) {
  column.where = ColumnHead::Where::file;
  return column;
}
template <class Row>
TableColumn<Row> on_screen(TableColumn<Row> column) {
  column.where = ColumnHead::Where::screen;
  return column;
}
// Empty cells, here and in files, where `known` says no.
template <class Row, class Known>
TableColumn<Row> where_known(TableColumn<Row> column, Known known) {
  for (auto* part : {&column.text, &column.exact}) {
    if (!*part) continue;
    *part = [inner = *part, known](const Row& row) { return known(row) ? inner(row) : QString(); };
  }
  return column;
}
// For `edit`: keeps what was typed. false: nothing new.
bool take_typed(std::string* kept, const QString& typed);

template <class Row>
class ColumnTable : public QAbstractTableModel {
 public:
  enum Role { sort_role = Qt::UserRole, id_role, first_own_role };
  // What stands above the columns of an exported table.
  enum class Heads { titles, keys };

  const Row& row_at(int row) const { return rows_[static_cast<size_t>(row)]; }
  const std::vector<Row>& rows() const { return rows_; }
  const ColumnHead& head(int column) const { return columns_[static_cast<size_t>(column)]; }
  QString key(int column) const { return head(column).key; }
  // -1: no such row
  int row_of_id(qint64 id) const {
    const auto it =
        std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return id_of(r) == id; });
    return it == rows_.end() ? -1 : static_cast<int>(it - rows_.begin());
  }

  // The given rows with a header line, full precision.
  QByteArray csv(const QList<int>& rows) const {
    QStringList lines, fields;
    for (const TableColumn<Row>& column : file_) {
      fields << csv_field(heads_ == Heads::keys ? column.key : column.title);
    }
    lines << fields.join(QLatin1Char(','));
    for (const int row : rows) {
      fields.clear();
      for (const TableColumn<Row>& column : file_)
        fields << csv_field(column.exact_of(row_at(row)));
      lines << fields.join(QLatin1Char(','));
    }
    return (lines.join(QLatin1Char('\n')) + QLatin1Char('\n')).toUtf8();
  }
  QByteArray csv() const {
    QList<int> all;
    for (int row = 0; row < rowCount(); ++row) all << row;
    return csv(all);
  }

  int rowCount(const QModelIndex& parent = {}) const override {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
  }
  int columnCount(const QModelIndex& parent = {}) const override {
    return parent.isValid() ? 0 : static_cast<int>(columns_.size());
  }
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
      return {};
    }
    const Row& row = row_at(index.row());
    const TableColumn<Row>& column = columns_[static_cast<size_t>(index.column())];
    switch (role) {
      case Qt::DisplayRole: {
        const QString text = column.text(row);
        return text.isNull() ? QVariant() : QVariant(text);
      }
      case Qt::EditRole:
        return column.exact_of(row);
      case Qt::DecorationRole:
        return column.icon ? column.icon(row) : QVariant();
      case Qt::ToolTipRole:
        return column.hint ? column.hint(row) : column.exact_of(row);
      case Qt::TextAlignmentRole:
        return static_cast<int>(column.align | Qt::AlignVCenter);
      case Qt::ForegroundRole:
        return column.colour_of ? column.colour_of(row) : QVariant();
      case sort_role:
        return column.sort ? column.sort(row) : QVariant(column.text(row));
      case id_role:
        return id_of(row);
      default:
        return {};
    }
  }
  bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override {
    if (role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable)) return false;
    Row& row = rows_[static_cast<size_t>(index.row())];
    if (!columns_[static_cast<size_t>(index.column())].edit(row, value.toString())) return false;
    emit dataChanged(index, index);
    typed(row, index.column());
    return true;
  }
  Qt::ItemFlags flags(const QModelIndex& index) const override {
    const Qt::ItemFlags plain = QAbstractTableModel::flags(index);
    const bool editable = index.isValid() && columns_[static_cast<size_t>(index.column())].edit;
    return editable ? plain | Qt::ItemIsEditable : plain;
  }
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
      return QAbstractTableModel::headerData(section, orientation, role);
    }
    const ColumnHead& shown = head(section);
    switch (role) {
      case Qt::DisplayRole:
        return shown.title;
      case Qt::ToolTipRole:
        return shown.tooltip.isEmpty() ? QVariant() : QVariant(shown.tooltip);
      case Qt::TextAlignmentRole:
        return static_cast<int>(shown.align | Qt::AlignVCenter);
      case Qt::ForegroundRole:
        return shown.colour;
      default:
        return {};
    }
  }

 protected:
  explicit ColumnTable(QObject* parent, Heads heads = Heads::keys)
      : QAbstractTableModel(parent), heads_(heads) {}

  // What stays the same of a row while its numbers change.
  virtual qint64 id_of(const Row&) const { return 0; }
  // A quick look, where there is one: whether the two are the same in all that they hold.
  virtual bool same(const Row&, const Row&) const { return false; }
  // A cell was edited; the row holds it already.
  virtual void typed(const Row&, int /*column*/) {}

  // Another table. Rows come with it, so that no cell is ever asked for without its row.
  void reset(std::vector<TableColumn<Row>> columns, std::vector<Row> rows) {
    beginResetModel();
    put(std::move(columns));
    rows_ = std::move(rows);
    endResetModel();
  }
  void reset_rows(std::vector<Row> rows) {
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
  }
  // In a constructor only: nobody looks yet.
  void put(std::vector<TableColumn<Row>> columns) {
    columns_.clear();
    file_.clear();
    for (TableColumn<Row>& column : columns) {
      if (column.where != ColumnHead::Where::screen) file_.push_back(column);
      if (column.where != ColumnHead::Where::file) columns_.push_back(std::move(column));
    }
  }

  // The same rows with news: only what differs is told to the views, so that selection, scrolling
  // and an open editor stay. Rows are known by id_of; no two have the same.
  void update_rows(std::vector<Row> fresh) {
    QHash<qint64, size_t> place;
    place.reserve(static_cast<qsizetype>(fresh.size()));
    for (size_t i = 0; i < fresh.size(); ++i) place.insert(id_of(fresh[i]), i);
    drop_missing(place);
    put_in_order(place);
    for (size_t at = 0; at < fresh.size();) {
      if (at < rows_.size() && id_of(rows_[at]) == id_of(fresh[at])) {
        update_row(static_cast<int>(at), fresh[at]);
        ++at;
        continue;
      }
      // New ones as far as the next known one.
      size_t end = at + 1;
      const auto stop = at < rows_.size() ? place.value(id_of(rows_[at])) : fresh.size();
      while (end < stop) ++end;
      insert_rows(static_cast<int>(at), {std::make_move_iterator(fresh.begin() + long(at)),
                                         std::make_move_iterator(fresh.begin() + long(end))});
      at = end;
    }
  }
  // Cell by cell: telling a view that a cell has changed overwrites what is being typed there.
  void update_row(int row, Row& fresh) {
    Row& kept = rows_[static_cast<size_t>(row)];
    if (same(kept, fresh)) return;
    std::swap(kept, fresh);
    for (int column = 0; column < columnCount(); ++column) {
      if (differs(columns_[static_cast<size_t>(column)], fresh, kept)) {
        emit dataChanged(index(row, column), index(row, column));
      }
    }
  }
  void insert_rows(int at, std::vector<Row> fresh) {
    if (fresh.empty()) return;
    beginInsertRows({}, at, at + static_cast<int>(fresh.size()) - 1);
    rows_.insert(rows_.begin() + at, std::make_move_iterator(fresh.begin()),
                 std::make_move_iterator(fresh.end()));
    endInsertRows();
  }
  Row take_row(int row) {
    beginRemoveRows({}, row, row);
    Row taken = std::move(rows_[static_cast<size_t>(row)]);
    rows_.erase(rows_.begin() + row);
    endRemoveRows();
    return taken;
  }
  // For what changes in a row by itself; whoever uses it tells the views.
  Row& row_to_change(int row) { return rows_[static_cast<size_t>(row)]; }
  void tell_row(int row) { emit dataChanged(index(row, 0), index(row, columnCount() - 1)); }

 private:
  static bool differs(const TableColumn<Row>& column, const Row& a, const Row& b) {
    return column.text(a) != column.text(b) ||
           (column.exact && column.exact(a) != column.exact(b)) ||
           (column.hint && column.hint(a) != column.hint(b));
  }
  // From behind, neighbours together.
  void drop_missing(const QHash<qint64, size_t>& place) {
    for (int last = rowCount() - 1; last >= 0; --last) {
      int first = last + 1;
      while (first > 0 && !place.contains(id_of(row_at(first - 1)))) --first;
      if (first > last) continue;
      beginRemoveRows({}, first, last);
      rows_.erase(rows_.begin() + first, rows_.begin() + last + 1);
      endRemoveRows();
      last = first;
    }
  }
  // Where known rows have changed places, whatever points at them goes along.
  void put_in_order(const QHash<qint64, size_t>& place) {
    std::vector<std::pair<size_t, int>> order;  // where it goes to, where it is
    for (int row = 0; row < rowCount(); ++row) {
      order.emplace_back(place.value(id_of(row_at(row))), row);
    }
    if (std::is_sorted(order.begin(), order.end())) return;
    std::sort(order.begin(), order.end());
    emit layoutAboutToBeChanged();
    std::vector<Row> sorted;
    QList<int> new_row(rowCount());
    for (const auto& [to, from] : order) {
      new_row[from] = static_cast<int>(sorted.size());
      sorted.push_back(std::move(rows_[static_cast<size_t>(from)]));
    }
    rows_ = std::move(sorted);
    const QModelIndexList old = persistentIndexList();
    QModelIndexList moved;
    for (const QModelIndex& one : old) moved << index(new_row[one.row()], one.column());
    changePersistentIndexList(old, moved);
    emit layoutChanged();
  }

  std::vector<TableColumn<Row>> columns_, file_;
  std::vector<Row> rows_;
  Heads heads_;
};

}  // namespace loupe::ui
