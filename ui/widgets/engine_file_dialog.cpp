// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/engine_file_dialog.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QCompleter>
#include <QHash>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QStringListModel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/engine_folder_model.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/table_style.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

// Where something of these kinds was chosen last.
QString& last_folder(const QStringList& kinds) {
  static QHash<QString, QString> folders;
  return folders[kinds.join(QLatin1Char(','))];
}

// Paths of the engine are POSIX, whatever the desk is.
QString joined(const QString& folder, const QString& name) {
  return folder.endsWith(QLatin1Char('/')) ? folder + name : folder + QLatin1Char('/') + name;
}

QString folder_part(const QString& path) {
  const auto slash = path.lastIndexOf(QLatin1Char('/'));
  return slash < 0 ? QString() : path.left(qMax(slash, qsizetype(1)));
}

}  // namespace

EngineFileDialog::EngineFileDialog(EngineClient* client, const PickOptions& options,
                                   QWidget* parent)
    : QDialog(parent), client_(client), options_(options) {
  setObjectName(QStringLiteral("engine-file-dialog"));
  setWindowTitle(options.title);
  setWindowModality(Qt::WindowModal);
  setAttribute(Qt::WA_DeleteOnClose);
  model_ = new EngineFolderModel(this);
  filter_ = new EngineFolderFilter(this);
  filter_->setSourceModel(model_);
  filter_->set_kinds(options.kinds);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(2 * theme::grid, 2 * theme::grid, 2 * theme::grid, 2 * theme::grid);
  layout->setSpacing(theme::grid);
  layout->addWidget(make_path_row());
  layout->addWidget(make_filter_row());
  make_table();
  layout->addWidget(table_, 1);
  layout->addWidget(make_bottom());
  resize(760, 480);
  restyle();
  if (new_name_ != nullptr) {
    new_name_->setFocus();
    new_name_->selectAll();
  } else {
    table_->setFocus();
  }
  const QString start = options.start.isEmpty() ? last_folder(options.kinds) : options.start;
  list(start, start.section(QLatin1Char('/'), -1));
}

QWidget* EngineFileDialog::make_path_row() {
  auto* row = new QWidget(this);
  home_ = new QToolButton(row);
  home_->setObjectName(QStringLiteral("picker-home"));
  home_->setAccessibleName(tr("Home folder"));
  home_->setToolTip(tr("Home folder of the engine's machine (Alt+Home)"));
  up_ = new QToolButton(row);
  up_->setObjectName(QStringLiteral("picker-up"));
  up_->setAccessibleName(tr("Folder above"));
  up_->setToolTip(tr("The folder above (Alt+Up, Backspace)"));
  for (QToolButton* button : {home_, up_}) {
    button->setAutoRaise(true);
    button->setIconSize({20, 20});
  }
  path_ = new QLineEdit(row);
  path_->setObjectName(QStringLiteral("picker-path"));
  path_->setAccessibleName(tr("Path on the engine's machine"));
  path_->setToolTip(tr("A path on the engine's machine; Enter goes there (Ctrl+L)"));
  completions_ = new QStringListModel(this);
  auto* completer = new QCompleter(completions_, path_);
  completer->setCaseSensitivity(Qt::CaseSensitive);
  path_->setCompleter(completer);
  auto* line = new QHBoxLayout(row);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid / 2);
  line->addWidget(home_);
  line->addWidget(up_);
  line->addWidget(path_, 1);
  connect(home_, &QToolButton::clicked, this, [this] { list({}); });
  connect(up_, &QToolButton::clicked, this, [this] {
    const auto& listing = model_->listing();
    if (!listing.parent.empty()) {
      list(qstr(listing.parent), qstr(listing.path).section(QLatin1Char('/'), -1));
    }
  });
  connect(path_, &QLineEdit::textEdited, this, &EngineFileDialog::complete);
  connect(new QShortcut(QKeySequence(Qt::ALT | Qt::Key_Up), this), &QShortcut::activated, up_,
          &QToolButton::click);
  connect(new QShortcut(QKeySequence(Qt::ALT | Qt::Key_Home), this), &QShortcut::activated, home_,
          &QToolButton::click);
  connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_L), this), &QShortcut::activated, this,
          [this] {
            path_->setFocus();
            path_->selectAll();
          });
  path_->installEventFilter(this);
  return row;
}

QWidget* EngineFileDialog::make_filter_row() {
  auto* row = new QWidget(this);
  words_ = new QLineEdit(row);
  words_->setObjectName(QStringLiteral("picker-filter"));
  words_->setAccessibleName(tr("Filter this folder"));
  words_->setPlaceholderText(tr("Filter this folder (just type)"));
  words_->setClearButtonEnabled(true);
  all_ = new QCheckBox(tr("All files"), row);
  all_->setObjectName(QStringLiteral("picker-all"));
  all_->setToolTip(tr("Show files of any kind and hidden ones too"));
  auto* line = new QHBoxLayout(row);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(2 * theme::grid);
  line->addWidget(words_, 1);
  line->addWidget(all_);
  connect(words_, &QLineEdit::textChanged, this, [this](const QString& typed) {
    filter_->set_words(typed);
    if (!table_->currentIndex().isValid() && filter_->rowCount() > 0) table_->selectRow(0);
    update_choice();
  });
  connect(all_, &QCheckBox::toggled, this, [this](bool all) {
    filter_->set_all(all);
    update_choice();
  });
  words_->installEventFilter(this);
  return row;
}

void EngineFileDialog::make_table() {
  table_ = new QTableView(this);
  table_->setObjectName(QStringLiteral("picker-table"));
  table_->setAccessibleName(tr("Folder"));
  table_->setModel(filter_);
  dress_table(table_);
  table_->setAlternatingRowColors(false);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setIconSize({16, 16});
  table_->setSortingEnabled(true);
  table_->sortByColumn(EngineFolderModel::name, Qt::AscendingOrder);
  auto* header = table_->horizontalHeader();
  header->setSectionResizeMode(EngineFolderModel::name, QHeaderView::Stretch);
  const int digit = fontMetrics().horizontalAdvance(QLatin1Char('0'));
  header->resizeSection(EngineFolderModel::kind, 13 * digit);
  header->resizeSection(EngineFolderModel::size, 12 * digit);
  header->resizeSection(EngineFolderModel::modified, 20 * digit);
  table_->installEventFilter(this);
  connect(table_, &QTableView::doubleClicked, this, &EngineFileDialog::activate);
  connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          [this] { update_choice(); });
}

QWidget* EngineFileDialog::make_bottom() {
  auto* bottom = new QWidget(this);
  auto* column = new QVBoxLayout(bottom);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(theme::grid);
  if (!options_.new_folder.isEmpty()) {
    new_name_ = new QLineEdit(options_.new_folder, bottom);
    new_name_->setObjectName(QStringLiteral("picker-new-name"));
    auto* label = new QLabel(tr("&Name of the new folder"), bottom);
    label->setBuddy(new_name_);
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::grid);
    line->addWidget(label);
    line->addWidget(new_name_, 1);
    column->addLayout(line);
    connect(new_name_, &QLineEdit::textChanged, this, [this] { update_choice(); });
  }
  said_ = new QLabel(bottom);
  said_->setObjectName(QStringLiteral("picker-said"));
  said_->setTextFormat(Qt::PlainText);
  said_->setWordWrap(true);
  auto* cancel = new QPushButton(tr("Cancel"), bottom);
  cancel->setObjectName(QStringLiteral("picker-cancel"));
  cancel->setAutoDefault(false);
  choose_ = new QPushButton(tr("Choose"), bottom);
  choose_->setObjectName(QStringLiteral("picker-choose"));
  choose_->setDefault(false);
  choose_->setAutoDefault(false);
  auto* line = new QHBoxLayout;
  line->setSpacing(theme::grid);
  line->addWidget(said_, 1);
  line->addWidget(cancel);
  line->addWidget(choose_);
  column->addLayout(line);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(choose_, &QPushButton::clicked, this, &EngineFileDialog::choose);
  if (new_name_ != nullptr) {
    connect(new_name_, &QLineEdit::returnPressed, this, &EngineFileDialog::choose);
  }
  return bottom;
}

QString EngineFileDialog::folder() const {
  return qstr(model_->listing().path);
}

void EngineFileDialog::list(const QString& path, const QString& wanted, bool then_choose) {
  loading_ = true;
  wanted_ = wanted;
  say(tr("Reading the folder…"), false);
  client_->call<api::FolderListing>(
      api::method::fs_list, {{"path", stdstr(path)}}, this,
      [this, path, then_choose](const api::FolderListing& listing) {
        take(listing, path, then_choose);
      },
      [this, path](const Failure& failure) {
        loading_ = false;
        // What was chosen last may be gone; there is always a home.
        if (std::exchange(first_, false) && !path.isEmpty() && !failure.code.isEmpty()) {
          list({});
          return;
        }
        trouble_ = true;
        say(failure.where.isEmpty() || failure.what.contains(failure.where)
                ? failure.what
                : QStringLiteral("%1 (%2)").arg(failure.what, failure.where),
            true);
        choose_->setEnabled(!choice().isEmpty());
      },
      QStringLiteral("picker-list"));
}

void EngineFileDialog::take(const api::FolderListing& listing, const QString& asked,
                            bool then_choose) {
  loading_ = trouble_ = first_ = false;
  model_->set_listing(listing);
  words_->clear();
  path_->setText(folder());
  up_->setEnabled(!listing.parent.empty());
  // A file was asked for and the folder it lies in came back.
  const QString last = asked.section(QLatin1Char('/'), -1);
  if (wanted_.isEmpty() && !last.isEmpty() && last != folder().section(QLatin1Char('/'), -1)) {
    wanted_ = last;
  }
  point_at(wanted_);
  update_choice();
  if (!then_choose) return;
  const api::FolderEntry* entry = current_entry();
  if (entry != nullptr && !entry->is_folder && qstr(entry->name) == wanted_ &&
      filter_->may_choose(*entry)) {
    choose();
  }
}

void EngineFileDialog::complete(const QString& typed) {
  const QString folder = folder_part(typed);
  update_choice();
  if (folder.isEmpty() || folder == completed_folder_) return;
  completed_folder_ = folder;
  client_->call<api::FolderListing>(
      api::method::fs_list, {{"path", stdstr(folder)}}, this,
      [this, folder](const api::FolderListing& listing) {
        QStringList paths;
        for (const api::FolderEntry& entry : listing.entries) {
          if (entry.is_folder || filter_->may_choose(entry)) {
            paths << joined(folder, qstr(entry.name));
          }
        }
        completions_->setStringList(paths);
        if (path_->hasFocus() && !loading_ && path_->text() != this->folder()) {
          path_->completer()->complete();
        }
      },
      {}, QStringLiteral("picker-complete"));
}

void EngineFileDialog::path_entered() {
  path_->completer()->popup()->hide();
  const QString typed = path_->text().trimmed();
  if (trouble_ && !choice().isEmpty()) {
    choose();
  } else {
    list(typed, {}, true);
  }
}

void EngineFileDialog::activate(const QModelIndex& index) {
  if (!index.isValid() || loading_) return;
  const api::FolderEntry& entry = model_->entry(filter_->mapToSource(index).row());
  const bool choosable = filter_->may_choose(entry) && new_name_ == nullptr;
  if (choosable) {
    pick(joined(folder(), qstr(entry.name)));
  } else if (entry.is_folder) {
    list(joined(folder(), qstr(entry.name)));
  }
}

QString EngineFileDialog::choice() const {
  if (loading_) return {};
  if (new_name_ != nullptr) {
    const QString name = new_name_->text().trimmed();
    const bool usable = !name.isEmpty() && !name.contains(QLatin1Char('/')) &&
                        name != QLatin1String(".") && name != QLatin1String("..");
    const QString typed = path_->text().trimmed();
    if (usable && trouble_ && typed.startsWith(QLatin1Char('/'))) return joined(typed, name);
    if (!usable || folder().isEmpty()) return {};
    for (const api::FolderEntry& entry : model_->listing().entries) {
      if (qstr(entry.name) == name) return {};
    }
    return joined(folder(), name);
  }
  const QString typed = path_->text().trimmed();
  // No listing, no knowledge: a typed path may still be right once the engine is back.
  if (trouble_) return options_.folder_allowed && typed.startsWith('/') ? typed : QString();
  if (const api::FolderEntry* entry = current_entry()) {
    if (filter_->may_choose(*entry) || (options_.folder_allowed && entry->is_folder)) {
      return joined(folder(), qstr(entry->name));
    }
  }
  return options_.folder_allowed ? folder() : QString();
}

const api::FolderEntry* EngineFileDialog::current_entry() const {
  const QModelIndex index = table_->currentIndex();
  if (!index.isValid() || !table_->selectionModel()->isRowSelected(index.row())) return nullptr;
  return &model_->entry(filter_->mapToSource(index).row());
}

void EngineFileDialog::choose() {
  const QString path = choice();
  if (!path.isEmpty()) {
    pick(path);
  } else if (current_entry() != nullptr) {
    activate(table_->currentIndex());
  }
}

void EngineFileDialog::pick(const QString& path) {
  last_folder(options_.kinds) = folder();
  emit picked(path);
  accept();
}

void EngineFileDialog::point_at(const QString& name) {
  table_->clearSelection();
  table_->setCurrentIndex({});
  for (int row = 0; row < filter_->rowCount() && !name.isEmpty(); ++row) {
    if (filter_->index(row, 0).data().toString() == name) {
      table_->selectRow(row);
      table_->scrollTo(filter_->index(row, 0));
      return;
    }
  }
}

void EngineFileDialog::say(const QString& text, bool trouble) {
  said_->setText(text);
  if (trouble) {
    QPalette own;
    own.setColor(QPalette::WindowText, theme::error());
    said_->setPalette(own);
  } else {
    said_->setPalette({});
    theme::make_secondary(said_);
  }
}

void EngineFileDialog::update_choice() {
  if (loading_) return;
  const QString path = choice();
  choose_->setEnabled(!path.isEmpty());
  if (trouble_) return;
  if (new_name_ != nullptr) {
    for (const api::FolderEntry& entry : model_->listing().entries) {
      if (qstr(entry.name) != new_name_->text().trimmed()) continue;
      say(tr("There is something of this name already."), true);
      return;
    }
  }
  const auto& listing = model_->listing();
  if (!path.isEmpty()) {
    say(path, false);
  } else if (filter_->rowCount() == 0) {
    say(listing.entries.empty() ? tr("This folder is empty.")
                                : tr("Nothing here can be chosen; %1 other entries are hidden.")
                                      .arg(listing.entries.size()),
        false);
  } else if (listing.truncated) {
    say(tr("Only the first %1 entries are shown; type a path.").arg(listing.entries.size()), false);
  } else {
    say({}, false);
  }
}

bool EngineFileDialog::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::KeyPress) return QDialog::eventFilter(watched, event);
  const auto* key = static_cast<QKeyEvent*>(event);
  const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
  if (watched == path_ && enter) {
    path_entered();
    return true;
  }
  if (watched == words_) {
    if (enter) {
      if (!table_->currentIndex().isValid() && filter_->rowCount() > 0) table_->selectRow(0);
      activate(table_->currentIndex());
      return true;
    }
    if (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up) {
      table_->setFocus();
      if (!table_->currentIndex().isValid() && filter_->rowCount() > 0) table_->selectRow(0);
      return true;
    }
    if (key->key() == Qt::Key_Backspace && words_->text().isEmpty()) {
      up_->click();
      return true;
    }
  }
  if (watched == table_) {
    if (enter) {
      activate(table_->currentIndex());
      return true;
    }
    if (key->key() == Qt::Key_Backspace) {
      up_->click();
      return true;
    }
    const bool typed = !key->text().isEmpty() && key->text().front().isPrint() &&
                       !(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier));
    if (typed) {
      words_->setFocus();
      words_->insert(key->text());
      return true;
    }
  }
  return QDialog::eventFilter(watched, event);
}

void EngineFileDialog::changeEvent(QEvent* event) {
  QDialog::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void EngineFileDialog::restyle() {
  home_->setIcon(icon(QStringLiteral("home"), theme::secondary_text()));
  up_->setIcon(icon(QStringLiteral("up"), theme::secondary_text()));
  model_->restyle();
}

}  // namespace loupe::ui
