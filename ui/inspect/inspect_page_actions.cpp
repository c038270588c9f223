// SPDX-License-Identifier: GPL-3.0-or-later
// The Inspect page's actions, its places, copies and exports.
#include <QAction>
#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QSvgGenerator>
#include <QTableView>

#include "ui/inspect/credit_text.h"
#include "ui/inspect/inspect_page.h"
#include "ui/inspect/token_table_model.h"
#include "ui/widgets/pair_picker.h"
#include "ui/widgets/save_file.h"

namespace loupe::ui {
namespace {

qint64 number_of(const Place& place, const char* key, qint64 otherwise) {
  const auto number = place.find(key);
  return number != place.end() && number->is_number_integer() ? number->get<qint64>() : otherwise;
}

std::optional<std::string> text_of(const Place& place, const char* key) {
  const auto text = place.find(key);
  if (text == place.end() || !text->is_string()) return std::nullopt;
  return text->get<std::string>();
}

}  // namespace

QList<QWidget*> InspectPage::make_tools() {
  auto* scale_label = new QLabel(tr("&Scale"), this);
  scale_ = new QComboBox(this);
  scale_->setObjectName(QStringLiteral("inspect-scale"));
  scale_->setAccessibleName(tr("Colour scale"));
  scale_->addItems({tr("share of the largest attribution"), tr("reward units")});
  scale_->setToolTip(
      tr("One colour scale for the page. Rewards of explicit and implicit models "
         "differ in size, often a hundredfold:\nas shares of each model's largest "
         "attribution all are readable; in reward units the sizes compare."));
  scale_label->setBuddy(scale_);
  const auto button = [this](const QString& text, const char* name, const QString& why) {
    auto* made = new QPushButton(text, this);
    made->setObjectName(QString::fromLatin1(name));
    made->setToolTip(why);
    return made;
  };
  add_model_ = button(tr("Add model"), "inspect-add",
                      tr("Another column, up to three: a run, or a model of the workspace"));
  open_shift_ = button(tr("Shift"), "inspect-shift",
                       tr("Open this pair in Shift: edit a response and see the reward move"));
  exports_ = button(tr("Export"), "inspect-export", {});
  return {scale_label, scale_, add_model_, open_shift_, exports_};
}

void InspectPage::make_actions() {
  const auto add = [this](const QString& text, const QString& tooltip, const QKeySequence& keys,
                          auto act) {
    auto* action = new QAction(text, this);
    action->setToolTip(tooltip);
    action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(action);
    connect(action, &QAction::triggered, this, act);
    return action;
  };
  previous_ = add(tr("Previous pair"), tr("The pair before, of the same set"),
                  QKeySequence(Qt::ALT | Qt::Key_Up), [this] { bar_->step(-1); });
  next_ = add(tr("Next pair"), tr("The pair after, of the same set"),
              QKeySequence(Qt::ALT | Qt::Key_Down), [this] { bar_->step(+1); });
  add(tr("Go to pair…"), tr("Type the number of a pair"), QKeySequence(Qt::CTRL | Qt::Key_G),
      [this] { bar_->edit_index(); });
  add_ =
      add(tr("Add a model"), tr("Another column, up to three"), {}, [this] { view_->add_side(); });
  shift_ = add(tr("Open in Shift"), tr("Edit a response of this pair and see the reward move"), {},
               &InspectPage::open_shift);
  QAction* picture =
      add(tr("Heatmaps as picture (PNG, SVG)…"), tr("Saves the heatmaps as they are shown"), {},
          &InspectPage::export_picture);
  QAction* csv = add(tr("Token attributions as CSV…"), tr("Each attribution with every digit"), {},
                     &InspectPage::export_csv);
  auto* menu = new QMenu(exports_);
  menu->addActions({picture, csv});
  exports_->setMenu(menu);
  connect(add_model_, &QPushButton::clicked, add_, &QAction::trigger);
  connect(open_shift_, &QPushButton::clicked, shift_, &QAction::trigger);
}

void InspectPage::update_actions() {
  previous_->setEnabled(bar_->can_step(-1));
  next_->setEnabled(bar_->can_step(+1));
  add_->setEnabled(view_->sides() < AttributionView::most_sides);
  add_model_->setEnabled(add_->isEnabled());
  shift_->setEnabled(pair_.has_value() || bar_->is_typed());
  open_shift_->setEnabled(shift_->isEnabled());
}

Place InspectPage::pair_place() const {
  Place place = Place::object();
  if (bar_->is_typed()) {
    const api::Pair typed = bar_->typed();
    place["prompt"] = typed.prompt;
    place["chosen"] = typed.chosen;
    place["rejected"] = typed.rejected;
  } else if (bar_->source().dataset != 0) {
    place["dataset"] = bar_->source().dataset;
    place["index"] = bar_->index();
  } else if (!bar_->source().set.isEmpty()) {
    place["set"] = stdstr(bar_->source().set);
    place["index"] = bar_->index();
    place["pairs_run"] = source_run();
  }
  return place;
}

Place InspectPage::place() const {
  if (wanted_) return *wanted_;
  Place place = pair_place();
  std::vector<Scorer> scorers;
  for (int side = 0; side < view_->sides(); ++side) scorers.push_back(view_->choice(side));
  put_scorers(place, scorers);
  return place;
}

void InspectPage::go(const Place& place) {
  wanted_ = place;
  wanted_->erase("page");
  lists_.want();
}

bool InspectPage::go_on() {
  if (!wanted_ || !mirror_->loaded()) return false;
  if (names_model(*wanted_) && !mirror_->knows_models()) return false;
  const Place place = *std::exchange(wanted_, std::nullopt);
  show_wanted_columns(place);
  const auto chosen = text_of(place, "chosen"), rejected = text_of(place, "rejected");
  if (chosen || rejected) {
    api::Pair pair;
    pair.prompt = text_of(place, "prompt").value_or("");
    pair.chosen = chosen.value_or("");
    pair.rejected = rejected.value_or("");
    bar_->set_texts(pair);
    bar_->set_is_typed(true);
  } else if (place.contains("set") || place.contains("dataset") || place.contains("index")) {
    bar_->set_is_typed(false);
    const qint64 dataset = number_of(place, "dataset", 0);
    const auto set = text_of(place, "set");
    if (dataset != 0) {
      bar_->set_source({{}, dataset});
    } else if (set) {
      bar_->set_source({qstr(*set), 0});
    }
    wanted_pairs_run_ = number_of(place, "pairs_run", 0);
    bar_->set_index(number_of(place, "index", 0));
  }
  reload();
  update_actions();
  return true;
}

void InspectPage::show_wanted_columns(const Place& place) {
  std::vector<Scorer> choices = scorers_in(place);
  std::erase_if(choices, [this](const auto& choice) { return !view_->has(choice); });
  if (choices.empty()) return;
  if (place.contains("models") || choices.size() > 1) {
    view_->show_choices(std::move(choices));
    return;
  }
  // One run: in the column of its type, beside what it is compared with.
  const api::Run* run = mirror_->run(choices.front().run);
  for (int side = 0; side < view_->sides(); ++side) {
    if (view_->choice(side) == choices.front()) return;
  }
  int column = 0;
  for (int side = 0; side < view_->sides(); ++side) {
    if (run != nullptr && view_->type_of(side) == qstr(run->type)) {
      column = side;
      break;
    }
  }
  view_->set_choice(column, choices.front());
}

void InspectPage::open_shift() {
  Place place = pair_place();
  std::vector<Scorer> scorers;
  for (int side = 0; side < view_->sides(); ++side) scorers.push_back(view_->choice(side));
  place["page"] = "shift";
  put_scorers(place, scorers);
  emit open_wanted(place);
}

void InspectPage::copy_rows() const {
  QList<int> rows;
  for (int row = 0; row < tokens_->rowCount(); ++row) {
    if (table_->selectionModel()->isRowSelected(row)) rows << row;
  }
  QApplication::clipboard()->setText(QString::fromUtf8(tokens_->csv(rows)));
}

void InspectPage::export_picture() {
  const QString path =
      ask_save_path(this, tr("Export the heatmaps"), QStringLiteral("heatmaps.png"),
                    tr("PNG picture (*.png);;SVG drawing (*.svg)"));
  if (path.isEmpty()) return;
  const QSize size = view_->picture_size();
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect({}, size));
    generator.setTitle(tr("Token attributions"));
    QPainter painter(&generator);
    painter.fillRect(QRect({}, size), palette().color(QPalette::Window));
    view_->draw_picture(&painter);
  } else {
    QImage image(2 * size, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(2);
    image.fill(palette().color(QPalette::Window));
    QPainter painter(&image);
    view_->draw_picture(&painter);
    painter.end();
    image.save(&buffer, "PNG");
  }
  const QString reason = save_bytes(path, buffer.data());
  if (!reason.isEmpty()) report_export(path, reason);
}

void InspectPage::export_csv() {
  const QString path = ask_save_path(this, tr("Export the attributions"), QStringLiteral("attributions.csv"),
                                     tr("CSV (*.csv)"));
  if (path.isEmpty()) return;
  const QString reason = save_bytes(path, credits_csv(view_->attributions()));
  if (!reason.isEmpty()) report_export(path, reason);
}

}  // namespace loupe::ui
