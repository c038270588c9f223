// SPDX-License-Identifier: GPL-3.0-or-later
// The rules of the house as functions from text to what is wrong with it (design section 3). Paths
// are relative to the repository's root, with forward slashes. An empty list: nothing is wrong.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace loupe::architecture {

struct Include {
  std::string path;
  bool quoted = false;  // "…", not <…>
};

struct Source {
  std::vector<Include> includes;
  bool licensed = false;
  bool build_switch = false;  // a branch that depends on how this build was configured
};
using Sources = std::map<std::string, Source>;  // by path

std::vector<Include> includes_of(std::string_view text);
bool has_licence_line(std::string_view text);
bool has_build_switch(std::string_view text);
Source read_source(std::string_view text);

bool is_torch(const std::string& include);
bool is_qt(const std::string& include);
bool is_header(const std::string& path);

// The arrows between core's folders, what ui, app and core may include, where torch and Qt may be.
std::vector<std::string> check_includes(const std::string& path,
                                        const std::vector<Include>& includes);
// Torch and Qt in one file, through our own headers or directly.
std::vector<std::string> check_torch_or_qt(const Sources& sources);
std::vector<std::string> check_licence(const std::string& path, const Source& source);
// A branch that one build leaves out is neither compiled nor tested there (a GPU build once did not
// build): the product asks LibTorch at run time instead.
std::vector<std::string> check_build_switch(const std::string& path, const Source& source);
// `libraries`: what `ldd` says of the window's program.
std::vector<std::string> check_linkage(std::string_view libraries);

}  // namespace loupe::architecture
