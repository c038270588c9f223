# SPDX-License-Identifier: GPL-3.0-or-later
loupe_test(test_runs_models SOURCES test_runs_models.cpp DEPS loupe_ui_runs)
loupe_engine_test(test_runs_page SOURCES test_runs_page.cpp DEPS loupe_ui_runs)
loupe_window_test(test_runs_engine SOURCES test_runs_engine.cpp DEPS loupe_ui_runs)
