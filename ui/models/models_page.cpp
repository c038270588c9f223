// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/models_page.h"

#include <QAction>
#include <QComboBox>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyle>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/models/add_tokens_card.h"
#include "ui/models/import_card.h"
#include "ui/models/model_details.h"
#include "ui/models/model_filter.h"
#include "ui/models/model_table_model.h"
#include "ui/models/model_text.h"
#include "ui/widgets/empty_models.h"
#include "ui/widgets/table_style.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/type_delegate.h"
#include "ui/widgets/undo_bar.h"

namespace loupe::ui {
namespace {

constexpr int sampled_rows = 50;
constexpr int narrowest = 48, widest = 280;
constexpr int least_words = 112, widest_status = 176, least_kind = 80;

}  // namespace

ModelsPage::ModelsPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : Page(parent), client_(client), mirror_(mirror), lists_(this, [this] { models_changed(); }) {
  setObjectName(QStringLiteral("models-page"));
  model_ = new ModelTableModel(this);
  filter_ = new ModelFilter(this);
  filter_->setSourceModel(model_);
  make_table();
  import_card_ = new ImportCard(client_, mirror_, this);
  tokens_card_ = new AddTokensCard(client_, mirror_, this);
  undo_bar_ = new UndoBar(this);
  details_ = new ModelDetails(client_, this);
  none_ = new EmptyModels(
      QStringLiteral("models-empty"),
      {QStringLiteral("kind-model"), tr("Models"),
       tr("Here are the models of this workspace: what each is made of, how it reads a text, and "
          "what it takes.\nImport one: drop a GGUF file or a folder with config.json on the "
          "window. Or get the demo model,\n93 MB, enough to see in minutes where explicit and "
          "implicit reward models part.")},
      client_, mirror_, this);
  make_layout();
  make_actions();
  connect_parts();
  show_empty_or_table();
  update_actions();
}

void ModelsPage::make_table() {
  table_ = new QTableView(this);
  table_->setObjectName(QStringLiteral("models-table"));
  table_->setAccessibleName(tr("Models"));
  table_->setModel(filter_);
  dress_table(table_);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSortingEnabled(true);
  table_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  filter_->sort(-1);
  table_->setMinimumHeight(12 * theme::grid);
  table_->horizontalHeader()->setResizeContentsPrecision(sampled_rows);
  table_->installEventFilter(this);
  connect(table_->horizontalHeader(), &QHeaderView::sectionResized, this,
          [this] { fitted_by_hand_ = fitted_by_hand_ || !fitting_; });
  table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  table_->setItemDelegateForColumn(ModelTableModel::kind, new TypeDelegate(table_));
  table_->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(table_, &QWidget::customContextMenuRequested, this, &ModelsPage::show_menu);
}

QWidget* ModelsPage::make_top() {
  auto* top = new QWidget(this);
  import_ = new QPushButton(tr("Import…"), top);
  import_->setObjectName(QStringLiteral("models-import"));
  import_->setToolTip(
      tr("A GGUF file, or a folder with config.json or adapter_config.json; or drop it on the "
         "window (Ctrl+Shift+I)"));
  connect(import_, &QPushButton::clicked, this, &ModelsPage::import_model);
  filter_line_ = new QLineEdit(top);
  filter_line_->setObjectName(QStringLiteral("models-filter"));
  filter_line_->setPlaceholderText(tr("Filter by words"));
  filter_line_->setAccessibleName(tr("Filter the models"));
  filter_line_->setToolTip(
      tr("Words of a name, kind, architecture, type, source, state of the "
         "files or note; every word must occur (Ctrl+F)"));
  filter_line_->setClearButtonEnabled(true);
  filter_line_->setMinimumWidth(120);
  filter_line_->setMaximumWidth(320);
  kinds_ = new QComboBox(top);
  kinds_->setObjectName(QStringLiteral("models-filter-kind"));
  kinds_->setAccessibleName(tr("Only models of this kind"));
  kinds_->setToolTip(kinds_->accessibleName());
  kinds_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  kinds_->setMaximumWidth(200);
  kinds_->addItem(tr("Any kind"));
  count_ = new QLabel(top);
  count_->setObjectName(QStringLiteral("models-count"));
  theme::make_secondary(count_);
  auto* exports = new QPushButton(tr("Export…"), top);
  exports->setObjectName(QStringLiteral("models-export"));
  exports->setToolTip(tr("The table as CSV, in full precision"));
  connect(exports, &QPushButton::clicked, this, &ModelsPage::export_table);
  auto* line = new QHBoxLayout(top);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  line->addWidget(import_);
  line->addWidget(filter_line_, 1);
  line->addWidget(kinds_);
  line->addWidget(count_);
  line->addStretch(1);
  line->addWidget(exports);
  return top;
}

void ModelsPage::make_layout() {
  no_match_ = new QLabel(tr("No model matches the filter."), this);
  no_match_->setObjectName(QStringLiteral("models-no-match"));
  no_match_->hide();
  theme::make_secondary(no_match_);
  splitter_ = new QSplitter(Qt::Vertical, this);
  splitter_->setObjectName(QStringLiteral("models-splitter"));
  splitter_->setChildrenCollapsible(false);
  splitter_->setHandleWidth(theme::grid);
  splitter_->addWidget(table_);
  splitter_->addWidget(details_);
  splitter_->setStretchFactor(0, 1);
  splitter_->setStretchFactor(1, 2);
  splitter_->setSizes({176, 384});
  auto* filled = new QWidget(this);
  auto* layout = new QVBoxLayout(filled);
  layout->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid);
  layout->setSpacing(theme::grid);
  layout->addWidget(make_top());
  layout->addWidget(no_match_);
  layout->addWidget(splitter_, 1);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(none_);
  stack_->addWidget(filled);
  auto* cards = new QVBoxLayout;
  cards->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, 0);
  cards->addWidget(import_card_);
  cards->addWidget(tokens_card_);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  // Outside the two: there may be no model yet, and the last one can be removed and brought back.
  outer->addWidget(undo_bar_);
  outer->addLayout(cards);
  outer->addWidget(stack_, 1);
}

void ModelsPage::connect_parts() {
  connect(filter_line_, &QLineEdit::textChanged, this, [this](const QString& typed) {
    restoring_ = true;
    filter_->set_words(typed);
    restoring_ = false;
    filter_changed();
  });
  connect(kinds_, &QComboBox::currentIndexChanged, this, [this](int index) {
    restoring_ = true;
    filter_->set_kind(index <= 0 ? QString() : kinds_->currentData().toString());
    restoring_ = false;
    filter_changed();
  });
  connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          &ModelsPage::selection_changed);
  connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
    if (index.column() == ModelTableModel::note) {
      table_->edit(index);
    } else if (inspect_->isEnabled()) {
      inspect_->trigger();
    }
  });
  connect(model_, &ModelTableModel::renamed, mirror_, &WorkspaceMirror::rename_model);
  connect(model_, &ModelTableModel::note_written, mirror_, &WorkspaceMirror::set_model_note);
  connect(none_, &EmptyModels::import_wanted, this, &ModelsPage::import_model);
  const auto arrived = [this](qint64 model) {
    arriving_ = model;
    models_changed();
  };
  connect(import_card_, &ImportCard::imported, this, arrived);
  connect(tokens_card_, &AddTokensCard::added, this, arrived);
  connect(undo_bar_, &UndoBar::undo_wanted, this, &ModelsPage::undo);
  connect(details_, &ModelDetails::run_wanted, this, [this](qint64 run) {
    emit open_wanted({{"page", "runs"}, {"runs", {run}}});
  });
  connect(details_, &ModelDetails::locate_wanted, this, &ModelsPage::locate);
  connect(details_, &ModelDetails::save_failed, this, &ModelsPage::report_export);
  connect(mirror_, &WorkspaceMirror::models_changed, this, [this] {
    if (!mirror_->knows_models()) forget();
    lists_.want();
  });
  connect(client_, &EngineClient::state_changed, this, [this] {
    locating_ = false;
    show_empty_or_table();
    update_actions();
  });
  // What the engine refused was shown as done: back to what it says.
  connect(mirror_, &WorkspaceMirror::failed, this, [this] {
    removing_.clear();
    if (mirror_->knows_models()) lists_.want();
  });
}

bool ModelsPage::settled() const {
  return mirror_->knows_models() && details_->settled() && import_card_->settled() &&
         !tokens_card_->busy() && none_->settled() && !locating_;
}

Place ModelsPage::place() const {
  Place place = Place::object();
  if (wanted_ != 0) place["model"] = wanted_;
  place["tab"] = stdstr(details_->tab());
  return place;
}

void ModelsPage::go(const Place& place) {
  if (!place.is_object()) return;
  if (const auto tab = place.find("tab"); tab != place.end() && tab->is_string()) {
    details_->set_tab(qstr(tab->get<std::string>()));
  }
  if (const auto model = place.find("model"); model != place.end() && model->is_number_integer()) {
    const qint64 id = model->get<qint64>();
    if (mirror_->model(id) != nullptr) {
      select(id);
      if (const QModelIndex index = index_of(id, 0); index.isValid()) table_->scrollTo(index);
    } else if (!mirror_->knows_models()) {
      arriving_ = id;
    }
  }
  const auto import = place.find("import");
  if (import == place.end() || !import->is_string()) return;
  if (!tokens_card_->busy()) tokens_card_->hide();
  if (import_card_->open(qstr(import->get<std::string>()))) return;
  Banner::Message message;
  message.key = QStringLiteral("models-import");
  message.severity = Banner::Severity::info;
  message.text = tr("A model is being imported; the next one can be taken once it is there.");
  emit this->message(message);
}

void ModelsPage::import_model() {
  if (!tokens_card_->busy()) tokens_card_->hide();
  import_card_->choose();
}

void ModelsPage::fetch_demo() {
  none_->fetch();
}

const api::Model* ModelsPage::current() const {
  return removing_.contains(wanted_) ? nullptr : mirror_->model(wanted_);
}

QModelIndex ModelsPage::index_of(qint64 model, int column) const {
  for (int row = 0; row < filter_->rowCount(); ++row) {
    const QModelIndex index = filter_->index(row, column);
    if (index.data(ModelTableModel::id_role).toLongLong() == model) return index;
  }
  return {};
}

void ModelsPage::select(qint64 model) {
  wanted_ = model;
  restoring_ = true;
  const QModelIndex index = index_of(model, 0);
  if (!index.isValid()) {
    table_->clearSelection();
  } else if (!table_->selectionModel()->isRowSelected(index.row())) {
    table_->selectionModel()->setCurrentIndex(
        index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
  }
  restoring_ = false;
  show_details();
}

// Another workspace comes: what was removed in this one is not undone there.
void ModelsPage::forget() {
  undoes_.clear();
  removing_.clear();
  undo_bar_->hide();
  wanted_ = arriving_ = returning_ = 0;
}

void ModelsPage::models_changed() {
  const bool first = model_->rowCount() == 0;
  std::vector<api::Model> models = mirror_->models();
  QSet<qint64> there;
  for (const api::Model& model : models) there.insert(model.id);
  removing_ &= there;
  std::erase_if(models, [this](const api::Model& one) { return removing_.contains(one.id); });
  restoring_ = true;
  model_->set_models(models);
  restoring_ = false;
  fill_kinds();
  qint64 wanted = there.contains(wanted_) && !removing_.contains(wanted_) ? wanted_ : 0;
  const bool came = arriving_ != 0 && there.contains(arriving_);
  if (came) wanted = std::exchange(arriving_, 0);
  if (!came && there.contains(returning_)) wanted = returning_;
  if (wanted == 0 && !models.empty()) {
    wanted = std::max_element(models.begin(), models.end(), [](const auto& a, const auto& b) {
               return a.created < b.created;
             })->id;
  }
  select(wanted);
  if (came) table_->scrollTo(index_of(wanted, 0));
  if (first) fit_columns();
  show_empty_or_table();
}

void ModelsPage::fill_kinds() {
  QStringList kinds;
  for (int row = 0; row < model_->rowCount(); ++row) {
    const QString kind = kind_of(model_->model(row));
    if (!kinds.contains(kind)) kinds << kind;
  }
  kinds.sort();
  // A kind that no model is of any more stays while it is chosen.
  const QString chosen = filter_->kind();
  if (!chosen.isEmpty() && !kinds.contains(chosen)) kinds << chosen;
  QStringList before;
  for (int item = 1; item < kinds_->count(); ++item) before << kinds_->itemData(item).toString();
  if (kinds == before) return;
  const QSignalBlocker blocker(kinds_);
  while (kinds_->count() > 1) kinds_->removeItem(kinds_->count() - 1);
  for (const QString& kind : kinds) kinds_->addItem(kind_words(kind), kind);
  kinds_->setCurrentIndex(chosen.isEmpty() ? 0 : kinds_->findData(chosen));
}

bool ModelsPage::eventFilter(QObject* object, QEvent* event) {
  if (object == table_ && event->type() == QEvent::Resize) fit_columns();
  return Page::eventFilter(object, event);
}

// To the width that the table has, until somebody chooses widths.
void ModelsPage::fit_columns() {
  if (fitted_by_hand_) return;
  fitting_ = true;
  table_->resizeColumnsToContents();
  for (int column = 0; column < ModelTableModel::column_count; ++column) {
    const int most = column == ModelTableModel::status ? widest_status : widest;
    const int least = column == ModelTableModel::kind ? least_kind : narrowest;
    table_->setColumnWidth(column, qBound(least, table_->columnWidth(column) + theme::grid, most));
  }
  const int rows = table_->model()->rowCount() * table_->verticalHeader()->defaultSectionSize();
  const bool scrolls = rows > table_->height() - table_->horizontalHeader()->height();
  const int bar = scrolls ? table_->style()->pixelMetric(QStyle::PM_ScrollBarExtent) : 0;
  int room =
      table_->width() - 2 * table_->frameWidth() - bar - table_->horizontalHeader()->length();
  // What is too much is taken from the words, which can be cut and still be told apart; what is
  // left over goes to the note.
  for (const int column : {ModelTableModel::note, ModelTableModel::status, ModelTableModel::name}) {
    const int given = qBound(0, -room, std::max(0, table_->columnWidth(column) - least_words));
    table_->setColumnWidth(column, table_->columnWidth(column) - given);
    room += given;
  }
  const int note = ModelTableModel::note;
  if (room > 0) table_->setColumnWidth(note, table_->columnWidth(note) + room);
  fitting_ = false;
}

void ModelsPage::filter_changed() {
  select(wanted_);
  show_empty_or_table();
}

void ModelsPage::selection_changed() {
  if (restoring_) return;
  arriving_ = 0;
  const QModelIndexList rows = table_->selectionModel()->selectedRows();
  returning_ = 0;
  wanted_ = rows.isEmpty() ? 0 : rows.front().data(ModelTableModel::id_role).toLongLong();
  show_details();
  emit place_changed();
}

void ModelsPage::show_details() {
  const api::Model* model = current();
  QString base;
  if (model != nullptr && model->base != 0) {
    const api::Model* other = mirror_->model(model->base);
    base = other != nullptr ? qstr(other->name) : tr("a model that was removed");
  }
  details_->show_model(model, base);
  update_actions();
}

void ModelsPage::show_empty_or_table() {
  const int all = model_->rowCount(), shown = filter_->rowCount();
  stack_->setCurrentIndex(all == 0 ? 0 : 1);
  setFocusProxy(all == 0 ? static_cast<QWidget*>(none_) : table_);
  no_match_->setVisible(all > 0 && shown == 0);
  count_->setText(shown == all ? all == 1 ? tr("1 model") : tr("%1 models").arg(all)
                               : tr("%1 of %2 models").arg(shown).arg(all));
}

}  // namespace loupe::ui
