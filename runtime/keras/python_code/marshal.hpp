#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What Python's marshal module wrote: code objects and the constants in them. Reading runs nothing.

namespace keraunos::keras::python {

struct Object;
using ObjectRef = std::shared_ptr<const Object>;

/// Which fields a code object has; each stands for the versions of Python that write it so.
enum class CodeLayout {
  python2,          ///< 2.7
  keyword_only,     ///< 3.0 to 3.7
  positional_only,  ///< 3.8 to 3.10
  locals_plus,      ///< 3.11 and later
};

struct Code {
  std::int64_t argument_count = 0;
  std::string instructions;
  std::vector<ObjectRef> constants;
  std::vector<std::string> names;   // globals and attributes
  std::vector<std::string> locals;  // the arguments come first
  std::vector<std::string> cells;   // what LOAD_DEREF counts
  std::vector<std::string> free;    // of these the closure has the values, in this order
};

struct Object {
  enum class Kind { none, ellipsis, boolean, integer, real, text, tuple, code, other };

  Kind kind = Kind::other;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;              // of text and bytes
  std::vector<ObjectRef> items;  // of tuples and lists
  std::shared_ptr<const Code> code;
};

/// The code object that `bytes` hold in this layout, and nothing behind it. Throws
/// Error(malformed_file) where they hold anything else, or one nested more than 20 deep.
Code read_code(std::string_view bytes, CodeLayout layout);

}  // namespace keraunos::keras::python
