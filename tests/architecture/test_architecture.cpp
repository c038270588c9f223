// SPDX-License-Identifier: GPL-3.0-or-later
// The whole tree against the rules of the house.
#include <QProcess>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/architecture/source_rules.h"

namespace fs = std::filesystem;
using namespace loupe::architecture;

namespace {

const fs::path root = LOUPE_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Sources in any language; scripts without an extension are known by their first line.
bool is_source(const fs::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".cpp" || is_header(path.string())) return true;
  if (extension == ".py" || extension == ".cmake" || extension == ".sh") return true;
  if (path.filename() == "CMakeLists.txt") return true;
  return extension.empty() && text_of(path).starts_with("#!");
}

Sources all_sources() {
  Sources out;
  const auto add = [&](const fs::directory_entry& entry) {
    const fs::path& path = entry.path();
    if (entry.is_regular_file() && is_source(path))
      out[fs::relative(path, root).generic_string()] = read_source(text_of(path));
  };
  for (const char* folder : {"app", "core", "ui", "tests", "cmake", "scripts", "packaging", ".ci"})
    if (fs::exists(root / folder))
      for (const auto& entry : fs::recursive_directory_iterator(root / folder)) add(entry);
  for (const auto& entry : fs::directory_iterator(root)) add(entry);
  return out;
}

void report(const std::vector<std::string>& problems) {
  QStringList text;
  for (const auto& problem : problems) text << QString::fromStdString(problem);
  QVERIFY2(problems.empty(), qPrintable(text.join('\n')));
}

}  // namespace

class TestArchitecture : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    sources_ = all_sources();
    QVERIFY2(sources_.size() > 200, "the tree is read");
    for (const char* known : {"core/model/load.cpp", "ui/main_window.cpp", "app/ui_main.cpp",
                              "core/model/kernels_impl.inc", "CMakeLists.txt", "test"})
      QVERIFY2(sources_.contains(known), known);
  }

  void arrows() {
    std::vector<std::string> problems;
    for (const auto& [path, source] : sources_)
      for (const auto& problem : check_includes(path, source.includes)) problems.push_back(problem);
    report(problems);
  }

  void torch_or_qt() { report(check_torch_or_qt(sources_)); }

  // A quoted path that is no path from the root would slip past the arrows.
  void quoted_paths_begin_at_the_root() {
    std::vector<std::string> problems;
    for (const auto& [path, source] : sources_)
      for (const auto& include : source.includes)
        if (include.quoted && !fs::exists(root / include.path) &&
            fs::exists((root / path).parent_path() / include.path))
          problems.push_back(path + " includes " + include.path + " from its own folder");
    report(problems);
  }

  void every_line_is_compiled_in_every_build() {
    std::vector<std::string> problems;
    for (const auto& [path, source] : sources_)
      for (const auto& problem : check_build_switch(path, source)) problems.push_back(problem);
    report(problems);
  }

  void licences() {
    std::vector<std::string> problems;
    for (const auto& [path, source] : sources_)
      for (const auto& problem : check_licence(path, source)) problems.push_back(problem);
    report(problems);
  }

  void the_window_links_neither_torch_nor_sqlite() {
#ifdef LOUPE_WINDOW
    QProcess ldd;
    ldd.start("ldd", {LOUPE_WINDOW});
    QVERIFY2(ldd.waitForFinished(30000), "ldd runs");
    QCOMPARE(ldd.exitCode(), 0);
    const std::string libraries = ldd.readAllStandardOutput().toStdString();
    QVERIFY2(libraries.find("libQt6Widgets") != std::string::npos, libraries.c_str());
    report(check_linkage(libraries));
#else
    QSKIP("this build has no window");
#endif
  }

 private:
  Sources sources_;
};

QTEST_GUILESS_MAIN(TestArchitecture)
#include "test_architecture.moc"
