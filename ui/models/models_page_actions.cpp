// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with a model: the page's actions, its menu and its export.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTableView>

#include "ui/client/text.h"
#include "ui/models/add_tokens_card.h"
#include "ui/models/import_card.h"
#include "ui/models/model_details.h"
#include "ui/models/model_filter.h"
#include "ui/models/model_table_model.h"
#include "ui/models/model_text.h"
#include "ui/models/models_page.h"
#include "ui/widgets/engine_path_picker.h"
#include "ui/widgets/save_file.h"
#include "ui/widgets/undo_bar.h"

namespace loupe::ui {
namespace {

constexpr int most_named = 3;

}  // namespace

void ModelsPage::make_actions() {
  // keys_on: the widget that must have the focus for the keys to count; the page: anything in it.
  const auto add = [this](const char* name, const QString& text, const QString& tooltip,
                          const QKeySequence& keys, QWidget* keys_on, auto act) {
    auto* action = new QAction(text, this);
    action->setObjectName(QString::fromLatin1(name));
    action->setToolTip(tooltip);
    action->setShortcut(keys);
    action->setShortcutContext(keys_on == this ? Qt::WidgetWithChildrenShortcut
                                               : Qt::WidgetShortcut);
    if (keys_on != this) keys_on->addAction(action);
    addAction(action);
    connect(action, &QAction::triggered, this, act);
    return action;
  };
  train_ =
      add("models-train", tr("Train with it"), tr("Opens the Train page with this model chosen"),
          {}, table_, [this] { open("train"); });
  inspect_ = add("models-inspect", tr("Open in Inspect"),
                 tr("What it says of each token of a response (Enter)"), {}, table_,
                 [this] { open("inspect"); });
  shift_ = add("models-shift", tr("Open in Shift"), tr("Edit a response and see its score move"),
               {}, table_, [this] { open("shift"); });
  tokens_ =
      add("models-add-tokens", tr("Add special tokens…"),
          tr("A copy with special tokens in its vocabulary"), {}, table_, [this] { add_tokens(); });
  locate_ = add("models-locate", tr("Locate…"), tr("Say where its files are now"), {}, table_,
                [this] { locate(); });
  rename_ = add("models-rename", tr("Rename"), tr("Give the model another name, in its cell"),
                Qt::Key_F2, table_, [this] { edit(ModelTableModel::name); });
  note_ =
      add("models-note", tr("Edit the note"), tr("A line on the model, in its cell"),
          QKeySequence(Qt::SHIFT | Qt::Key_F2), table_, [this] { edit(ModelTableModel::note); });
  remove_ = add("models-remove", tr("Remove"),
                tr("Takes the model out of the list; its files stay, and Ctrl+Z brings it back"),
                QKeySequence::Delete, table_, [this] { remove(); });
  undo_ = add("models-undo", tr("Undo the removal"), tr("Brings back the model removed last"),
              QKeySequence::Undo, this, [this] { undo(); });
  copy_ = add("models-copy", tr("Copy"), tr("The row as CSV, full precision"), QKeySequence::Copy,
              table_, [this] { copy_row(); });
  add("models-export-csv", tr("Export the table as CSV…"),
      tr("The models that the filter keeps, in full precision"), {}, table_,
      [this] { export_table(); });
  add("models-find", tr("Filter the models"), tr("Type words to keep the models that contain them"),
      QKeySequence::Find, this, [this] {
        filter_line_->setFocus(Qt::ShortcutFocusReason);
        filter_line_->selectAll();
      });
  details_->set_actions({train_, inspect_, shift_, tokens_, remove_});
}

void ModelsPage::update_actions() {
  const api::Model* model = current();
  const bool any = model != nullptr;
  const bool ready = client_->state() == EngineClient::State::ready;
  const bool well = any && status_trouble(*model).isEmpty();
  for (QAction* action : {rename_, note_, remove_, copy_}) action->setEnabled(any);
  const bool trainable = any && model->type == "LM";
  train_->setEnabled(trainable && well);
  train_->setToolTip(!any || trainable ? tr("Opens the Train page with this model chosen")
                                       : tr("A reward model is trained from a language model"));
  inspect_->setEnabled(well);
  shift_->setEnabled(well);
  tokens_->setEnabled(well && ready);
  locate_->setEnabled(any && ready);
  locate_->setVisible(any && !well);
  undo_->setEnabled(!undoes_.isEmpty());
  import_->setEnabled(ready);
}

void ModelsPage::show_menu(const QPoint& place) {
  QMenu menu(table_);
  menu.setObjectName(QStringLiteral("models-menu"));
  menu.setToolTipsVisible(true);
  menu.addActions({train_, inspect_, shift_, tokens_});
  menu.addSeparator();
  menu.addActions({rename_, note_, locate_, remove_, undo_});
  menu.addSeparator();
  menu.addAction(copy_);
  menu.exec(table_->viewport()->mapToGlobal(place));
}

void ModelsPage::open(const char* page) {
  if (current() == nullptr) return;
  Place place = Place::object();
  place["page"] = page;
  if (std::string_view(page) == "train") {
    place["model"] = wanted_;
  } else {
    place["models"] = {wanted_};
  }
  emit open_wanted(place);
}

void ModelsPage::edit(int column) {
  const QModelIndex index = index_of(wanted_, column);
  if (!index.isValid()) return;
  table_->scrollTo(index);
  table_->selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
  table_->edit(index);
}

void ModelsPage::locate() {
  const api::Model* model = current();
  if (model == nullptr) return;
  PickOptions options;
  options.title = tr("Where are the files of %1 now?").arg(qstr(model->name));
  options.kinds = {QStringLiteral("model")};
  options.folder_allowed = true;
  pick_engine_path(window(), client_, options, [this, id = model->id](const QString& path) {
    locating_ = true;
    client_->request(
        api::method::models_locate, {{"id", id}, {"path", stdstr(path)}}, this,
        [this](const api::json&) {
          locating_ = false;
          mirror_->refresh();
        },
        [this, id](const Failure& failure) {
          locating_ = false;
          if (id == wanted_) {
            details_->show_locate_failure(failure);
          } else {
            report(QStringLiteral("models-locate"), failure);
          }
        });
  });
}

void ModelsPage::add_tokens() {
  const api::Model* model = current();
  if (model == nullptr) return;
  if (!import_card_->busy()) import_card_->hide();
  tokens_card_->open(*model);
}

QString ModelsPage::users_of(const api::Model& model) const {
  QStringList names;
  for (const api::Run& run : mirror_->runs()) {
    if (run.model == model.name) names << qstr(run.name);
  }
  const qsizetype count = std::max<qsizetype>(names.size(), model.runs);
  if (count == 0) return {};
  QString named = names.mid(0, most_named).join(QStringLiteral(", "));
  if (count > most_named && !names.isEmpty()) named += QStringLiteral(", …");
  const QString said = count == 1 ? tr("1 run uses it") : tr("%1 runs use it").arg(count);
  return named.isEmpty() ? said + QLatin1Char('.') : QStringLiteral("%1: %2.").arg(said, named);
}

void ModelsPage::remove() {
  const api::Model* model = current();
  if (model == nullptr) return;
  // The selection moves to the next row, or else to the one before.
  const int row = index_of(wanted_, 0).row();
  const int next = row + 1 < filter_->rowCount() ? row + 1 : row - 1;
  const qint64 after =
      row < 0 || next < 0 ? 0 : filter_->index(next, 0).data(ModelTableModel::id_role).toLongLong();
  QStringList said{tr("Removed %1; its files stay.").arg(qstr(model->name))};
  if (const QString users = users_of(*model); !users.isEmpty()) said << users;
  undoes_.append(wanted_);
  removing_.insert(wanted_);
  mirror_->set_model_removed(wanted_, true);
  wanted_ = after;
  returning_ = 0;
  undo_bar_->say(said.join(QLatin1Char(' ')));
  models_changed();
}

void ModelsPage::undo() {
  if (undoes_.isEmpty()) return;
  const qint64 model = undoes_.takeLast();
  removing_.remove(model);
  mirror_->set_model_removed(model, false);
  undo_bar_->hide();
  wanted_ = arriving_ = returning_ = model;
  models_changed();
}

void ModelsPage::copy_row() const {
  const QModelIndex index = filter_->mapToSource(index_of(wanted_, 0));
  if (!index.isValid()) return;
  QApplication::clipboard()->setText(QString::fromUtf8(model_->csv({index.row()})));
}

void ModelsPage::export_table() {
  QList<int> rows;
  for (int row = 0; row < filter_->rowCount(); ++row) {
    rows.append(filter_->mapToSource(filter_->index(row, 0)).row());
  }
  const QString path =
      ask_save_path(this, tr("Export the table"), QStringLiteral("models.csv"), tr("CSV (*.csv)"));
  if (path.isEmpty()) return;
  const QString reason = save_bytes(path, model_->csv(rows));
  if (!reason.isEmpty()) report_export(path, reason);
}

}  // namespace loupe::ui
