// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors_header.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/io/text.h"

namespace loupe::io {
namespace {

// Accepts exactly {"__metadata__": {key: string}, name: {"dtype": s, "shape": [n], "data_offsets":
// [n, n]}}.
class HeaderHandler : public nlohmann::json_sax<nlohmann::json> {
 public:
  SafetensorsHeader header;
  std::string problem;

  bool start_object(size_t) override {
    switch (place_) {
      case Place::document:
        place_ = Place::top;
        return true;
      case Place::top_value:
        place_ = name_ == "__metadata__" ? Place::metadata : Place::tensor;
        if (place_ == Place::tensor) header.tensors.push_back({name_, {}, {}, {}});
        fields_.clear();
        return true;
      default:
        return unexpected("an object");
    }
  }

  bool end_object() override {
    if (place_ == Place::tensor && !tensor_complete()) return false;
    place_ = place_ == Place::top ? Place::end : Place::top;
    return true;
  }

  bool key(std::string& key) override {
    if (place_ == Place::top) {
      if (key.empty()) return fail("a tensor has an empty name");
      if (!names_.insert(key).second) return fail(quote_name(key) + " appears twice");
      name_ = key;
      place_ = Place::top_value;
      return true;
    }
    if (!fields_.insert(key).second)
      return fail(quote_name(key) + " appears twice in " + quote_name(name_));
    field_ = key;
    if (place_ == Place::metadata) {
      place_ = Place::metadata_value;
    } else if (key == "dtype") {
      place_ = Place::dtype;
    } else if (key == "shape") {
      place_ = Place::shape;
    } else if (key == "data_offsets") {
      place_ = Place::offsets;
    } else {
      return fail("tensor " + quote_name(name_) + " has an unknown field " + quote_name(key));
    }
    return true;
  }

  bool start_array(size_t) override {
    if (place_ == Place::shape) {
      place_ = Place::shape_numbers;
    } else if (place_ == Place::offsets) {
      place_ = Place::offset_numbers;
    } else {
      return unexpected("an array");
    }
    return true;
  }

  bool end_array() override {
    place_ = Place::tensor;
    return true;
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ == Place::shape_numbers) {
      header.tensors.back().shape.push_back(value);
    } else if (place_ == Place::offset_numbers) {
      header.tensors.back().offsets.push_back(value);
    } else {
      return unexpected("a number");
    }
    return true;
  }

  bool string(string_t& value) override {
    if (place_ == Place::dtype) {
      header.tensors.back().dtype = value;
      place_ = Place::tensor;
    } else if (place_ == Place::metadata_value) {
      header.metadata.emplace(field_, value);
      place_ = Place::metadata;
    } else {
      return unexpected("a string");
    }
    return true;
  }

  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("a boolean"); }
  bool number_integer(number_integer_t) override { return unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t&) override {
    return unexpected("a number that is no integer");
  }
  bool binary(binary_t&) override { return unexpected("binary data"); }

  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return fail("bad JSON at byte " + std::to_string(position) + " of the header");
  }

 private:
  // Where the next value goes.
  enum class Place {
    document,
    top,
    top_value,
    metadata,
    metadata_value,
    tensor,
    dtype,
    shape,
    shape_numbers,
    offsets,
    offset_numbers,
    end,
  };

  bool tensor_complete() {
    const SafetensorsEntry& entry = header.tensors.back();
    for (const char* field : {"dtype", "shape", "data_offsets"}) {
      if (fields_.count(field) == 0)
        return fail("tensor " + quote_name(name_) + " lacks the field " + quote_name(field));
    }
    if (entry.offsets.size() != 2)
      return fail("tensor " + quote_name(name_) + " must have two data_offsets");
    return true;
  }

  bool unexpected(const std::string& found) {
    return fail(place_ == Place::document ? "the header is " + found + ", expected an object"
                                          : "unexpected " + found + " in " + quote_name(name_));
  }

  bool fail(std::string what) {
    if (problem.empty()) problem = std::move(what);
    return false;
  }

  Place place_ = Place::document;
  std::string name_, field_;
  std::set<std::string> names_, fields_;
};

}  // namespace

Result<SafetensorsHeader> parse_safetensors_header(std::string_view json, const std::string& file) {
  const std::string where = file + ": header";
  if (const auto bad = first_bad_utf8(json)) {
    return Error{ErrorCode::corrupt,
                 "the header is not valid UTF-8 at byte " + std::to_string(*bad),
                 where,
                 {}};
  }
  HeaderHandler handler;
  bool good = false;
  try {
    good = nlohmann::json::sax_parse(json, &handler);
  } catch (const nlohmann::json::exception&) {
    good = false;
  }
  if (!good) {
    return Error{ErrorCode::corrupt,
                 handler.problem.empty() ? "the header cannot be read" : handler.problem,
                 where,
                 {}};
  }
  return std::move(handler.header);
}

}  // namespace loupe::io
