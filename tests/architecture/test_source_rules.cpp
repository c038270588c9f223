// SPDX-License-Identifier: GPL-3.0-or-later
// Each rule on bad examples that it must catch and good ones that it must let pass.
#include <QtTest>

#include "tests/architecture/source_rules.h"

using namespace loupe::architecture;

namespace {

struct Example {
  const char* path;
  const char* include;
  bool allowed;
};

const std::vector<Example> examples{
    // ui and app
    {"ui/runs/runs_page.cpp", "\"core/api/messages.h\"", true},
    {"ui/runs/runs_page.cpp", "\"core/base/result.h\"", false},
    {"ui/runs/runs_page.cpp", "\"core/engine/wire.h\"", false},
    {"ui/runs/runs_page.cpp", "\"app/a.h\"", false},
    {"ui/runs/runs_page.cpp", "<ATen/core/Tensor.h>", false},
    {"ui/runs/runs_page.h", "<torch/torch.h>", false},
    {"app/ui_main.cpp", "\"ui/main_window.h\"", true},
    {"app/engine_main.cpp", "\"core/engine/cli/command_line.h\"", true},
    {"app/engine_main.cpp", "\"core/model/load.h\"", false},
    {"app/engine_main.cpp", "<torch/torch.h>", false},
    // Qt, tests and torch in core
    {"core/engine/serve.cpp", "<QString>", false},
    {"core/engine/serve.cpp", "<QtCore/QString>", false},
    {"core/engine/serve.cpp", "\"ui/main_window.h\"", false},
    {"core/engine/serve.cpp", "\"tests/support/case.h\"", false},
    {"core/model/decoder.cpp", "<ATen/ATen.h>", true},
    {"core/model/decoder.cpp", "<torch/torch.h>", false},
    {"core/model/linear.cpp", "<torch/csrc/autograd/custom_function.h>", true},
    {"core/model/decoder.h", "<ATen/ATen.h>", false},
    {"core/model/decoder.h", "<torch/torch.h>", false},
    {"core/model/kernels_impl.inc", "<torch/torch.h>", false},
    {"core/model/decoder.h", "<ATen/core/Tensor.h>", true},
    {"core/data/encode.cpp", "<ATen/core/Tensor.h>", false},
    {"core/store/workspace.h", "<c10/core/Device.h>", false},
    {"tests/model/golden_models.h", "<torch/torch.h>", true},
    {"core/model/decoder.cpp", "\"../base/result.h\"", false},
    // between core's folders
    {"core/base/file.h", "\"core/base/result.h\"", true},
    {"core/base/file.h", "\"core/io/jsonl.h\"", false},
    {"core/base/file.h", "\"core/api/messages.h\"", false},
    {"core/api/messages.h", "\"core/base/result.h\"", false},
    {"core/io/gguf.h", "\"core/base/result.h\"", true},
    {"core/io/gguf.h", "\"core/tokenize/tokenizer.h\"", false},
    {"core/tokenize/tokenizer.h", "\"core/io/gguf.h\"", true},
    {"core/tokenize/tokenizer.h", "\"core/model/config.h\"", false},
    {"core/model/load.h", "\"core/tokenize/tokenizer.h\"", true},
    {"core/model/load.h", "\"core/data/encode.h\"", false},
    {"core/data/encode.h", "\"core/tokenize/tokenizer.h\"", true},
    {"core/data/encode.h", "\"core/model/load.h\"", true},
    {"core/data/encode.h", "\"core/reward/reward_model.h\"", false},
    {"core/reward/reward_model.h", "\"core/model/decoder.h\"", true},
    {"core/reward/score_plan.h", "\"core/data/encode.h\"", true},
    {"core/reward/reward_model.h", "\"core/eval/measure.h\"", false},
    {"core/reward/reward_model.h", "\"core/train/recipe.h\"", false},
    {"core/eval/measures.cpp", "\"core/data/random.h\"", true},
    {"core/eval/measures.cpp", "\"core/attrib/exact.h\"", false},
    {"core/attrib/exact.h", "\"core/reward/reward_model.h\"", true},
    {"core/attrib/exact.h", "\"core/eval/measure.h\"", false},
    {"core/train/trainer.h", "\"core/eval/measure.h\"", true},
    {"core/train/trainer.h", "\"core/store/workspace.h\"", false},
    {"core/train/trainer.h", "\"core/shift/diff.h\"", false},
    {"core/train/trainer.h", "\"core/engine/jobs.h\"", false},
    {"core/train/trainer.h", "\"core/api/recipe.h\"", true},
    {"core/shift/diff.h", "\"core/attrib/exact.h\"", true},
    {"core/shift/diff.h", "\"core/train/trainer.h\"", false},
    {"core/store/workspace.h", "\"core/base/result.h\"", true},
    {"core/store/workspace.h", "\"core/io/jsonl.h\"", false},
    {"core/store/workspace.h", "\"core/engine/jobs.h\"", false},
    {"core/engine/serve.cpp", "\"core/api/messages.h\"", true},
    {"core/engine/serve.cpp", "\"core/base/result.h\"", true},
    {"core/engine/serve.cpp", "\"core/model/load.h\"", true},
    {"core/engine/serve.cpp", "\"core/store/workspace.h\"", true},
    {"core/engine/serve.cpp", "\"core/train/trainer.h\"", true},
    {"core/engine/serve.cpp", "\"core/shift/diff.h\"", true},
    {"core/unheard_of/x.h", "<vector>", false},
};

}  // namespace

class TestSourceRules : public QObject {
  Q_OBJECT
 private slots:
  void includes_are_found() {
    const auto list = includes_of(
        "// SPDX\n#include \"core/a.h\"  // why\n  #  include<vector>\n// #include \"core/no.h\"\n"
        "#if X\n\t#include <QtTest>\n#endif\nauto s = \"#include <torch/torch.h>\";\n"
        "#include MACRO\n#include \"last.h\"");
    QCOMPARE(list.size(), size_t{4});
    QCOMPARE(list[0].path, std::string("core/a.h"));
    QVERIFY(list[0].quoted && !list[1].quoted);
    QCOMPARE(list[1].path, std::string("vector"));
    QCOMPARE(list[2].path, std::string("QtTest"));
    QCOMPARE(list[3].path, std::string("last.h"));
  }

  void kinds_of_headers() {
    for (const char* qt :
         {"QtTest", "QString", "QtWidgets/QLabel", "QtCore/qglobal.h", "qcustomplot.h"})
      QVERIFY2(is_qt(qt), qt);
    for (const char* torch : {"torch/torch.h", "ATen/core/Tensor.h", "c10/util/Exception.h"})
      QVERIFY2(is_torch(torch), torch);
    for (const char* other : {"vector", "core/model/load.h", "nlohmann/json.hpp", "queue",
                              "unicode/uchar.h", "core/base/torch.h", "SQLiteCpp/SQLiteCpp.h"})
      QVERIFY2(!is_qt(other) && !is_torch(other), other);
  }

  void build_switches() {
    for (const char* text : {"#ifdef LOUPE_WITH_CUDA", "int a;\n  # if defined(LOUPE_X) && 1\n",
                             "#ifdef A\n#elif LOUPE_B\n#endif"}) {
      QVERIFY2(has_build_switch(text), text);
      QCOMPARE(check_build_switch("core/a.cpp", read_source(text)).size(), size_t{1});
      QVERIFY(check_build_switch("tests/a.cpp", read_source(text)).empty());
    }
    for (const char* text : {"#ifdef __FMA__", "auto s = LOUPE_VERSION;", "// #ifdef LOUPE_X",
                             "#define LOUPE_CHECK(x)", ""})
      QVERIFY2(!has_build_switch(text), text);
  }

  void arrows_data() {
    QTest::addColumn<int>("index");
    for (int i = 0; i < static_cast<int>(examples.size()); ++i) {
      const auto& e = examples[static_cast<size_t>(i)];
      QTest::addRow("%s %s", e.path, e.include) << i;
    }
  }

  void arrows() {
    QFETCH(int, index);
    const auto& e = examples[static_cast<size_t>(index)];
    const auto problems = check_includes(e.path, includes_of("#include " + std::string(e.include)));
    QVERIFY2(problems.empty() == e.allowed,
             problems.empty() ? "nothing was said" : problems.front().c_str());
  }

  void torch_and_qt_in_one_file() {
    const auto source = [](const char* text) { return read_source(text); };
    const Sources direct{{"a.cpp", source("#include <QString>\n#include <torch/torch.h>\n")}};
    QCOMPARE(check_torch_or_qt(direct).size(), size_t{1});
    const Sources through{
        {"tests/a.cpp", source("#include <QtTest>\n#include \"core/b.h\"\n")},
        {"core/b.h", source("#include \"core/c.h\"\n")},
        {"core/c.h", source("#include \"core/b.h\"\n#include <ATen/core/Tensor.h>\n")}};
    QCOMPARE(check_torch_or_qt(through).size(), size_t{1});
    const Sources apart{{"a.cpp", source("#include <QtTest>\n#include \"c.h\"\n")},
                        {"b.cpp", source("#include <torch/torch.h>\n#include \"c.h\"\n")},
                        {"c.h", source("#include <vector>\n")}};
    QVERIFY(check_torch_or_qt(apart).empty());
  }

  void licences() {
    const auto passes = [](const char* text) {
      return check_licence("a.cpp", read_source(text)).empty();
    };
    QVERIFY(passes("// SPDX-License-Identifier: GPL-3.0-or-later\n"));
    QVERIFY(passes("#!/usr/bin/env python3\n# SPDX-License-Identifier: GPL-3.0-or-later\n"));
    QVERIFY(!passes("// SPDX-License-Identifier: MIT\n"));
    QVERIFY(!passes(""));
    QVERIFY(!passes("int a;\nint b;\nint c;\n// SPDX-License-Identifier: GPL-3.0-or-later"));
  }

  void linkage() {
    QVERIFY(check_linkage("\tlinux-vdso.so.1 (0x1)\n\tlibQt6Widgets.so.6 => /a/libQt6Widgets.so.6 "
                          "(0x2)\n\t/lib64/ld-linux-x86-64.so.2 (0x3)\n")
                .empty());
    for (const char* bad : {"libtorch_cpu.so", "libc10.so", "libsqlite3.so.0", "libtorch_cuda.so",
                            "libSQLiteCpp.so.0", "/opt/torch/lib/libtorch.so"}) {
      const std::string lines = std::string("\tlibc.so.6 => /b\n\t") + bad + " => /a (0x1)\n";
      QVERIFY2(check_linkage(lines).size() == 1, bad);
    }
  }
};

QTEST_APPLESS_MAIN(TestSourceRules)
#include "test_source_rules.moc"
