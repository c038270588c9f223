# SPDX-License-Identifier: GPL-3.0-or-later
# How our own targets are built: one static library a folder, warnings are errors.

# What is hot says -O3 for itself (core/model, core/io); it costs the rest time to compile and
# brings nothing.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# With a compiler cache a second clone on this machine takes the first one's files, precompiled
# headers too: what it needs to know for that it is told here, and the compiler with -fpch-preprocess.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE_PROGRAM})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options(-fpch-preprocess)
  endif()
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

add_library(loupe_flags INTERFACE)
target_compile_options(loupe_flags INTERFACE -Wall -Wextra -Werror -Wno-missing-field-initializers
  -Wno-restrict
  # GCC 12 at -O2 sees std::string write out of its bounds where it does not (its bugs 105329, 105651).
  -Wno-array-bounds -Wno-stringop-overflow)
target_include_directories(loupe_flags INTERFACE ${CMAKE_SOURCE_DIR})
if(LOUPE_SANITIZE)
  target_compile_options(loupe_flags INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer
                                               -Wno-maybe-uninitialized -Wno-stringop-overflow
                                               -fno-sanitize-recover=undefined)
  target_link_options(loupe_flags INTERFACE -fsanitize=address,undefined)
endif()

include(Fuzz)

# loupe_library(base SOURCES a.cpp b.cpp DEPS loupe_x other [PCH core])
function(loupe_library name)
  cmake_parse_arguments(ARG "" "PCH" "SOURCES;DEPS" ${ARGN})
  add_library(loupe_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(loupe_${name} PUBLIC loupe_flags ${ARG_DEPS})
  if(ARG_PCH)
    loupe_use_precompiled(loupe_${name} ${ARG_PCH})
  endif()
endfunction()

# loupe_ui_library(ui_runs SOURCES … DEPS … [PCH qt_core]): a folder of the window.
function(loupe_ui_library name)
  cmake_parse_arguments(ARG "" "PCH" "" ${ARGN})
  if(NOT ARG_PCH)
    set(ARG_PCH qt)
  endif()
  loupe_library(${name} ${ARG_UNPARSED_ARGUMENTS} PCH ${ARG_PCH})
  set_target_properties(loupe_${name} PROPERTIES AUTOMOC ON)
endfunction()

# loupe_test(test_gguf SOURCES test_gguf.cpp DEPS loupe_io [LABELS slow] [TIMEOUT 120])
# One executable a unit; label "default" unless told otherwise.
function(loupe_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_definitions(${name} PRIVATE LOUPE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE loupe_flags ${ARG_DEPS} Qt6::Test)
  set(widgets ${ARG_DEPS})
  list(REMOVE_ITEM widgets loupe_ui_client)
  if(widgets MATCHES loupe_ui)
    loupe_use_precompiled(${name} qt)
  else()
    loupe_use_precompiled(${name} qt_core)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_LABELS)
    set(ARG_LABELS default)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LOUPE_SOURCE_DIR=${CMAKE_SOURCE_DIR};LOUPE_BINARY_DIR=${CMAKE_BINARY_DIR}")
endfunction()
