#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "keraunos/error.hpp"

namespace keraunos {

/// Throws an Error with a formatted sentence.
template <typename... Args>
[[noreturn]] void fail(ErrorCode code, fmt::format_string<Args...> sentence, Args&&... args) {
  throw Error(code, fmt::format(sentence, std::forward<Args>(args)...));
}

/// Runs `work`; an Error that leaves it gets `where()` put in front of its context. `where` is a
/// callable so that naming a place costs nothing while nothing fails.
template <typename Where, typename Work>
decltype(auto) within(Where&& where, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Error& error) {
    throw error.within(std::forward<Where>(where)());
  }
}

}  // namespace keraunos
