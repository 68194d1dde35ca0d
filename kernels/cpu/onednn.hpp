#pragma once

#include <fmt/ranges.h>

#include <dnnl.hpp>
#include <string>
#include <utility>

#include "runtime/base/fail.hpp"

// oneDNN 2.x and 3.x under one face: nothing outside this header asks which one it is.

namespace keraunos::cpu::onednn {

/// "2.6.3", of the library that is loaded.
inline std::string version() {
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("{}.{}.{}", version->major, version->minor, version->patch);
}

/// Runs `work`; what oneDNN throws becomes an Error.
template <typename Work>
decltype(auto) translated(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const dnnl::error& error) {
    const ErrorCode code =
        error.status == dnnl_out_of_memory ? ErrorCode::out_of_memory : ErrorCode::device_failure;
    fail(code, "oneDNN {}: {} (status {})", version(), error.message,
         static_cast<int>(error.status));
  }
}

/// The one CPU engine. Never destroyed: kernels may outlive main.
inline const dnnl::engine& engine() {
  static const dnnl::engine* const engine = new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return *engine;
}

/// The attributes of all our primitives: scratch memory comes from the caller. The default would
/// share it among all primitives of a thread, and crash on any other thread.
inline dnnl::primitive_attr attributes() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

/// What oneDNN would run for `args`, which are those of Primitive's descriptor; empty where it has
/// no implementation.
template <typename Primitive, typename... Args>
typename Primitive::primitive_desc describe(const Args&... args) {
  constexpr bool allow_empty = true;
#if DNNL_VERSION_MAJOR >= 3
  return {engine(), args..., attributes(), allow_empty};
#else
  return {typename Primitive::desc(args...), attributes(), engine(), allow_empty};
#endif
}

/// A text that two layouts share exactly when their bytes mean the same; empty for layouts that
/// only oneDNN can describe.
inline std::string layout_name(const dnnl::memory::desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  if (desc.get_format_kind() != dnnl::memory::format_kind::blocked) return "";
  const auto join = [](const auto& list) { return fmt::format("{}", fmt::join(list, ",")); };
  return fmt::format("dims {} strides {} blocks {} of {} size {}", join(desc.get_dims()),
                     join(desc.get_strides()), join(desc.get_inner_blks()),
                     join(desc.get_inner_idxs()), desc.get_size());
#else
  const dnnl_memory_desc_t& data = desc.data;
  if (data.format_kind != dnnl_blocked || data.extra.flags != 0) return "";
  const dnnl_blocking_desc_t& blocking = data.format_desc.blocking;
  const auto join = [](const dnnl_dim_t* list, int count) {
    return fmt::format("{}", fmt::join(list, list + count, ","));
  };
  return fmt::format("dims {} strides {} blocks {} of {} size {}", join(data.dims, data.ndims),
                     join(blocking.strides, data.ndims),
                     join(blocking.inner_blks, blocking.inner_nblks),
                     join(blocking.inner_idxs, blocking.inner_nblks), desc.get_size());
#endif
}

}  // namespace keraunos::cpu::onednn
