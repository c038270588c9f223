# SPDX-License-Identifier: GPL-3.0-or-later
# Headers that many files read, compiled once for all folders: `PCH name` in a loupe_library or
# loupe_test says which. Files include what they use all the same: the build without precompiled
# headers (-DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON) is as good, and twice as slow.
#
#   core     the standard library and JSON
#   torch    these, and ATen (defined in Torch.cmake)
#   qt_core  these, and Qt Core: the window's client, tests
#   qt       these, and Qt Widgets: the window
set(LOUPE_PCH_CORE <algorithm> <cmath> <cstdint> <filesystem> <functional> <map> <memory> <optional>
  <span> <string> <string_view> <utility> <vector> <nlohmann/json.hpp>)
set(LOUPE_PCH_QT_CORE ${LOUPE_PCH_CORE} <QByteArray> <QFile> <QHash> <QObject> <QSet> <QString>
  <QStringList> <QTimer>)
set(LOUPE_PCH_QT ${LOUPE_PCH_QT_CORE} <QAbstractTableModel> <QAction> <QApplication> <QComboBox>
  <QGridLayout> <QHBoxLayout> <QHeaderView> <QKeyEvent> <QLabel> <QLineEdit> <QMenu> <QPainter>
  <QPlainTextEdit> <QPushButton> <QScrollArea> <QSignalBlocker> <QSplitter> <QStackedWidget>
  <QTableView> <QToolButton> <QVBoxLayout> <QWidget>)

# loupe_precompiled(qt HEADERS <a> <b> DEPS Qt6::Widgets): what `PCH qt` stands for. Who reuses it
# must be compiled with the same options and, of the macros that its headers read, the same ones;
# -Winvalid-pch says where that is not so.
function(loupe_precompiled name)
  cmake_parse_arguments(ARG "" "" "HEADERS;DEPS" ${ARGN})
  set(file ${CMAKE_BINARY_DIR}/pch_${name}.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT "// Holds a precompiled header.\n")
  add_library(loupe_pch_${name} OBJECT ${file})
  target_link_libraries(loupe_pch_${name} PUBLIC loupe_flags ${ARG_DEPS})
  target_precompile_headers(loupe_pch_${name} PRIVATE ${ARG_HEADERS})
endfunction()

function(loupe_use_precompiled target name)
  target_precompile_headers(${target} REUSE_FROM loupe_pch_${name})
endfunction()

loupe_precompiled(core HEADERS ${LOUPE_PCH_CORE} DEPS nlohmann_json::nlohmann_json)
if(TARGET Qt6::Core)
  loupe_precompiled(qt_core HEADERS ${LOUPE_PCH_QT_CORE} DEPS Qt6::Core nlohmann_json::nlohmann_json)
endif()
if(TARGET Qt6::Widgets)
  loupe_precompiled(qt HEADERS ${LOUPE_PCH_QT} DEPS Qt6::Widgets nlohmann_json::nlohmann_json)
endif()
