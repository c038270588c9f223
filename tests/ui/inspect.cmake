# SPDX-License-Identifier: GPL-3.0-or-later
loupe_engine_test(test_inspect_page SOURCES test_inspect_page.cpp DEPS loupe_ui_inspect)
loupe_window_test(test_inspect_engine SOURCES test_inspect_engine.cpp DEPS loupe_ui_inspect)
