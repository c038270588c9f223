// SPDX-License-Identifier: GPL-3.0-or-later
// A method of the wire is a type: its name, what it asks (Params), what it answers (Result), and
// the lane that its cost puts it in. The engine's handlers, the window's calls and the fake engine
// of the tests are all typed by it; core/api/methods.h lists them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/api/describe.h"

namespace loupe::api {

// Where a request waits for its turn. Requests of different lanes do not wait for one another.
enum class Lane {
  store,        // questions to the database
  files,        // reads folders and data files, which may lie on a slow disk
  models,       // reads, imports and writes models' files
  interactive,  // computes, before whatever is in `batch`
  batch,
};

struct Nothing {
  LOUPE_FIELDS(Nothing)
};
struct Id {
  int64_t id = 0;
  LOUPE_ASKED(Id, (id), ())
};

// At most `max_page` rows travel in one answer.
inline constexpr int max_page = 500;
template <class Row>
struct Page {
  std::vector<Row> rows;
  int64_t total = 0;
  LOUPE_FIELDS(Page, rows, total)
};
template <class Row>
struct Rows {
  std::vector<Row> rows;
  LOUPE_FIELDS(Rows, rows)
};

// What a method's type derives from. `Part` is a value that goes out, as $/partial, before the
// whole answer; void: none.
template <class P, class R, class Part = void>
struct Method {
  using Params = P;
  using Result = R;
  using Partial = Part;
  // What the engine is doing, for the window's badge; "" says nothing.
  static constexpr std::string_view doing = "";
};

template <class... M>
struct Methods {};

// Calls visit.operator()<M>() for every method of the list.
template <class... M, class Visit>
constexpr void each_method(Methods<M...>, Visit&& visit) {
  (visit.template operator()<M>(), ...);
}
template <class... A, class... B>
Methods<A..., B...> joined(Methods<A...>, Methods<B...>);

}  // namespace loupe::api
