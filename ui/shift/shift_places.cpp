// SPDX-License-Identifier: GPL-3.0-or-later
// The Shift page's places, actions and exports.
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <algorithm>

#include "ui/shift/dumbbell_chart.h"
#include "ui/shift/model_bar.h"
#include "ui/shift/moved_view.h"
#include "ui/shift/picture.h"
#include "ui/shift/rescorer.h"
#include "ui/shift/response_editor.h"
#include "ui/shift/shift_page.h"
#include "ui/shift/shift_text.h"
#include "ui/shift/variant_list.h"
#include "ui/widgets/pair_picker.h"
#include "ui/widgets/save_file.h"

namespace loupe::ui {

using shift::Edited;

namespace {

// A place may come from a file or another version: what does not fit counts as missing.
template <class T>
std::optional<T> read(const Place& place, const char* key) {
  const auto found = place.find(key);
  if (found == place.end()) return std::nullopt;
  try {
    return found->get<T>();
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

Place ShiftPage::place() const {
  if (wanted_) return *wanted_;
  Place place = Place::object();
  if (!models_->chosen().empty()) put_scorers(place, models_->chosen());
  place["edit"] = edited_ == shift::Edited::chosen ? "chosen" : "rejected";
  if (!example_) return place;
  if (example_->typed) {
    place["prompt"] = example_->pair.prompt;
    place["chosen"] = example_->pair.chosen;
    place["rejected"] = example_->pair.rejected;
  } else {
    place.update(pair_place());
  }
  if (editor_->is_edited()) place["after"] = stdstr(editor_->text());
  api::json texts = api::json::array();
  for (const shift::Variant& variant : variants_->variants()) texts.push_back(stdstr(variant.text));
  if (!texts.empty()) place["variants"] = std::move(texts);
  return place;
}

void ShiftPage::go(const Place& place) {
  if (!place.is_object()) return;
  if (can_apply(place)) return apply_place(place);
  wanted_ = place;
  lists_.want();
}

bool ShiftPage::can_apply(const Place& place) const {
  return isVisible() && mirror_->loaded() && (mirror_->knows_models() || !names_model(place));
}

void ShiftPage::apply_place(const Place& place) {
  keep_sketch();
  models_->choose(scorers_in(place));
  if (const auto after = read<std::string>(place, "after")) wanted_after_ = qstr(*after);
  if (const auto texts = read<std::vector<std::string>>(place, "variants")) {
    wanted_texts_.emplace();
    for (const std::string& text : *texts) wanted_texts_->push_back(qstr(text));
  }
  const auto side = read<std::string>(place, "edit");
  const bool names_example = place.contains("prompt") || place.contains("set") ||
                             place.contains("dataset") || place.contains("index");
  // An edited response that comes with an example is the chosen one unless it says otherwise.
  if (side || names_example) {
    edited_ = side == "rejected" ? shift::Edited::rejected : shift::Edited::chosen;
  }
  if (place.contains("prompt")) {
    Example example;
    example.typed = true;
    example.pairs_run = example_ ? example_->pairs_run : 0;
    example.pair.prompt = read<std::string>(place, "prompt").value_or("");
    example.pair.chosen = read<std::string>(place, "chosen").value_or("");
    example.pair.rejected = read<std::string>(place, "rejected").value_or("");
    bar_->set_texts(example.pair);
    bar_->set_is_typed(true);
    example_.reset();
    rescorer_->clear();
    show_models();
    show_example(std::move(example));
    return;
  }
  if (names_example || !example_) {
    bar_->set_is_typed(false);
    const qint64 known = example_ ? example_->pairs_run : 0;
    example_.reset();
    show_models();
    if (const auto dataset = read<qint64>(place, "dataset")) {
      bar_->set_source({{}, *dataset});
    } else if (const auto set = read<std::string>(place, "set")) {
      bar_->set_source({qstr(*set), 0});
    }
    bar_->set_index(read<qint64>(place, "index").value_or(0));
    ask_pair(read<qint64>(place, "pairs_run").value_or(known));
    return;
  }
  show_models();
  open_sketch();
}

QList<QWidget*> ShiftPage::make_tools() {
  auto* scale_label = new QLabel(tr("&Scale"), this);
  scale_ = new QComboBox(this);
  scale_->setObjectName(QStringLiteral("shift-scale"));
  scale_->setAccessibleName(tr("Scale of the picture"));
  scale_->addItems({tr("share of each margin"), tr("reward units")});
  scale_->setToolTip(
      tr("Rewards of explicit and implicit models differ in size, often a hundredfold.\nAs shares "
         "of each model's own margin before the edit both are readable; in reward units the sizes "
         "compare."));
  scale_label->setBuddy(scale_);
  exports_ = new QPushButton(tr("Export"), this);
  exports_->setObjectName(QStringLiteral("shift-export"));
  return {scale_label, scale_, exports_};
}

void ShiftPage::make_actions() {
  const auto action = [this](const char* object, const QString& text, const QString& tooltip,
                             const QKeySequence& keys, auto slot) {
    auto* made = new QAction(text, this);
    made->setObjectName(QString::fromLatin1(object));
    made->setToolTip(tooltip);
    made->setShortcut(keys);
    made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(made, &QAction::triggered, this, slot);
    addAction(made);
    return made;
  };
  pin_ = action("shift-action-pin", tr("Pin variant"),
                tr("Keep this edit and its numbers in the list"), Qt::CTRL | Qt::Key_Return,
                &ShiftPage::pin);
  restore_ = action("shift-action-restore", tr("Restore the original response"),
                    tr("Takes the edit back; Ctrl+Z undoes it"), Qt::CTRL | Qt::Key_R,
                    [this] { editor_->restore(); });
  action("shift-action-next", tr("Next pair"), tr("The next pair of the set"),
         Qt::ALT | Qt::Key_Down, [this] { bar_->step(1); });
  action("shift-action-previous", tr("Previous pair"), tr("The previous pair of the set"),
         Qt::ALT | Qt::Key_Up, [this] { bar_->step(-1); });
  action("shift-action-side", tr("Edit the other response"),
         tr("Edits the rejected response instead of the chosen, or the other way round"), {},
         [this] { edit_side(edited_ == Edited::chosen ? Edited::rejected : Edited::chosen); });
  action("shift-action-add-model", tr("Add a model"),
         tr("Score the edit with one more run or model"), {}, [this] { models_->add(); });
  inspect_ = action("shift-action-inspect", tr("Open in Inspect"),
                    tr("The pair with the edited response, taken apart token by token"),
                    Qt::CTRL | Qt::Key_I, &ShiftPage::open_in_inspect);
  action("shift-action-copy", tr("Copy variants as CSV"),
         tr("The list of variants to the clipboard, full precision"), {},
         [this] { list_->copy(); });
  connect(list_, &shift::VariantList::pin_wanted, pin_, &QAction::trigger);
  connect(editor_, &shift::ResponseEditor::restore_wanted, restore_, &QAction::trigger);
}

void ShiftPage::open_in_inspect() {
  if (!example_) return;
  api::Pair pair = example_->pair;
  (edited_ == Edited::chosen ? pair.chosen : pair.rejected) = stdstr(editor_->text());
  std::vector<Scorer> scorers = models_->chosen();
  scorers.resize(std::min<size_t>(scorers.size(), 3));
  Place place{{"page", "inspect"},
              {"prompt", pair.prompt},
              {"chosen", pair.chosen},
              {"rejected", pair.rejected}};
  put_scorers(place, scorers);
  // A run alone is put beside what it is compared with there.
  if (place["models"].empty()) place.erase("models");
  emit open_wanted(place);
}

void ShiftPage::make_export_menu() {
  auto* menu = new QMenu(exports_);
  const auto entry = [&](const char* object, const QString& text, auto slot) {
    QAction* action = menu->addAction(text, this, slot);
    action->setObjectName(QString::fromLatin1(object));
  };
  entry("shift-export-rewards", tr("Rewards as picture (PNG, SVG)…"),
        [this] { export_picture(false); });
  entry("shift-export-tokens", tr("What moved as picture (PNG, SVG)…"),
        [this] { export_picture(true); });
  menu->addSeparator();
  entry("shift-export-rewards-csv", tr("Rewards as CSV…"), [this] {
    export_csv(QStringLiteral("shift-rewards.csv"), shift::rewards_csv(rows(), edited_));
  });
  entry("shift-export-tokens-csv", tr("Tokens as CSV…"),
        [this] { export_csv(QStringLiteral("shift-tokens.csv"), shift::columns_csv(rows())); });
  entry("shift-export-variants-csv", tr("Variants as CSV…"),
        [this] { export_csv(QStringLiteral("shift-variants.csv"), variants_->csv()); });
  exports_->setMenu(menu);
}

void ShiftPage::export_picture(bool of_tokens) {
  const QString path = ask_save_path(
      this, tr("Export the picture"),
      of_tokens ? QStringLiteral("shift-tokens.png") : QStringLiteral("shift-rewards.png"),
      tr("PNG picture (*.png);;SVG drawing (*.svg)"));
  if (path.isEmpty()) return;
  const QSize size = of_tokens ? moved_->picture_size() : chart_->picture_size();
  const QByteArray bytes =
      shift::picture_bytes(path, of_tokens ? tr("What moved") : tr("Rewards before and after"),
                           size, palette().color(QPalette::Window), [&](QPainter* painter) {
                             if (of_tokens) {
                               moved_->draw_picture(painter);
                             } else {
                               chart_->draw(painter, size);
                             }
                           });
  const QString reason = save_bytes(path, bytes);
  if (!reason.isEmpty()) report_export(path, reason);
}

void ShiftPage::export_csv(const QString& suggested, const QByteArray& bytes) {
  const QString path = ask_save_path(this, tr("Export"), suggested, tr("CSV (*.csv)"));
  if (path.isEmpty()) return;
  const QString reason = save_bytes(path, bytes);
  if (!reason.isEmpty()) report_export(path, reason);
}

}  // namespace loupe::ui
