#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/file/json.hpp"
#include "runtime/keras/archive.hpp"

// Layers whose class has the name of one of Keras's and is another.

namespace keraunos::keras {

/// Stands for the module of a class of the author's that belongs to none.
inline constexpr std::string_view own_module = "the author's own";

/// The module of a config entry ({"class_name", "module", "registered_name", ...}): the package
/// that the class is registered for, where there is one, as for Keras. `own_module` for a class
/// with the name of one of Keras's that the file registers without saying where it is.
std::string module_of(const file::Json& entry);

/// Why a layer is not Keras's though its class has the name of one of Keras's: `config`, as a file
/// of that version has it, lacks what Keras always writes, or has what Keras never wrote. Nothing
/// where it may be Keras's, or has another name.
std::optional<std::string> reason_for_own_class(std::string_view class_name,
                                                const file::Json& config,
                                                const KerasVersion& version);

}  // namespace keraunos::keras
