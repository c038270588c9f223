# SPDX-License-Identifier: GPL-3.0-or-later
loupe_test(test_models_tables SOURCES test_models_tables.cpp DEPS loupe_ui_models)
loupe_engine_test(test_models_page SOURCES test_models_page.cpp DEPS loupe_ui_models)
loupe_engine_test(test_models_details SOURCES test_models_details.cpp DEPS loupe_ui_models)
loupe_engine_test(test_models_import SOURCES test_models_import.cpp DEPS loupe_ui_models)
loupe_engine_test(test_models_window SOURCES test_models_window.cpp DEPS loupe_ui)
loupe_window_test(test_models_engine SOURCES test_models_engine.cpp DEPS loupe_ui_models)
