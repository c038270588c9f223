// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/model_table_model.h"

#include <QColor>

#include "ui/client/text.h"
#include "ui/models/model_text.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

using Model = api::Model;

// A number that is not known is an empty cell.
template <class Number>
TableColumn<Model> number(const char* key, const QString& title, const QString& tooltip,
                          Number Model::*member, QString (*show)(double)) {
  const auto get = [member](const Model& model) { return static_cast<double>(model.*member); };
  auto column = number_column<Model>(key, title, tooltip, get, show);
  column.text = column.hint = [get, show](const Model& model) {
    return get(model) > 0 ? show(get(model)) : QString();
  };
  return column;
}

QString whole(double value) {
  return grouped(static_cast<qint64>(value));
}

}  // namespace

ModelTableModel::ModelTableModel(QObject* parent) : ColumnTable(parent, Heads::titles) {
  auto name = text_column<Model>("name", tr("Model"), {}, &Model::name);
  name.hint = [](const Model& model) {
    QStringList lines{qstr(model.name), qstr(model.path)};
    if (!model.note.empty()) lines << qstr(model.note);
    return lines.join(QLatin1Char('\n'));
  };
  // A model without a name could not be chosen.
  name.edit = [](Model& model, const QString& text) {
    return !text.trimmed().isEmpty() && take_typed(&model.name, text.trimmed());
  };
  auto kind = text_column<Model>(
      "kind", tr("Kind"),
      tr("LM: a language model; EX: an explicit, IM: an implicit reward model; adapter: "
         "low-rank changes on top of another model"),
      kind_of);
  kind.hint = [this](const Model& model) { return kind_hint(model); };
  auto status = text_column<Model>("files", tr("Files"),
                                   tr("Whether its files are the ones that were imported"),
                                   [](const Model& model) { return status_text(model.status); });
  status.exact = [](const Model& model) { return qstr(model.status); };
  status.icon = [](const Model& model) { return status_sign(model.status); };
  status.colour_of = [](const Model& model) {
    const bool missing = status_word_of(model.status) == QLatin1String("missing");
    return missing ? QVariant(theme::error()) : QVariant();
  };
  status.hint = [](const Model& model) {
    const QString trouble = status_trouble(model);
    return trouble.isEmpty() ? tr("The files are the ones that were imported.") : trouble;
  };
  auto parameters =
      number("parameters", tr("Params"), tr("Parameters"), &Model::parameters, short_count);
  parameters.hint = [](const Model& model) { return grouped(model.parameters); };
  auto size = number("size", tr("Size"), tr("Of its files on the disk"), &Model::size, byte_size);
  size.hint = [](const Model& model) { return tr("%1 bytes").arg(whole(model.size)); };
  auto note = text_column<Model>("note", tr("Note"), {}, &Model::note);
  note.colour_of = [](const Model&) { return theme::secondary_text(); };
  note.edit = [](Model& model, const QString& text) {
    return take_typed(&model.note, text.trimmed());
  };
  put({name, kind, text_column<Model>("architecture", tr("Architecture"), {}, &Model::architecture),
       text_column<Model>("dtype", tr("Type"), tr("How most of its parameters are stored"),
                          &Model::dtype),
       text_column<Model>("source", tr("Source"), {}, &Model::source), status, parameters,
       number("context", tr("Context"), tr("Tokens it was made for"), &Model::context, whole), size,
       number("runs", tr("Runs"), tr("Runs of this workspace that use it"), &Model::runs, whole),
       note, in_file(text_column<Model>("path", tr("Path"), {}, &Model::path)),
       in_file(text_column<Model>("imported", tr("Imported"), {},
                                  [](const Model& model) { return iso_time(model.created); }))});
}

QString ModelTableModel::kind_hint(const Model& model) const {
  QString said = kind_words(kind_of(model));
  if (model.base != 0) {
    const int base = row_of_id(model.base);
    const QString name = base < 0 ? tr("a model that was removed") : qstr(this->model(base).name);
    said += QLatin1Char('\n') + (model.kind == "IM" ? tr("reference: %1") : tr("of %1")).arg(name);
  }
  if (model.kind == "IM") said += QLatin1Char('\n') + tr("beta %1").arg(model.beta);
  return said;
}

void ModelTableModel::typed(const Model& model, int column) {
  if (column == name) {
    emit renamed(model.id, qstr(model.name));
  } else {
    emit note_written(model.id, qstr(model.note));
  }
}

}  // namespace loupe::ui
