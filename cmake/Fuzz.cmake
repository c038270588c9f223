# SPDX-License-Identifier: GPL-3.0-or-later
# loupe_fuzz_test(gguf SOURCES fuzz_gguf.cpp DEPS loupe_io): the program fuzz_gguf. With LOUPE_FUZZ
# (clang; the `fuzz` preset) libFuzzer drives it; else a driver of our own replays
# tests/fuzz/corpus/gguf, and damages it for a moment, as a test.
option(LOUPE_FUZZ "Build for libFuzzer, with AddressSanitizer and UBSan (clang only)" OFF)
if(LOUPE_FUZZ)
  target_compile_options(loupe_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined
    -fno-omit-frame-pointer -fno-sanitize-recover=undefined
    -Wno-unknown-warning-option -Wno-error)  # warnings are GCC's to judge
  target_link_options(loupe_flags INTERFACE -fsanitize=address,undefined)
endif()

function(loupe_fuzz_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  set(program fuzz_${name})
  set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  add_executable(${program} ${ARG_SOURCES})
  set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${program} PRIVATE loupe_flags ${ARG_DEPS})
  if(LOUPE_FUZZ)
    target_link_options(${program} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${program} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/replay.cpp)
    add_test(NAME ${program} COMMAND ${program} ${corpus})
    set_tests_properties(${program} PROPERTIES LABELS default TIMEOUT 120)
  endif()
endfunction()
