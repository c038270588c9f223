// SPDX-License-Identifier: GPL-3.0-or-later
// What the frame knows of a page. A page says where it is as a place, and can be sent to one: that
// is how pages open each other, how Alt+Left goes back, and how the session is kept.
//
// A place is a JSON object {"page": NAME, …}; the rest is the page's own:
//   runs     {"runs": [id]}
//   train    {"recipe_of": run}
//   inspect  {"runs": [id], "set", "index", "pairs_run"} or {"runs": [id], "prompt", "chosen",
//            "rejected"}; "runs" may be left out, and holds at most three
//   shift    as inspect, and "after": the edited response, "edit": "chosen" or "rejected",
//            "variants": [text]; "runs" holds at most four
#pragma once

#include <QWidget>

#include "core/api/messages.h"
#include "ui/client/engine_client.h"
#include "ui/widgets/banner.h"

namespace loupe::ui {

using Place = api::json;

class Page : public QWidget {
  Q_OBJECT
 public:
  using QWidget::QWidget;

  // Nothing is on its way: the page shows what there is, an error, or why it is empty.
  virtual bool settled() const = 0;
  // Draws at once what waits for a timer.
  virtual void flush() {}
  // Where the page is now, without "page". Cheap; asked often.
  virtual Place place() const { return Place::object(); }
  // Goes there. Keys that are missing leave things as they are; what is gone is left out.
  virtual void go(const Place& place) = 0;

  // The page's own actions are QWidget::actions(): the frame lists them in its menu and in the
  // command palette, so each has a text and a tooltip.

 signals:
  void message(const loupe::ui::Banner::Message& message);
  // The trouble of that key is over.
  void message_over(const QString& key);
  // Somewhere else, "page" included.
  void open_wanted(const loupe::ui::Place& place);
  // The user moved to another thing worth coming back to.
  void place_changed();

 protected:
  void report(const QString& key, const Failure& failure) {
    emit message(failure_message(key, failure));
  }
  void report_export(const QString& path, const QString& reason) {
    Failure failure;
    failure.what = tr("%1 could not be written: %2").arg(path, reason);
    report(QStringLiteral("export"), failure);
  }

 public:
  static Banner::Message failure_message(const QString& key, const Failure& failure) {
    Banner::Message message;
    message.key = key;
    message.text = failure.what;
    message.hint = failure.hint;
    message.details = failure.details();
    return message;
  }
};

}  // namespace loupe::ui
