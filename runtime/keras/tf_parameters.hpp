#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/fail.hpp"
#include "runtime/file/json.hpp"
#include "runtime/keras/arguments.hpp"

namespace keraunos::keras {

/// The parameters of a call by TensorFlow's names. What nobody takes must ask for nothing.
class Parameters {
 public:
  Parameters(std::string symbol, std::string_view first, const CallArguments& call)
      : symbol_(std::move(symbol)) {
    values_[std::string(first)] = call.positional.at(0);
    rest_.assign(call.positional.begin() + 1, call.positional.end());
    for (const auto& [name, value] : call.keyword) {
      if (name != "name") values_[name] = value;
    }
  }

  const std::string& symbol() const { return symbol_; }
  /// What stands behind the first parameter without a name.
  const std::vector<Argument>& rest() const { return rest_; }

  /// None where the call leaves it out.
  Argument take(std::string_view name) {
    const auto found = values_.find(name);
    if (found == values_.end()) return {};
    Argument value = std::move(found->second);
    values_.erase(found);
    return value;
  }

  Argument take_required(std::string_view name) {
    Argument value = take(name);
    if (value.is_none()) {
      fail(ErrorCode::unsupported, "tf.{} is called without its parameter '{}'", symbol_, name);
    }
    return value;
  }

  /// A parameter that shapes the operation: a number, string or list, but no tensor.
  file::Json take_constant(std::string_view name) {
    const Argument value = take_required(name);
    if (value.kind != Argument::Kind::constant) {
      fail(ErrorCode::unsupported, "tf.{} is called with {}={}; a constant is supported", symbol_,
           name, value.describe());
    }
    return *value.constant;
  }

  bool take_flag(std::string_view name) {
    const Argument value = take(name);
    return value.kind == Argument::Kind::constant && value.constant && value.constant->as_bool();
  }

  /// Drops a parameter that has the value which the operation has anyway.
  void drop(std::string_view name, std::string_view json) {
    const auto found = values_.find(name);
    if (found == values_.end()) return;
    const bool same = found->second.kind == Argument::Kind::constant && found->second.constant &&
                      found->second.constant->text() == json;
    if (same) values_.erase(found);
  }

  void refuse_rest() const {
    for (const auto& [name, value] : values_) {
      if (value.asks_for_nothing()) continue;
      fail(ErrorCode::unsupported, "tf.{} is called with {}={}, which is not supported", symbol_,
           name, value.describe());
    }
  }

 private:
  std::string symbol_;
  std::vector<Argument> rest_;
  std::map<std::string, Argument, std::less<>> values_;
};

}  // namespace keraunos::keras
