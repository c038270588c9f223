// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/architecture/source_rules.h"

#include <algorithm>
#include <cctype>

namespace loupe::architecture {

namespace {

using Folders = std::set<std::string>;

// Which of core's folders each may include, besides itself.
const std::map<std::string, Folders>& arrows() {
  static const std::map<std::string, Folders> table = [] {
    std::map<std::string, Folders> t;
    const auto with = [&](const std::string& name, const Folders& direct) {
      Folders all = direct;
      for (const auto& folder : direct) all.insert(t.at(folder).begin(), t.at(folder).end());
      t[name] = all;
    };
    with("api", {});
    with("base", {});
    with("io", {"base"});
    with("tokenize", {"io", "base"});
    with("store", {"base"});
    with("model", {"tokenize"});
    with("data", {"tokenize", "model"});
    with("reward", {"model", "data"});
    with("eval", {"data", "reward"});
    with("attrib", {"reward", "data", "model"});
    with("train", {"eval", "attrib", "api"});
    with("shift", {"eval", "attrib"});
    with("engine", {"train", "shift", "store", "api"});
    return t;
  }();
  return table;
}

const Folders& folders_without_torch() {
  static const Folders folders{"api", "base", "io", "tokenize", "data", "store"};
  return folders;
}

std::string first_part(const std::string& path) {
  return path.substr(0, path.find('/'));
}

// "model" of "core/model/load.h"; "" outside core's folders.
std::string core_folder(const std::string& path) {
  if (!path.starts_with("core/")) return "";
  const size_t end = path.find('/', 5);
  return end == std::string::npos ? "" : path.substr(5, end - 5);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  return text;
}

template <class Line>
void for_each_line(std::string_view text, const Line& line) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (!line(text.substr(0, end)) || end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

bool is_product(const std::string& part) {
  return part == "core" || part == "ui" || part == "app";
}

struct Reach {
  std::string torch, qt;  // the include by which each is reached; "" where it is not
};

void reach(const Sources& sources, const std::string& path, std::set<std::string>& seen,
           Reach& out) {
  const auto found = sources.find(path);
  if (found == sources.end() || !seen.insert(path).second) return;
  for (const auto& include : found->second.includes) {
    if (is_torch(include.path)) out.torch = path + " -> " + include.path;
    if (is_qt(include.path)) out.qt = path + " -> " + include.path;
    if (include.quoted) reach(sources, include.path, seen, out);
  }
}

}  // namespace

std::vector<Include> includes_of(std::string_view text) {
  std::vector<Include> out;
  for_each_line(text, [&](std::string_view line) {
    line = trimmed(line);
    if (!line.starts_with('#')) return true;
    line = trimmed(line.substr(1));
    if (!line.starts_with("include")) return true;
    line = trimmed(line.substr(7));
    if (line.empty() || (line[0] != '"' && line[0] != '<')) return true;
    const size_t end = line.find(line[0] == '"' ? '"' : '>', 1);
    if (end != std::string_view::npos)
      out.push_back({std::string(line.substr(1, end - 1)), line[0] == '"'});
    return true;
  });
  return out;
}

bool has_licence_line(std::string_view text) {
  int number = 0;
  bool found = false;
  for_each_line(text, [&](std::string_view line) {
    found = found || line.find("SPDX-License-Identifier: GPL-3.0-or-later") != line.npos;
    return !found && ++number < 3;  // a script's first line says what runs it
  });
  return found;
}

bool has_build_switch(std::string_view text) {
  bool found = false;
  for_each_line(text, [&](std::string_view line) {
    line = trimmed(line);
    if (!line.starts_with('#')) return true;
    line = trimmed(line.substr(1));
    const bool condition = line.starts_with("if") || line.starts_with("elif");
    found = condition && line.find("LOUPE_") != line.npos;
    return !found;
  });
  return found;
}

Source read_source(std::string_view text) {
  return {includes_of(text), has_licence_line(text), has_build_switch(text)};
}

bool is_torch(const std::string& include) {
  const std::string part = first_part(include);
  return part == "torch" || part == "ATen" || part == "c10" || part == "caffe2";
}

bool is_qt(const std::string& include) {
  if (include == "qcustomplot.h" || include.starts_with("Qt")) return true;
  return include.size() > 1 && include[0] == 'Q' && std::isupper(include[1]) &&
         include.find('.') == std::string::npos;
}

bool is_header(const std::string& path) {
  return path.ends_with(".h") || path.ends_with(".inc") || path.ends_with(".hpp");
}

std::vector<std::string> check_includes(const std::string& path,
                                        const std::vector<Include>& includes) {
  std::vector<std::string> out;
  const std::string part = first_part(path);
  const std::string from = core_folder(path);
  const bool product = is_product(part);
  const auto row = arrows().find(from);
  if (!from.empty() && row == arrows().end())
    out.push_back(path + ": the folder core/" + from + " has no arrows in the plan");
  for (const auto& [include, quoted] : includes) {
    const auto wrong_if = [&, name = include](bool condition, const std::string& why) {
      if (condition) out.push_back(path + " includes " + name + ": " + why);
    };
    const std::string target = first_part(include);
    const std::string to = core_folder(include);
    const bool torch = is_torch(include);
    wrong_if(quoted && include.find("..") != std::string::npos, "paths begin at the root");
    wrong_if(product && target == "tests", "the product knows no tests");
    wrong_if(
        product && is_header(path) && (include.starts_with("torch/") || include == "ATen/ATen.h"),
        "it costs every file that includes this header seconds");
    wrong_if(product && include == "torch/torch.h", "ATen/ATen.h is enough, in half the time");
    if (part == "core") {
      wrong_if(is_qt(include), "core/ knows no Qt");
      wrong_if(target == "ui" || target == "app", "core/ knows neither ui/ nor app/");
      wrong_if(!to.empty() && to != from && row != arrows().end() && !row->second.contains(to),
               "no arrow leads from core/" + from + " to core/" + to);
      wrong_if(torch && folders_without_torch().contains(from), "core/" + from + " knows no torch");
    } else if (part == "ui") {
      wrong_if(target == "core" && to != "api", "of core, ui/ knows core/api only");
      wrong_if(target == "app", "ui/ does not know app/");
      wrong_if(torch, "ui/ knows no torch");
    } else if (part == "app") {
      wrong_if(target == "core" && to != "engine" && to != "api",
               "of core, app/ knows core/engine and core/api only");
      wrong_if(torch, "app/ knows no torch");
    }
  }
  return out;
}

std::vector<std::string> check_torch_or_qt(const Sources& sources) {
  std::vector<std::string> out;
  for (const auto& [path, source] : sources) {
    std::set<std::string> seen;
    Reach found;
    reach(sources, path, seen, found);
    if (!found.torch.empty() && !found.qt.empty())
      out.push_back(path + " sees torch (" + found.torch + ") and Qt (" + found.qt + ")");
  }
  return out;
}

std::vector<std::string> check_build_switch(const std::string& path, const Source& source) {
  if (!is_product(first_part(path)) || !source.build_switch) return {};
  return {path + ": a branch of this build alone"};
}

std::vector<std::string> check_licence(const std::string& path, const Source& source) {
  if (source.licensed) return {};
  return {path + ": no SPDX line on top"};
}

std::vector<std::string> check_linkage(std::string_view libraries) {
  std::vector<std::string> out;
  for_each_line(libraries, [&](std::string_view line) {
    line = trimmed(line);
    const std::string_view name = line.substr(0, line.find_first_of(" \t"));
    const std::string_view file = name.substr(name.rfind('/') + 1);
    for (const char* bad : {"libtorch", "libc10", "libsqlite", "libSQLiteCpp"})
      if (file.starts_with(bad)) out.push_back("the window links " + std::string(file));
    return true;
  });
  return out;
}

}  // namespace loupe::architecture
