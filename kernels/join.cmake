# join.cmake - all kernels as one OpenCL C text: #include "x" lines of all.td are replaced by the
# files they name, each file once.
#
#   cmake -DIN=kernels/all.td -DOUT=tandem_kernels.cl -P join.cmake
#
# OpenCL's compiler sees the text alone, so no #include of a "file" may be left. Standard headers,
# <...>, stand in plain C's part, which the preprocessor of an OpenCL compiler skips.
cmake_minimum_required(VERSION 3.20)
get_filename_component(folder "${IN}" DIRECTORY)
set(seen "")
set(joined "")

function(join_file name)
  if(name IN_LIST seen)
    return()
  endif()
  list(APPEND seen "${name}")
  set(seen "${seen}" PARENT_SCOPE)
  if(NOT EXISTS "${folder}/${name}")
    message(FATAL_ERROR "${IN}: ${name} is included, and is not in ${folder}")
  endif()
  file(READ "${folder}/${name}" rest)
  string(APPEND joined "/* ---- ${name} ---- */\n")
  # Text before an include, the file, and so on: a list would lose ; and [ of the text.
  while(rest MATCHES "(^|\n)#include \"([^\"\n]+)\"[^\n]*\n")
    set(line "${CMAKE_MATCH_0}")
    set(included "${CMAKE_MATCH_2}")
    string(FIND "${rest}" "${line}" place)
    string(SUBSTRING "${rest}" 0 ${place} before)
    string(LENGTH "${line}" length)
    math(EXPR place "${place} + ${length}")
    string(SUBSTRING "${rest}" ${place} -1 rest)
    string(APPEND joined "${before}\n")
    join_file("${included}")
    set(rest "\n${rest}")   # so that an include in the very next line is found
  endwhile()
  string(APPEND joined "${rest}\n")
  set(seen "${seen}" PARENT_SCOPE)
  set(joined "${joined}" PARENT_SCOPE)
endfunction()

get_filename_component(first "${IN}" NAME)
join_file("${first}")
file(WRITE "${OUT}" "${joined}")
