// SPDX-License-Identifier: GPL-3.0-or-later
// The edge between compute code, which throws, and the engine, whose errors are values.
#pragma once

#include <c10/util/Exception.h>

#include <new>

#include "core/base/progress.h"
#include "core/base/result.h"

namespace loupe::engine {

template <class Body>
auto guarded(Body&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const Cancelled& cancelled) {
    return Error{cancelled.superseded ? ErrorCode::superseded : ErrorCode::cancelled,
                 "stopped before it was done", "", ""};
  } catch (const c10::OutOfMemoryError& error) {
    return Error{ErrorCode::out_of_memory, error.what_without_backtrace(), "",
                 "close other models, or use a shorter text"};
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "not enough memory", "",
                 "close other models, or use a shorter text"};
  } catch (const c10::Error& error) {
    return Error{ErrorCode::internal, error.what_without_backtrace(), "", ""};
  } catch (const std::exception& error) {
    return Error{ErrorCode::internal, error.what(), "", ""};
  }
}

}  // namespace loupe::engine
